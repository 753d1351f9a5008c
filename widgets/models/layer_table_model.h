// SPDX-License-Identifier: GPL-3.0-or-later
// The rows and columns of the layer table (rule T-1) and the filter over them (rule T-2).
#pragma once

#include "widgets/models/layer_facts.h"
#include "widgets/models/layer_filter.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QTimer>

namespace wb::models {

class LayerTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Number, Name, Type, Requested, Actual, CosInt8, CosMixed, Delta, Isolated, Sqnr, Shape, Reason, Locked,
        Threshold, Min, Max, Scale, ZeroPoint, Macs, Parameters, Cycles, Note, ColumnCount
    };
    enum Role {
        SortRole = Qt::UserRole,   ///< number or text; invalid when there is no value
        LayerRole,                 ///< index of the layer
        CopyRole,                  ///< full digits, for the clipboard and CSV
    };

    explicit LayerTableModel(document::Document* document, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    /// The note as text; Requested as "INT8", "auto"; Locked as a bool. Each is one undo step.
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const LayerFacts& facts() const { return m_facts; }
    document::Document* document() const { return m_document; }
    /// What a column shows, for the column chooser and the header's tool tip.
    static QString columnTitle(int column);
    static std::optional<Quantity> quantityOf(int column);
    void retranslate();

private:
    void reload();
    void refresh();                    ///< rows changed, soon
    QString text(int layer, int column, bool full) const;
    QString toolTip(int layer, int column) const;

    document::Document* m_document;
    LayerFacts m_facts;
    int m_rows = 0;
    QTimer m_soon;
};

class LayerFilterModel : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit LayerFilterModel(LayerTableModel* model, QObject* parent = nullptr);
    /// Bad syntax leaves the rows as they are and says what is wrong.
    std::optional<FilterError> setExpression(const QString& expression);
    QString expression() const { return m_expression; }
    int layerAt(const QModelIndex& index) const { return index.data(LayerTableModel::LayerRole).toInt(); }
    /// Index of the layer's row, invalid when it is filtered out.
    QModelIndex indexOf(int layer, int column = LayerTableModel::Name) const;

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& a, const QModelIndex& b) const override;

private:
    LayerTableModel* m_model;
    QString m_expression;
    LayerFilter m_filter;
};

} // namespace wb::models

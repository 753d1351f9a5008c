// SPDX-License-Identifier: GPL-3.0-or-later
// The table of boxes under the panes (rule M-3): one row for each pair, missed or extra box.
#pragma once

#include "widgets/panels/compare/compare_model.h"
#include "widgets/panels/common/row_delegates.h"

#include <QAbstractTableModel>
#include <QTableView>

class QSortFilterProxyModel;

namespace wb::panels {

class CompareTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Number, Class, ReferenceScore, Score, Delta, Iou, State, Place, ColumnCount };
    enum Role { SortRole = Qt::UserRole, RowRole };
    using QAbstractTableModel::QAbstractTableModel;
    void setRows(const QVector<CompareRow>& rows, const std::vector<std::string>& names, int classes);
    const QVector<CompareRow>& rows() const { return m_rows; }
    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void retranslate();
    QString csv(const QString& picture) const;
    QString json(const QString& picture) const; ///< null where there is no number

private:
    QVector<CompareRow> m_rows;
    std::vector<std::string> m_names;
    int m_classes = 0;
};

class CompareTable : public QTableView {
    Q_OBJECT
public:
    explicit CompareTable(CompareTableModel* model, QWidget* parent = nullptr);
    void setCurrentRow(int row);       ///< of the model, −1: none

signals:
    void rowChosen(int row);

private:
    CompareTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
    bool m_setting = false;
};

} // namespace wb::panels

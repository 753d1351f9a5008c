// SPDX-License-Identifier: GPL-3.0-or-later
// The log (rule J-5): time, level, stage and text of everything that jobs said, with filters.
#pragma once

#include "widgets/document/document.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QTime>
#include <QTimer>
#include <QWidget>

class QComboBox;
class QLineEdit;
class QPushButton;
class QTableView;

namespace wb::panels {

class LogModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, Level, StageName, Text, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Lines are taken in at once and shown ten times a second.
    void append(const QString& level, const QString& stage, const QString& text);
    void flush();
    QString textOf(int row) const; ///< one line as it is copied and saved
    static constexpr int kLimit = 200'000;

private:
    struct Line {
        QTime time;
        QString level, stage, text;
    };
    QVector<Line> m_lines, m_waiting;
    QTimer m_timer;
};

class LogFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setLevel(const QString& level);
    void setStage(const QString& stage);
    void setText(const QString& text);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QString m_level, m_stage, m_text;
};

class LogPanel : public QWidget {
    Q_OBJECT
public:
    explicit LogPanel(document::Document* document, QWidget* parent = nullptr);
    QString allText() const; ///< of the lines that pass the filters

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslateUi();

    LogModel* m_model;
    LogFilter* m_filter;
    QTableView* m_view;
    QComboBox* m_level;
    QComboBox* m_stage;
    QLineEdit* m_text;
    QPushButton* m_copy;
    QPushButton* m_save;
};

} // namespace wb::panels

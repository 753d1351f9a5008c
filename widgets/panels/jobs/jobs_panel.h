// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs of this session (rules J-1, J-3, J-4): what runs with percent of real work, elapsed and
// remaining time and memory, and the last hundred that ended. Esc cancels.
#pragma once

#include "widgets/document/document.h"

#include <QAbstractTableModel>
#include <QDateTime>
#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;
class QTableView;

namespace wb::panels {

class JobsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Step, Progress, Elapsed, Remaining, Memory, State, ColumnCount };
    explicit JobsModel(document::Document* document, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool anyRunning() const;
    /// Fraction of a row, for the bar; −1 when it is not running.
    double fraction(int row) const;
    void retranslate();
    static constexpr int kKept = 100;

private:
    struct Job {
        int id = 0;
        QString title, step, outcome; ///< outcome: "", "done", "cancelled", "failed", "died"
        double fraction = 0, remaining = -1, seconds = 0;
        qint64 memory = 0;
        QElapsedTimer clock;
    };
    int rowOf(int id) const;
    void tick();

    document::Document* m_document;
    QVector<Job> m_jobs; ///< newest first
    QTimer m_tick;
};

class JobsPanel : public QWidget {
    Q_OBJECT
public:
    explicit JobsPanel(document::Document* document, QWidget* parent = nullptr);

signals:
    void retryRequested();

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void retranslateUi();
    void updateButtons();

    document::Document* m_document;
    JobsModel* m_model;
    QTableView* m_view;
    QLabel* m_empty;
    QPushButton* m_cancel;
    QPushButton* m_retry;
};

} // namespace wb::panels

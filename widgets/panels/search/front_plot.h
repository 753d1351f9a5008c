// SPDX-License-Identifier: GPL-3.0-or-later
// Candidates of a search: accuracy over float share, or over extra cycles where a knapsack knows them, the best front
// as a line, the goal as another; what a knapsack promises as a dotted one.
#pragma once

#include "widgets/panels/search/search_state.h"

#include <QWidget>

class QCPGraph;
class QCPItemStraightLine;
class QCustomPlot;

namespace wb::panels {

class FrontPlot : public QWidget {
    Q_OBJECT
public:
    explicit FrontPlot(QWidget* parent = nullptr);
    void setCandidates(const QVector<SearchCandidate>& candidates, double goal);
    void setPredicted(const QVector<PredictedPoint>& points);
    void setSelected(int candidate);
    int selected() const { return m_selected; }
    QSize sizeHint() const override { return {380, 200}; }
    void retranslate();

signals:
    void candidateSelected(int candidate);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void dress();
    void redraw();
    bool byCycles() const;
    QVector<SearchCandidate> m_candidates;
    QVector<PredictedPoint> m_predicted;
    double m_goal = 0.99;
    int m_selected = -1;
    QCustomPlot* m_plot;
    QCPGraph *m_dots, *m_front, *m_ring, *m_promise;
    QCPItemStraightLine* m_line;
};

} // namespace wb::panels

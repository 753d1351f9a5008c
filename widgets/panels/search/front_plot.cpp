// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/search/front_plot.h"

#include "widgets/theme/theme.h"

#include <QMouseEvent>
#include <QVBoxLayout>
#include <cmath>
#include <qcustomplot.h>

namespace wb::panels {

using theme::Token;

namespace {

double nines(double cosine) { return cosine >= 1 - 1e-7 ? 7.0 : -std::log10(std::max(1e-7, 1 - cosine)); }

} // namespace

FrontPlot::FrontPlot(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot) {
    m_plot->setObjectName(QStringLiteral("frontPlot"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    m_promise = m_plot->addGraph();
    m_front = m_plot->addGraph();
    m_dots = m_plot->addGraph();
    m_ring = m_plot->addGraph();
    m_line = new QCPItemStraightLine(m_plot);
    m_dots->setLineStyle(QCPGraph::lsNone);
    m_ring->setLineStyle(QCPGraph::lsNone);
    m_front->setLineStyle(QCPGraph::lsStepLeft);
    auto ticks = QSharedPointer<QCPAxisTickerText>::create();
    for (double c : {0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 0.99999}) ticks->addTick(nines(c), QString::number(c, 'g', 6));
    m_plot->yAxis->setTicker(ticks);
    m_plot->setMinimumSize(160, 120);
    m_plot->installEventFilter(this);
    connect(theme::notifier(), &theme::Notifier::changed, this, &FrontPlot::dress);
    dress();
}

void FrontPlot::retranslate() {
    setAccessibleName(byCycles() ? tr("Candidates: accuracy against extra cycles") : tr("Candidates: accuracy against float share"));
    m_plot->xAxis->setLabel(byCycles() ? tr("Extra cycles over INT8, %") : tr("Float share of the multiply-accumulates, %"));
    setToolTip(byCycles() ? tr("Dots are measured; the dotted line is what the tensors' damages promise.") : QString());
    redraw();
}

bool FrontPlot::byCycles() const {
    return !m_predicted.isEmpty() || (!m_candidates.isEmpty() && m_candidates.last().extraCycles);
}

void FrontPlot::setPredicted(const QVector<PredictedPoint>& points) {
    m_predicted = points;
    retranslate();
}

void FrontPlot::dress() {
    theme::apply(m_plot);
    const QPen outline(theme::color(Token::Outline), 1);
    m_dots->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, outline, theme::color(Token::Text3), 5));
    m_front->setPen(theme::variantPen(QStringLiteral("mixed")));
    m_ring->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(theme::color(Token::Accent), 2), Qt::NoBrush, 11));
    QPen promise(theme::color(Token::Text3), 1);
    promise.setDashPattern({1, 3});
    m_promise->setPen(promise);
    QPen goal(theme::color(Token::Text2), 1);
    goal.setDashPattern({6, 4});
    m_line->setPen(goal);
    m_plot->xAxis->setLabelFont(theme::font(theme::TextRole::Caption));
    m_plot->xAxis->setLabelColor(theme::color(Token::Text3));
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void FrontPlot::setCandidates(const QVector<SearchCandidate>& candidates, double goal) {
    const bool cycles = byCycles();
    m_candidates = candidates;
    m_goal = goal;
    if (m_selected >= candidates.size()) m_selected = -1;
    if (byCycles() != cycles) return retranslate(); // another axis
    redraw();
}

void FrontPlot::setSelected(int candidate) {
    if (candidate == m_selected) return;
    m_selected = candidate;
    redraw();
}

void FrontPlot::redraw() {
    QVector<double> x, y, fx, fy;
    double low = nines(m_goal), high = nines(m_goal), right = 1;
    for (const auto& c : m_candidates) {
        x << c.price() * 100;
        y << nines(c.cosine);
        low = std::min(low, y.back());
        high = std::max(high, y.back());
        right = std::max(right, x.back());
    }
    for (int i : frontOf(m_candidates)) {
        fx << x[i];
        fy << y[i];
    }
    QVector<double> px, py;
    for (const auto& p : m_predicted) {
        px << p.extraCycles * 100;
        py << nines(p.cosine);
        // The promise goes on to float everywhere: the axes follow what is measured, and a little more.
        if (p.extraCycles * 100 <= 2 * right) high = std::max(high, py.back());
    }
    m_promise->setData(px, py, true);
    m_dots->setData(x, y);
    m_front->setData(fx, fy, true);
    const bool chosen = m_selected >= 0 && m_selected < m_candidates.size();
    m_ring->setData(chosen ? QVector<double>{x[m_selected]} : QVector<double>{}, chosen ? QVector<double>{y[m_selected]} : QVector<double>{});
    m_line->point1->setCoords(0, nines(m_goal));
    m_line->point2->setCoords(1, nines(m_goal));
    m_plot->xAxis->setRange(-right * 0.04, right * 1.06);
    const double margin = std::max(0.15, (high - low) * 0.1);
    m_plot->yAxis->setRange(low - margin, high + margin);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

bool FrontPlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_plot && event->type() == QEvent::MouseButtonPress && !m_candidates.isEmpty()) {
        const QPointF at = static_cast<QMouseEvent*>(event)->position();
        int nearest = -1;
        double distance = 14; // pixels within which a click means a dot
        for (int i = 0; i < m_candidates.size(); ++i) {
            const QPointF dot(m_plot->xAxis->coordToPixel(m_candidates[i].price() * 100),
                              m_plot->yAxis->coordToPixel(nines(m_candidates[i].cosine)));
            const double d = std::hypot(dot.x() - at.x(), dot.y() - at.y());
            if (d < distance) {
                distance = d;
                nearest = i;
            }
        }
        if (nearest >= 0) {
            setSelected(nearest);
            emit candidateSelected(nearest);
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace wb::panels

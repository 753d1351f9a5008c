// SPDX-License-Identifier: GPL-3.0-or-later
// Curves, axes and mouse of the cosine plot; see plot_surface.h.
#include "visualizer/cosine_plot/plot_surface.h"

#include "visualizer/common/paint.h"
#include "visualizer/cosine_plot/plot_layers.h"
#include "widgets/theme/theme.h"

#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace wb::cosine_plot {

/// The rectangle while a range is being dragged.
class PlotSurface::RangeLayer : public StateLayer {
public:
    using StateLayer::StateLayer;
    int from = -1, to = -1;

protected:
    void draw(QCPPainter* painter) override {
        if (from < 0)
            return;
        const QRectF rect = area();
        const double a = xOf(std::min(from, to) - 0.5), b = xOf(std::max(from, to) + 0.5);
        painter->setPen(QPen(theme::color(theme::Token::Accent), 1));
        painter->setBrush(visualizer::withAlpha(theme::color(theme::Token::Accent), 0.12));
        painter->drawRect(QRectF(QPointF(a, rect.top()), QPointF(b, rect.bottom())));
    }
};

PlotSurface::PlotSurface(const PlotState* state, QWidget* parent) : QCustomPlot(parent), m_state(state) {
    setObjectName(QStringLiteral("cosinePlotSurface"));
    setMouseTracking(true);
    setFocusPolicy(Qt::NoFocus); // keys belong to CosinePlot
    axisRect()->setAutoMargins(QCP::msNone);
    axisRect()->setMargins(QMargins(kLeftMargin, kTopMargin, kRightMargin, kBottomMargin));
    axisRect()->setMinimumSize(10, 10);
    plotLayout()->setRowSpacing(0);
    addLayer(QStringLiteral("back"), layer(QStringLiteral("grid")), limAbove);
    addLayer(QStringLiteral("marks"), layer(QStringLiteral("axes")), limAbove);
    for (int k = 0; k < kSeriesCount; ++k) {
        m_graphs[k] = addGraph();
        m_graphs[k]->setAdaptiveSampling(true);
        m_graphs[k]->setSelectable(QCP::stNone);
        m_graphs[k]->setScatterStyle(QCPScatterStyle::ssNone);
    }
    new BackLayer(this, state, QStringLiteral("back"));
    new MarkLayer(this, state, QStringLiteral("marks"));
    new StripLayer(this, state, QStringLiteral("marks"));
    m_range = new RangeLayer(this, state, QStringLiteral("marks"));
    xAxis->setTickLabelPadding(static_cast<int>(kBandTop + kBandHeight + 3));
    yAxis->setTickLabelPadding(12);
    xAxis->setTicker(QSharedPointer<QCPAxisTickerFixed>::create());
    yAxis->setTicker(QSharedPointer<QCPAxisTickerText>::create());
    xAxis->setNumberFormat(QStringLiteral("f"));
    xAxis->setNumberPrecision(0);
    applyTheme();
}

void PlotSurface::applyTheme() {
    theme::apply(this);
    styleSeries();
}

void PlotSurface::styleSeries() {
    const Series* active = m_state->active();
    for (int k = 0; k < kSeriesCount; ++k) {
        const Series& s = m_state->series(static_cast<SeriesKind>(k));
        QPen pen = theme::variantPen(keyOf(static_cast<SeriesKind>(k)));
        QColor color = pen.color();
        const bool faded = active && &s != active && s.kind != SeriesKind::Ghost && s.kind != SeriesKind::Int8;
        color.setAlphaF(static_cast<float>(color.alphaF() * (faded ? 0.6 : 1)));
        pen.setColor(color);
        m_graphs[k]->setPen(pen);
        m_graphs[k]->setVisible(s.visible && s.hasData);
    }
}

void PlotSurface::refresh() {
    const int count = m_state->count();
    for (int k = 0; k < kSeriesCount; ++k) {
        const Series& s = m_state->series(static_cast<SeriesKind>(k));
        QVector<QCPGraphData> points;
        if (s.hasData && s.visible) {
            points.reserve(count);
            // NaN ends the line: nothing is joined across a layer without a value (P-1).
            for (int i = 0; i < count; ++i)
                points.append(QCPGraphData(i, m_state->height(s, i)));
        }
        m_graphs[k]->data()->set(points, true);
    }
    styleSeries();
    if (!m_zoomedX)
        xAxis->setRange(-0.6, std::max(1.0, count - 0.4));
    if (!m_zoomedY)
        yAxis->setRange(m_state->range.low, m_state->range.high);
    updateTicks();
    replot(QCustomPlot::rpQueuedReplot);
}

void PlotSurface::updateTicks() {
    const QRect rect = axisRect()->rect();
    const QCPRange view = yAxis->range();
    const double perHeight = rect.height() > 0 ? view.size() / rect.height() : 1;
    ScaleRange shown = m_state->range;
    shown.low = view.lower;
    shown.high = view.upper;
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (const Tick& tick : ticksFor(m_state->scale, shown, 16 * perHeight))
        ticker->addTick(tick.height, tick.label);
    yAxis->setTicker(ticker);
    // Numbers every 10; fewer or more when zoomed.
    double step = 10;
    const double per = std::max(0.001, pixelsPerLayer()); // a plot not laid out yet has no width
    while (step * per < 34)
        step *= step == 20 || step == 200 || step == 2000 ? 2.5 : 2;
    while (step > 1 && step * per > 260)
        step = step == 5 ? 1 : step / 2;
    auto fixed = QSharedPointer<QCPAxisTickerFixed>::create();
    fixed->setTickStep(std::max(1.0, std::round(step)));
    fixed->setScaleStrategy(QCPAxisTickerFixed::ssNone);
    xAxis->setTicker(fixed);
    xAxis->setSubTicks(false);
    yAxis->setSubTicks(false);
}

void PlotSurface::fitAll() {
    m_zoomedX = m_zoomedY = false;
    refresh();
    emit viewChanged();
}

double PlotSurface::pixelsPerLayer() const {
    const double size = xAxis->range().size();
    return size > 0 ? axisRect()->width() / size : 1;
}

int PlotSurface::layerAt(double x) const {
    if (m_state->count() == 0)
        return -1;
    return std::clamp(static_cast<int>(std::lround(xAxis->pixelToCoord(x))), 0, m_state->count() - 1);
}

QPointF PlotSurface::pointOf(const Series& series, int layer) const {
    const double height = m_state->height(series, layer);
    if (!std::isfinite(height))
        return {0, std::nan("")};
    return {xAxis->coordToPixel(layer), yAxis->coordToPixel(height)};
}

void PlotSurface::showLayer(int layer) {
    const QCPRange view = xAxis->range();
    if (layer < 0 || (layer >= view.lower && layer <= view.upper))
        return;
    m_zoomedX = true;
    xAxis->setRange(layer, view.size(), Qt::AlignCenter);
    limitX();
}

void PlotSurface::limitX() {
    QCPRange view = xAxis->range();
    const double low = -0.6, high = std::max(1.0, m_state->count() - 0.4);
    if (view.size() > high - low) {
        view = QCPRange(low, high);
        m_zoomedX = false;
    }
    if (view.lower < low)
        view += low - view.lower;
    if (view.upper > high)
        view -= view.upper - high;
    xAxis->setRange(view);
    updateTicks();
    replot(QCustomPlot::rpQueuedReplot);
    emit viewChanged();
}

bool PlotSurface::overBands(const QPointF& pos) const {
    const double top = axisRect()->rect().bottom() + kBandTop;
    return pos.y() >= top && pos.y() <= top + kBandHeight;
}

void PlotSurface::mousePressEvent(QMouseEvent* event) {
    m_press = m_last = event->position();
    m_pressed = event->button() == Qt::LeftButton;
    m_moved = false;
    m_selecting = m_pressed && event->modifiers() & Qt::ShiftModifier;
    emit hovered(-1, {});
}

void PlotSurface::mouseMoveEvent(QMouseEvent* event) {
    const QPointF pos = event->position();
    if (!m_pressed) {
        const QRectF hot = QRectF(axisRect()->rect()).adjusted(-4, -8, 4, kBandTop);
        emit hovered(hot.contains(pos) ? layerAt(pos.x()) : -1, pos.toPoint());
        setCursor(overBands(pos) ? Qt::PointingHandCursor : Qt::ArrowCursor);
        return;
    }
    if (!m_moved && (pos - m_press).manhattanLength() < 4)
        return;
    m_moved = true;
    if (m_selecting) {
        m_range->from = layerAt(m_press.x());
        m_range->to = layerAt(pos.x());
        replot(QCustomPlot::rpQueuedReplot);
    } else {
        m_zoomedX = true;
        setPlottingHint(QCP::phFastPolylines, true);
        xAxis->moveRange(xAxis->pixelToCoord(m_last.x()) - xAxis->pixelToCoord(pos.x()));
        if (m_zoomedY) {
            yAxis->moveRange(yAxis->pixelToCoord(m_last.y()) - yAxis->pixelToCoord(pos.y()));
        }
        limitX();
    }
    m_last = pos;
}

void PlotSurface::mouseReleaseEvent(QMouseEvent* event) {
    setPlottingHint(QCP::phFastPolylines, false);
    const bool add = event->modifiers() & Qt::ControlModifier;
    if (m_pressed && m_moved && m_selecting) {
        const int from = m_range->from, to = m_range->to;
        m_range->from = m_range->to = -1;
        replot(QCustomPlot::rpQueuedReplot);
        if (from >= 0)
            emit rangeSelected(std::min(from, to), std::max(from, to));
    } else if (m_pressed && !m_moved) {
        const int layer = layerAt(event->position().x());
        const double x = event->position().x();
        const QRect rect = axisRect()->rect();
        const bool inside = x >= rect.left() - 4 && x <= rect.right() + 4;
        if (inside && overBands(event->position())) {
            for (const BlockBand& band : m_state->bands)
                if (layer >= band.first && layer <= band.last && !band.name.isEmpty())
                    emit blockClicked(band.first, band.last, add);
        } else if (inside && layer >= 0) {
            emit layerClicked(layer, add);
        }
    }
    m_pressed = false;
    replot(QCustomPlot::rpQueuedReplot);
}

void PlotSurface::mouseDoubleClickEvent(QMouseEvent*) {
    m_pressed = false;
    fitAll();
}

void PlotSurface::wheelEvent(QWheelEvent* event) {
    const double factor = std::pow(0.85, event->angleDelta().y() / 120.0);
    if (event->modifiers() & Qt::ControlModifier) {
        m_zoomedY = true;
        yAxis->scaleRange(factor, yAxis->pixelToCoord(event->position().y()));
    } else if (m_state->count() > 0) {
        m_zoomedX = true;
        const double size = xAxis->range().size() * factor;
        if (size > 4 || factor > 1)
            xAxis->scaleRange(factor, xAxis->pixelToCoord(event->position().x()));
    }
    limitX();
    event->accept();
}

void PlotSurface::leaveEvent(QEvent*) { emit hovered(-1, {}); }

void PlotSurface::resizeEvent(QResizeEvent* event) {
    QCustomPlot::resizeEvent(event);
    updateTicks();
    emit viewChanged();
}

void PlotSurface::contextMenuEvent(QContextMenuEvent* event) { emit menuRequested(event->globalPos()); }

} // namespace wb::cosine_plot

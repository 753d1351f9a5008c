// SPDX-License-Identifier: GPL-3.0-or-later
// Data, layout and camera of the graph canvas; painting is in canvas_paint.cpp, input in canvas_input.cpp.
#include "visualizer/graph_view/graph_canvas.h"

#include "visualizer/graph_view/node_painter.h"

#include <QFontMetricsF>
#include <QStyle>
#include <QVariantAnimation>
#include <algorithm>
#include <cmath>

namespace wb::graph_view {
namespace {
constexpr double kMinZoom = 0.02, kMaxZoom = 4;
constexpr int kCollapseAbove = 300;
}

GraphCanvas::GraphCanvas(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("graphCanvas"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(160, 120);
    m_animation = new QVariantAnimation(this);
    m_animation->setStartValue(0.0);
    m_animation->setEndValue(1.0);
    m_animation->setDuration(150);
    m_animation->setEasingCurve(QEasingCurve::OutCubic);
    m_hoverTimer.setSingleShot(true);
    m_hoverTimer.setInterval(250);
    connect(&m_hoverTimer, &QTimer::timeout, this, [this] {
        m_hoverDims = m_hoverNode >= 0;
        update();
    });
    connect(&m_layoutJob, &LayoutJob::finished, this, &GraphCanvas::takeLayout);
    connect(theme::notifier(), &theme::Notifier::changed, this, [this] { refreshLooks(); });
}

void GraphCanvas::setNetwork(const jobs::NetworkSnapshot& network) {
    m_network = network;
    m_data = {};
    m_data.network = &m_network;
    const int count = static_cast<int>(network.layers.size());
    m_data.samples.resize(count);
    m_data.precisions.resize(count);
    m_tree = BlockTree(m_network);
    m_closed.clear();
    m_selection.clear();
    m_hits.reset();
    m_focusLayer = m_hoverNode = -1;
    m_history.clear();
    m_historyAt = -1;
    if (count > kCollapseAbove)
        for (const Block& block : m_tree.blocks())
            m_closed.insert(block.path);
    m_fitPending = true;
    m_layout = {};
    rebuildGraph();
}

void GraphCanvas::setSamples(const QVector<jobs::LayerSample>& samples) {
    m_data.samples.fill({}, static_cast<int>(m_network.layers.size()));
    m_data.hasSamples = false;
    for (const auto& s : samples)
        if (s.index >= 0 && s.index < m_data.samples.size()) {
            m_data.samples[s.index] = s;
            m_data.hasSamples = m_data.hasSamples || s.compared || !s.reason.empty();
        }
    refreshLooks();
}

void GraphCanvas::setPrecisions(const QVector<jobs::LayerPrecision>& precisions) {
    m_data.precisions.fill({}, static_cast<int>(m_network.layers.size()));
    for (const auto& p : precisions)
        if (p.index >= 0 && p.index < m_data.precisions.size())
            m_data.precisions[p.index] = p;
    m_data.hasPrecisions = !precisions.isEmpty();
    refreshLooks();
}

void GraphCanvas::setCycles(const QVector<qint64>& cycles) {
    m_data.cycles = cycles.size() == static_cast<qsizetype>(m_network.layers.size()) ? cycles : QVector<qint64>();
    m_data.allCycles = 0;
    for (const qint64 each : m_data.cycles)
        m_data.allCycles += std::max<qint64>(each, 0);
    refreshLooks();
}

void GraphCanvas::setMarks(const QSet<int>& locked, const QSet<int>& edited) {
    m_data.locked = locked;
    m_data.edited = edited;
    refreshLooks();
}

void GraphCanvas::setColouring(Colouring colouring) {
    m_colouring = colouring;
    refreshLooks();
}

void GraphCanvas::setHits(const std::optional<QVector<int>>& hits) {
    m_hits.reset();
    if (hits)
        m_hits = QSet<int>(hits->begin(), hits->end());
    update();
}

void GraphCanvas::setLeftToRight(bool on) {
    if (m_leftToRight == on)
        return;
    m_leftToRight = on;
    m_fitPending = true;
    rebuildGraph();
}

void GraphCanvas::rebuildGraph(int keepLayer) {
    m_anchorLayer = keepLayer;
    if (keepLayer >= 0) {
        const int node = m_graph.nodeOfLayer.value(keepLayer, -1);
        if (node >= 0 && node < m_layout.nodes.size())
            m_anchorPosition = toWidget(m_layout.nodes[node].topLeft());
        else
            m_anchorLayer = -1;
    }
    QFont name = theme::font(theme::TextRole::MonoStrong);
    QFont detail = theme::font(theme::TextRole::Caption);
    const QFontMetricsF nameMetrics(name), detailMetrics(detail);
    m_graph = displayGraph(m_network, m_tree, m_closed,
                           {[&](const QString& t) { return nameMetrics.horizontalAdvance(t); },
                            [&](const QString& t) { return detailMetrics.horizontalAdvance(t); }});
    m_hoverNode = -1;
    // Until the new layout is there nothing of the old graph may be drawn with the new nodes.
    m_layout = {};
    m_paths.clear();
    m_pathBounds.clear();
    m_pathEdges.clear();
    refreshLooks();
    emit layoutStarted();
    m_layoutJob.start(m_graph.layoutInput(m_leftToRight));
}

void GraphCanvas::takeLayout(const GraphLayout& layout) {
    if (layout.nodes.size() != m_graph.nodes.size())
        return;
    m_layout = layout;
    m_paths.clear();
    m_pathBounds.clear();
    for (const QPolygonF& corners : m_layout.edges) {
        m_paths.append(NodePainter::roundedPath(corners));
        m_pathBounds.append(corners.boundingRect().adjusted(-4, -4, 4, 4));
    }
    refreshPath();
    if (m_fitPending) {
        fit();
    } else if (m_anchorLayer >= 0) {
        const int node = m_graph.nodeOfLayer.value(m_anchorLayer, -1);
        if (node >= 0)
            m_origin = m_layout.nodes[node].topLeft() - m_anchorPosition / m_zoom;
        clampCamera();
    }
    m_anchorLayer = -1;
    update();
    emit layoutFinished();
    emit viewChanged();
}

void GraphCanvas::refreshLooks() {
    m_looks = nodeLooks(m_graph, m_tree, m_data, m_colouring);
    update();
    emit viewChanged();
}

// Camera ------------------------------------------------------------------------------------------

QRectF GraphCanvas::visibleScene() const {
    return QRectF(m_origin, QSizeF(size()) / m_zoom);
}

void GraphCanvas::fit() {
    if (m_layout.bounds.isEmpty() || width() < 10) {
        m_fitPending = true;
        return;
    }
    const bool first = m_fitPending;
    m_fitPending = false;
    const QRectF area = m_layout.bounds.adjusted(-24, -24, 24, 24);
    double zoom = std::min({width() / area.width(), height() / area.height(), 1.0});
    // A tall network at fit would be a thread; the first look shows its beginning, readable.
    if (first && zoom < 0.25) {
        const double across = m_leftToRight ? height() / area.height() : width() / area.width();
        zoom = std::min(1.0, std::max(0.72, across));
        const QPointF start = m_layout.nodes.isEmpty() ? area.topLeft() : m_layout.nodes.front().center();
        const QSizeF size = QSizeF(this->size()) / zoom;
        moveTo(m_leftToRight ? QPointF(area.left(), start.y() - size.height() / 2)
                             : QPointF(start.x() - size.width() / 2, area.top()),
               zoom, false);
        m_isFitted = false;
        return;
    }
    zoom = std::max(zoom, kMinZoom);
    const QSizeF size = QSizeF(this->size()) / zoom;
    moveTo(area.center() - QPointF(size.width(), size.height()) / 2, zoom, !first);
    m_isFitted = true;
}

void GraphCanvas::setZoom(double zoom) {
    zoomAbout(QRectF(rect()).center(), zoom / m_zoom);
}

void GraphCanvas::zoomAbout(const QPointF& pos, double factor) {
    m_animation->stop();
    const double zoom = std::clamp(m_zoom * factor, kMinZoom, kMaxZoom);
    const QPointF fixed = toScene(pos);
    m_isFitted = false;
    moveTo(fixed - pos / zoom, zoom, false);
}

void GraphCanvas::moveTo(const QPointF& origin, double zoom, bool animated) {
    m_animation->stop();
    m_animation->disconnect(this);
    const bool reduced = style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) <= 0;
    if (!animated || !m_animated || reduced || !isVisible()) {
        m_origin = origin;
        m_zoom = zoom;
        clampCamera();
        update();
        emit viewChanged();
        return;
    }
    const QPointF fromOrigin = m_origin;
    const double fromZoom = m_zoom;
    connect(m_animation, &QVariantAnimation::valueChanged, this, [=, this](const QVariant& value) {
        const double t = value.toDouble();
        // Geometric in zoom, with the view's centre on a straight line: no lurching.
        m_zoom = fromZoom * std::pow(zoom / fromZoom, t);
        const QPointF half(width() / 2.0, height() / 2.0);
        const QPointF a = fromOrigin + half / fromZoom, b = origin + half / zoom;
        m_origin = a + (b - a) * t - half / m_zoom;
        update();
        emit viewChanged();
    });
    m_animation->start();
}

void GraphCanvas::clampCamera() {
    if (m_layout.bounds.isEmpty())
        return;
    // At least a corner of the graph stays in view.
    const QRectF limit = m_layout.bounds;
    const double keep = 60 / m_zoom;
    const QSizeF size = QSizeF(this->size()) / m_zoom;
    m_origin.setX(std::clamp(m_origin.x(), limit.left() - size.width() + keep, limit.right() - keep));
    m_origin.setY(std::clamp(m_origin.y(), limit.top() - size.height() + keep, limit.bottom() - keep));
}

void GraphCanvas::centerOn(const QPointF& scene) {
    m_isFitted = false;
    moveTo(scene - QPointF(width(), height()) / 2 / m_zoom, m_zoom, false);
}

void GraphCanvas::frameSelection() {
    QRectF area;
    for (int layer : m_selection) {
        const int node = m_graph.nodeOfLayer.value(layer, -1);
        if (node >= 0 && node < m_layout.nodes.size())
            area |= m_layout.nodes[node];
    }
    if (area.isEmpty())
        return;
    area.adjust(-60, -60, 60, 60);
    const double zoom = std::clamp(std::min(width() / area.width(), height() / area.height()), kMinZoom, 1.0);
    m_isFitted = false;
    moveTo(area.center() - QPointF(width(), height()) / 2 / zoom, zoom, true);
}

void GraphCanvas::showLayer(int layer) {
    const int node = m_graph.nodeOfLayer.value(layer, -1);
    if (node < 0 || node >= m_layout.nodes.size())
        return;
    const QRectF rect = m_layout.nodes[node];
    if (visibleScene().contains(rect))
        return;
    m_isFitted = false;
    // A selection made elsewhere must be readable where it appears.
    const double zoom = m_zoom < 0.25 ? 0.8 : m_zoom;
    QPointF centre = rect.center();
    // A block that fits is shown in its whole width: the layer's neighbours are the context.
    const int frame = m_graph.nodes[node].frame;
    for (int f = frame; f >= 0; f = m_graph.frameParents[f].parent)
        if (m_layout.frames[f].width() * zoom <= width())
            centre.setX(m_layout.frames[f].center().x());
    moveTo(centre - QPointF(width(), height()) / 2 / zoom, zoom, true);
}

void GraphCanvas::setSelection(const QVector<int>& layers, bool scroll) {
    m_selection.clear();
    for (int layer : layers)
        if (layer >= 0 && layer < static_cast<int>(m_network.layers.size()))
            m_selection.append(layer);
    if (!m_selection.isEmpty())
        m_focusLayer = m_selection.back();
    refreshPath();
    if (scroll && !m_selection.isEmpty())
        showLayer(m_selection.front());
    update();
    emit viewChanged();
}

// Blocks ------------------------------------------------------------------------------------------

bool GraphCanvas::openBlock(const QString& path, bool withInner) {
    bool changed = m_closed.remove(path);
    if (withInner)
        for (const Block& block : m_tree.blocks())
            if (block.path.startsWith(path + QLatin1Char('/')))
                changed = m_closed.remove(block.path) || changed;
    const int block = m_tree.indexOf(path);
    if (changed)
        rebuildGraph(block >= 0 ? m_tree.blocks()[block].layers.value(0, -1) : -1);
    return changed;
}

bool GraphCanvas::closeBlock(const QString& path) {
    const int block = m_tree.indexOf(path);
    if (block < 0 || m_closed.contains(path))
        return false;
    m_closed.insert(path);
    rebuildGraph(m_tree.blocks()[block].layers.value(0, -1));
    return true;
}

void GraphCanvas::collapseAll() {
    for (const Block& block : m_tree.blocks())
        m_closed.insert(block.path);
    m_fitPending = true;
    rebuildGraph();
}

// Paths through the network ---------------------------------------------------------------------

QVector<int> GraphCanvas::reachable(int layer, bool down) const {
    QVector<int> found;
    if (layer < 0 || layer >= static_cast<int>(m_network.layers.size()))
        return found;
    QVector<bool> seen(static_cast<int>(m_network.layers.size()), false);
    found.append(layer);
    seen[layer] = true;
    for (int at = 0; at < found.size(); ++at) {
        const auto& info = m_network.layers[found[at]];
        for (int next : down ? info.outputs : info.inputs)
            if (next >= 0 && next < seen.size() && !seen[next]) {
                seen[next] = true;
                found.append(next);
            }
    }
    return found;
}

QVector<int> GraphCanvas::upstream(int layer) const { return reachable(layer, false); }
QVector<int> GraphCanvas::downstream(int layer) const { return reachable(layer, true); }

void GraphCanvas::refreshPath() {
    m_pathNodes.clear();
    m_pathEdges.fill(false, m_graph.edges.size());
    int layer = -1;
    if (m_hoverNode >= 0 && m_hoverNode < m_graph.nodes.size()) {
        const DisplayNode& node = m_graph.nodes[m_hoverNode];
        layer = node.layer >= 0 ? node.layer : m_tree.blocks()[node.block].layers.value(0, -1);
    } else if (m_selection.size() == 1) {
        layer = m_selection.front();
    }
    if (layer < 0)
        return;
    QSet<int> up, down;
    for (int l : reachable(layer, false))
        up.insert(m_graph.nodeOfLayer.value(l, -1));
    for (int l : reachable(layer, true))
        down.insert(m_graph.nodeOfLayer.value(l, -1));
    m_pathNodes = up + down;
    for (int i = 0; i < m_graph.edges.size(); ++i) {
        const LayoutEdge& e = m_graph.edges[i];
        const auto& target = m_graph.nodes[e.to];
        const bool toOutput = target.kind == DisplayNode::Kind::Output && down.contains(e.from);
        if (toOutput)
            m_pathNodes.insert(e.to);
        m_pathEdges[i] = (up.contains(e.from) && up.contains(e.to)) ||
                         (down.contains(e.from) && down.contains(e.to)) || toOutput;
    }
}

} // namespace wb::graph_view

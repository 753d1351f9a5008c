// SPDX-License-Identifier: GPL-3.0-or-later
// Painting of the graph canvas: dots, frames, edges, nodes, in that order, only what is in view.
#include "visualizer/common/layer_text.h"
#include "visualizer/graph_view/graph_canvas.h"
#include "visualizer/graph_view/node_painter.h"

#include <QPaintEvent>
#include <algorithm>
#include <cmath>

namespace wb::graph_view {
using theme::Token;

void GraphCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::color(Token::Canvas));
    if (m_zoom >= 0.5)
        paintDots(painter);
    if (m_network.layers.empty() || m_layout.nodes.isEmpty()) {
        painter.setPen(theme::color(Token::Text3));
        painter.setFont(theme::font(theme::TextRole::Body));
        painter.drawText(rect(), Qt::AlignCenter,
                         m_network.layers.empty() ? tr("Open a model to see its graph.")
                                                  : tr("Laying out the graph…"));
        return;
    }
    paintScene(painter, visibleScene(), m_zoom, true);
    if (m_drag == Drag::Rubber && m_moved) {
        painter.setPen(QPen(theme::color(Token::Accent), 1));
        painter.setBrush(visualizer::withAlpha(theme::color(Token::Accent), 0.12));
        painter.drawRect(m_rubber.normalized());
    }
}

void GraphCanvas::paintDots(QPainter& painter) const {
    const double pitch = 16 * m_zoom;
    // Fades out towards 50 %, where the dots would turn into a tint.
    QColor color = theme::color(Token::Grid);
    color.setAlphaF(static_cast<float>(std::clamp((m_zoom - 0.5) / 0.2, 0.0, 1.0)));
    const QPointF first = toWidget({std::floor(m_origin.x() / 16) * 16, std::floor(m_origin.y() / 16) * 16});
    // One row drawn, then stamped down the page: thousands of round points would cost more than the nodes.
    const double ratio = devicePixelRatioF();
    QPixmap row((QSizeF(width(), 4) * ratio).toSize());
    row.setDevicePixelRatio(ratio);
    row.fill(Qt::transparent);
    {
        QPainter dots(&row);
        dots.setRenderHint(QPainter::Antialiasing);
        dots.setPen(Qt::NoPen);
        dots.setBrush(color);
        for (double x = first.x(); x < width() + pitch; x += pitch)
            dots.drawEllipse(QPointF(x, 2), 0.8, 0.8);
    }
    for (double y = first.y(); y < height() + pitch; y += pitch)
        painter.drawPixmap(QPointF(0, std::round((y - 2) * ratio) / ratio), row);
}

void GraphCanvas::paintEdges(QPainter& painter, const QRectF& scene, double zoom, bool withStates) const {
    NodePainter drawer(painter, zoom);
    const bool path = withStates && !m_hits && !m_pathNodes.isEmpty();
    const bool small = detailAt(zoom) == Detail::Blocks;
    QColor plain = theme::color(Token::Edge);
    if (path || (withStates && m_hits))
        plain.setAlphaF(0.35F);
    const auto draw = [&](int i, const QColor& color, double width) {
        const QPolygonF& corners = m_layout.edges[i];
        if (corners.size() < 2 || !m_pathBounds[i].intersects(scene))
            return;
        if (small) {
            painter.setPen(QPen(color, 0));
            painter.drawPolyline(corners);
        } else {
            drawer.edge(m_paths[i], corners.back(), corners[corners.size() - 2], color, width);
        }
    };
    for (int i = 0; i < m_layout.edges.size(); ++i)
        if (!path || !m_pathEdges.value(i))
            draw(i, plain, 1.4);
    if (path)
        for (int i = 0; i < m_layout.edges.size(); ++i)
            if (m_pathEdges.value(i))
                draw(i, theme::color(Token::Accent), 2);
}

void GraphCanvas::paintScene(QPainter& painter, const QRectF& scene, double zoom, bool withStates) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(zoom, zoom);
    painter.translate(-scene.topLeft());
    NodePainter drawer(painter, zoom);
    const Detail detail = detailAt(zoom);
    const double headerTop = scene.top() + 4 / zoom;
    for (const QRectF& frame : m_layout.frames)
        if (frame.intersects(scene))
            drawer.frame(frame);
    paintEdges(painter, scene, zoom, withStates);
    for (int f = 0; f < m_layout.frames.size(); ++f)
        if (m_layout.frames[f].intersects(scene)) {
            const Block& block = m_tree.blocks()[m_graph.frames[f]];
            drawer.frameHeader(block, m_layout.frames[f], headerTop, static_cast<int>(block.layers.size()));
        }

    QSet<int> selected;
    if (withStates)
        for (int layer : m_selection)
            selected.insert(m_graph.nodeOfLayer.value(layer, -1));
    const int focusNode = m_focusLayer >= 0 && hasFocus() ? m_graph.nodeOfLayer.value(m_focusLayer, -1) : -1;
    QHash<int, int> hitsInside;
    if (withStates && m_hits)
        for (int layer : *m_hits)
            ++hitsInside[m_graph.nodeOfLayer.value(layer, -1)];
    const QRectF reach = scene.adjusted(-8, -8, 8, 8);
    for (int i = 0; i < m_layout.nodes.size(); ++i) {
        if (!m_layout.nodes[i].intersects(reach))
            continue;
        const DisplayNode& node = m_graph.nodes[i];
        NodeState state;
        if (withStates) {
            state.selected = selected.contains(i);
            state.focused = i == focusNode;
            state.hovered = i == m_hoverNode;
            if (m_hits) {
                state.hitsInside = node.kind == DisplayNode::Kind::Block ? hitsInside.value(i) : 0;
                state.hit = hitsInside.value(i) > 0;
                state.opacity = state.hit ? 1 : 0.25;
            } else if (m_hoverDims && !m_pathNodes.contains(i)) {
                state.opacity = 0.35;
            }
        }
        const QString type = node.layer >= 0 ? visualizer::fromStd(m_network.layers[node.layer].type)
                                             : QString();
        drawer.node(node, m_layout.nodes[i], m_looks[i], state, type);
    }
    if (detail == Detail::Blocks)
        for (int f = 0; f < m_layout.frames.size(); ++f) {
            const QRectF& rect = m_layout.frames[f];
            const Block& block = m_tree.blocks()[m_graph.frames[f]];
            if (block.depth == 0 && rect.width() * zoom > 48 && rect.height() * zoom > 18 &&
                rect.intersects(scene))
                drawer.blockName(block.title, rect);
        }
    painter.restore();
}

} // namespace wb::graph_view

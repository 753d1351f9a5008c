// SPDX-License-Identifier: GPL-3.0-or-later
// Draws nodes, edges and block frames of the graph at three levels of detail (rule G-2, visual-design
// section 5). The painter is already scaled: everything here is in scene pixels at 100 %.
#pragma once

#include "visualizer/graph_view/colouring.h"

#include <QPainter>
#include <QPainterPath>

namespace wb::graph_view {

enum class Detail { Blocks, Types, Full };
Detail detailAt(double zoom);

struct NodeState {
    bool selected = false, focused = false, hovered = false, hit = false;
    double opacity = 1;
    int hitsInside = 0;                ///< blocks
};

class NodePainter {
public:
    NodePainter(QPainter& painter, double zoom);
    void node(const DisplayNode& node, const QRectF& rect, const NodeLook& look,
              const NodeState& state, const QString& type);
    /// Ground of an open block, then (over the edges) its header. `headerTop` keeps the header in view while the frame is (scene y).
    void frame(const QRectF& rect);
    void frameHeader(const Block& block, const QRectF& rect, double headerTop, int layerCount);
    void edge(const QPainterPath& path, const QPointF& tip, const QPointF& before, const QColor& color,
              double width);
    /// Name of a block over the smallest level, on a plate; size on screen stays.
    void blockName(const QString& name, const QRectF& rect);

    /// Corner points to a path with rounded corners, ending before the arrow head.
    static QPainterPath roundedPath(const QPolygonF& corners);
    static QRectF headerRect(const QRectF& frame, double headerTop);

private:
    void layerNode(const DisplayNode& node, const QRectF& rect, const NodeLook& look,
                   const NodeState& state, const QString& type);
    void blockNode(const DisplayNode& node, const QRectF& rect, const NodeLook& look,
                   const NodeState& state);
    void pill(const DisplayNode& node, const QRectF& rect, const NodeState& state);
    void rings(const QRectF& rect, const NodeState& state, double radius);
    void spine(const QRectF& rect, const NodeLook& look, double width);
    bool readable(const QFont& font) const;
    void valueAt(const QRectF& line, const NodeLook& look);

    QPainter& m_painter;
    double m_zoom;
    Detail m_detail;
    QFont m_name, m_detailFont, m_value, m_type;
};

} // namespace wb::graph_view

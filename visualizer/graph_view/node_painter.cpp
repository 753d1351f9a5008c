// SPDX-License-Identifier: GPL-3.0-or-later
// Nodes, frames and edges; see node_painter.h.
#include "visualizer/graph_view/node_painter.h"

#include <QCoreApplication>
#include <QFontInfo>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace wb::graph_view {
using theme::Token;

namespace {
constexpr double kRadius = 5, kCorner = 7, kArrowLength = 7, kArrowHalf = 2.75;
}

Detail detailAt(double zoom) {
    return zoom < 0.25 ? Detail::Blocks : zoom < 0.7 ? Detail::Types : Detail::Full;
}

NodePainter::NodePainter(QPainter& painter, double zoom)
    : m_painter(painter), m_zoom(zoom), m_detail(detailAt(zoom)),
      m_name(theme::font(theme::TextRole::MonoStrong)), m_detailFont(theme::font(theme::TextRole::Caption)),
      m_value(theme::font(theme::TextRole::Mono)), m_type(theme::font(theme::TextRole::BodyStrong)) {
    m_type.setPointSizeF(m_type.pointSizeF() * 1.4);
    // Hinted glyphs keep their pixel widths and would wander when the painter is scaled.
    for (QFont* font : {&m_name, &m_detailFont, &m_value, &m_type})
        font->setHintingPreference(QFont::PreferNoHinting);
}

bool NodePainter::readable(const QFont& font) const { return QFontInfo(font).pixelSize() * m_zoom >= 7; }

QPainterPath NodePainter::roundedPath(const QPolygonF& corners) {
    QPainterPath path;
    if (corners.size() < 2)
        return path;
    path.moveTo(corners.front());
    for (int i = 1; i + 1 < corners.size(); ++i) {
        const QPointF before = corners[i - 1], at = corners[i], after = corners[i + 1];
        const QLineF in(before, at), out(at, after);
        const double radius = std::min({kCorner, in.length() / 2, out.length() / 2});
        if (radius < 0.5) {
            path.lineTo(at);
            continue;
        }
        path.lineTo(in.pointAt(1 - radius / in.length()));
        path.quadTo(at, out.pointAt(radius / out.length()));
    }
    QLineF last(corners[corners.size() - 2], corners.back());
    if (last.length() > kArrowLength)
        last.setLength(last.length() - kArrowLength + 1);
    path.lineTo(last.p2());
    return path;
}

void NodePainter::edge(const QPainterPath& path, const QPointF& tip, const QPointF& before,
                       const QColor& color, double width) {
    m_painter.setBrush(Qt::NoBrush);
    QPen pen(color, width);
    pen.setCosmetic(m_detail == Detail::Blocks);
    if (m_detail == Detail::Blocks)
        pen.setWidthF(std::min(1.0, width));
    m_painter.setPen(pen);
    m_painter.drawPath(path);
    if (m_detail == Detail::Blocks)
        return;
    QLineF shaft(before, tip);
    if (shaft.length() < 0.1)
        return;
    shaft.setLength(1);
    const QPointF along(shaft.dx(), shaft.dy()), across(-along.y(), along.x());
    const QPointF base = tip - along * kArrowLength;
    const QPointF head[3] = {tip, base + across * kArrowHalf, base - across * kArrowHalf};
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(color);
    m_painter.drawPolygon(head, 3);
}

void NodePainter::spine(const QRectF& rect, const NodeLook& look, double width) {
    if (!look.hasColor)
        return;
    // The left end of the node's rounded rectangle, drawn directly: path operations are slow.
    const QRectF r = rect.adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath shape(QPointF(r.left() + width, r.top()));
    shape.lineTo(r.left() + kRadius, r.top());
    shape.quadTo(r.topLeft(), QPointF(r.left(), r.top() + kRadius));
    shape.lineTo(r.left(), r.bottom() - kRadius);
    shape.quadTo(r.bottomLeft(), QPointF(r.left() + kRadius, r.bottom()));
    shape.lineTo(r.left() + width, r.bottom());
    shape.closeSubpath();
    if (look.hatched) {
        m_painter.save();
        m_painter.setClipPath(shape, Qt::IntersectClip);
        visualizer::drawHatch(m_painter, shape.boundingRect(), look.fill);
        m_painter.restore();
        return;
    }
    m_painter.setBrush(look.fill);
    // Light fills are under 3 : 1 there; the ink outline carries the shape.
    m_painter.setPen(theme::isDark() ? QPen(Qt::NoPen) : QPen(look.ink, 0.9));
    m_painter.drawPath(shape);
}

void NodePainter::rings(const QRectF& rect, const NodeState& state, double radius) {
    m_painter.setBrush(Qt::NoBrush);
    if (state.hit) {
        m_painter.setPen(QPen(theme::color(Token::Text), 2));
        m_painter.drawRoundedRect(rect.adjusted(0, 0, 0, 0), radius, radius);
    }
    if (state.selected || state.focused) {
        QPen pen(theme::color(Token::Accent), m_detail == Detail::Blocks ? 2 / m_zoom : 2);
        if (!state.selected)
            pen.setDashPattern({3, 2});
        m_painter.setPen(pen);
        m_painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), radius + 3, radius + 3);
    }
}

void NodePainter::valueAt(const QRectF& line, const NodeLook& look) {
    if (look.value.isEmpty() && look.mark.isEmpty())
        return;
    m_painter.setPen(look.ink);
    m_painter.setFont(m_value);
    const QFontMetricsF metrics(m_value);
    const double valueWidth = metrics.horizontalAdvance(look.value);
    m_painter.drawText(QPointF(line.right() - valueWidth, line.bottom()), look.value);
    if (!look.mark.isEmpty()) {
        QFont mark = m_value;
        if (look.mark.contains(QChar(0x25B2)))
            mark.setPointSizeF(mark.pointSizeF() * 0.8);
        m_painter.setFont(mark);
        const double width = QFontMetricsF(mark).horizontalAdvance(look.mark);
        m_painter.drawText(QPointF(line.right() - valueWidth - (valueWidth > 0 ? 5 : 0) - width, line.bottom()),
                           look.mark);
    }
}

void NodePainter::node(const DisplayNode& node, const QRectF& rect, const NodeLook& look,
                       const NodeState& state, const QString& type) {
    m_painter.setOpacity(state.opacity);
    if (m_detail == Detail::Blocks) {
        const bool rounded = node.kind == DisplayNode::Kind::Input || node.kind == DisplayNode::Kind::Output;
        if (look.hatched) {
            visualizer::drawHatch(m_painter, rect, look.fill);
        } else {
            m_painter.setPen(Qt::NoPen);
            m_painter.setBrush(look.hasColor ? look.fill
                               : rounded     ? theme::color(Token::Outline)
                                             : theme::color(Token::NodeBorder));
            m_painter.drawRoundedRect(rect, 2, 2);
        }
        rings(rect, state, 2);
    } else if (node.kind == DisplayNode::Kind::Block) {
        blockNode(node, rect, look, state);
    } else if (node.kind == DisplayNode::Kind::Layer) {
        layerNode(node, rect, look, state, type);
    } else {
        pill(node, rect, state);
    }
    m_painter.setOpacity(1);
}

void NodePainter::layerNode(const DisplayNode& node, const QRectF& rect, const NodeLook& look,
                            const NodeState& state, const QString& type) {
    QColor body = theme::color(Token::Node);
    if (look.hasColor && !look.hatched)
        body = visualizer::mixed(body, look.fill, 0.1);
    m_painter.setBrush(body);
    m_painter.setPen(QPen(theme::color(state.hovered ? Token::Text2 : Token::NodeBorder), 1));
    m_painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    const bool full = m_detail == Detail::Full;
    spine(rect, look, full ? 6 : 10);
    const double chipWidth = look.chip.kind == visualizer::Chip::Kind::None ? 0
                             : full ? visualizer::chipWidth(look.chip) : 18;
    if (chipWidth > 0)
        visualizer::drawChip(m_painter,
                             QRectF(rect.right() - 8 - chipWidth, rect.top() + (full ? 5 : 13), chipWidth,
                                    visualizer::kChipHeight),
                             look.chip, full);
    double right = rect.right() - 8 - (chipWidth > 0 ? chipWidth + 6 : 0);
    if (look.locked && full) {
        const QSizeF size(12, 12);
        const double ratio = m_painter.device()->devicePixelRatioF() * m_zoom;
        const QPixmap lock = theme::iconPixmap(QStringLiteral("lock"), 12, theme::color(Token::Text2),
                                               std::max(1.0, ratio));
        m_painter.drawPixmap(QRectF(QPointF(right - 12, rect.top() + 7), size), lock, lock.rect());
        right -= 16;
    }
    if (full) {
        m_painter.setPen(theme::color(Token::Text));
        m_painter.setFont(m_name);
        const QFontMetricsF metrics(m_name);
        m_painter.drawText(QPointF(rect.left() + 14, rect.top() + 17),
                           metrics.elidedText(node.name, Qt::ElideLeft, right - rect.left() - 14));
        const double valueWidth =
            look.value.isEmpty() ? 10 : QFontMetricsF(m_value).horizontalAdvance(look.value) + 20;
        m_painter.setPen(theme::color(Token::Text2));
        m_painter.setFont(m_detailFont);
        m_painter.drawText(QPointF(rect.left() + 14, rect.top() + 33),
                           QFontMetricsF(m_detailFont)
                               .elidedText(node.detail, Qt::ElideRight, rect.width() - 14 - 8 - valueWidth));
        valueAt(QRectF(rect.left(), rect.top(), rect.width() - 8, 33), look);
        if (look.edited) {
            m_painter.setPen(Qt::NoPen);
            m_painter.setBrush(theme::color(Token::Accent));
            m_painter.drawEllipse(rect.topLeft(), 2, 2);
        }
    } else if (readable(m_type)) {
        m_painter.setPen(theme::color(Token::Text));
        m_painter.setFont(m_type);
        m_painter.drawText(QRectF(rect.left() + 18, rect.top(), right - rect.left() - 18, rect.height()),
                           Qt::AlignVCenter | Qt::AlignLeft,
                           QFontMetricsF(m_type).elidedText(type, Qt::ElideRight, right - rect.left() - 18));
    }
    rings(rect, state, kRadius);
}

void NodePainter::blockNode(const DisplayNode& node, const QRectF& rect, const NodeLook& look,
                            const NodeState& state) {
    const double radius = 6;
    const QColor border = theme::color(state.hovered ? Token::Text2 : Token::NodeBorder);
    m_painter.setPen(QPen(border, 1));
    m_painter.setBrush(theme::color(Token::Node));
    m_painter.drawRoundedRect(rect.adjusted(4.5, 4.5, 3.5, 3.5), radius, radius);
    m_painter.setBrush(theme::color(Token::Raised));
    m_painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    const bool full = m_detail == Detail::Full;
    const QString count = state.hitsInside > 0
        ? QCoreApplication::translate("GraphView", "%n found", nullptr, state.hitsInside)
        : QCoreApplication::translate("GraphView", "%n layers", nullptr, look.layerCount);
    if (full) {
        m_painter.setPen(QPen(theme::color(Token::Text2), 1.4, Qt::SolidLine, Qt::RoundCap));
        const QPointF c(rect.left() + 14, rect.top() + 15);
        const QPointF chevron[3] = {c + QPointF(-2, -4), c + QPointF(2, 0), c + QPointF(-2, 4)};
        m_painter.drawPolyline(chevron, 3);
        m_painter.setFont(m_detailFont);
        m_painter.setPen(theme::color(state.hitsInside > 0 ? Token::Text : Token::Text2));
        const double countWidth = QFontMetricsF(m_detailFont).horizontalAdvance(count);
        m_painter.drawText(QPointF(rect.right() - 8 - countWidth, rect.top() + 19), count);
        m_painter.setFont(m_name);
        m_painter.setPen(theme::color(Token::Text));
        m_painter.drawText(QPointF(rect.left() + 24, rect.top() + 19),
                           QFontMetricsF(m_name).elidedText(node.name, Qt::ElideLeft,
                                                            rect.width() - 24 - 16 - countWidth));
        if (!look.value.isEmpty()) {
            m_painter.setFont(m_detailFont);
            m_painter.setPen(theme::color(Token::Text2));
            m_painter.drawText(QPointF(rect.left() + 12, rect.top() + 36),
                               QCoreApplication::translate("GraphView", "worst inside"));
            valueAt(QRectF(rect.left(), rect.top(), rect.width() - 8, 36), look);
        }
    } else if (readable(m_type)) {
        m_painter.setFont(m_type);
        m_painter.setPen(theme::color(Token::Text));
        m_painter.drawText(rect.adjusted(14, 0, -14, -6), Qt::AlignVCenter | Qt::AlignLeft,
                           QFontMetricsF(m_type).elidedText(node.name, Qt::ElideLeft, rect.width() - 28));
    }
    double x = rect.left() + 12;
    const double width = rect.width() - 24;
    m_painter.setPen(Qt::NoPen);
    for (const BarPart& part : look.precisionBar) {
        m_painter.setBrush(part.color);
        m_painter.drawRoundedRect(QRectF(x, rect.bottom() - 12, std::max(2.0, part.share * width - 1.5), 5),
                                  1.5, 1.5);
        x += part.share * width;
    }
    rings(rect, state, radius);
}

void NodePainter::pill(const DisplayNode& node, const QRectF& rect, const NodeState& state) {
    m_painter.setBrush(theme::color(Token::Window));
    m_painter.setPen(QPen(theme::color(state.hovered ? Token::Text2 : Token::Outline), 1));
    m_painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 21, 21);
    if (readable(m_name)) {
        m_painter.setFont(m_name);
        m_painter.setPen(theme::color(Token::Text));
        m_painter.drawText(QRectF(rect.left() + 18, rect.top() + 4, rect.width() - 36, 17), Qt::AlignCenter,
                           QFontMetricsF(m_name).elidedText(node.name, Qt::ElideLeft, rect.width() - 36));
        m_painter.setFont(m_detailFont);
        m_painter.setPen(theme::color(Token::Text2));
        m_painter.drawText(QRectF(rect.left() + 18, rect.top() + 21, rect.width() - 36, 16), Qt::AlignCenter,
                           QFontMetricsF(m_detailFont)
                               .elidedText(node.detail, Qt::ElideRight, rect.width() - 36));
    }
    rings(rect, state, 21);
}

QRectF NodePainter::headerRect(const QRectF& frame, double headerTop) {
    const double top = std::clamp(headerTop, frame.top(), std::max(frame.top(), frame.bottom() - kFrameHeader));
    return QRectF(frame.left(), top, frame.width(), kFrameHeader);
}

void NodePainter::frame(const QRectF& rect) {
    if (m_detail == Detail::Blocks) {
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(visualizer::withAlpha(theme::color(Token::Window), 0.8));
        m_painter.drawRoundedRect(rect, 8, 8);
        return;
    }
    m_painter.setBrush(visualizer::withAlpha(theme::color(Token::Window), 0.55));
    m_painter.setPen(QPen(theme::color(Token::Line), 1));
    m_painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

void NodePainter::frameHeader(const Block& block, const QRectF& rect, double headerTop, int layerCount) {
    if (m_detail == Detail::Blocks)
        return;
    m_painter.setOpacity(1);
    const QRectF header = headerRect(rect, headerTop);
    if (header.top() > rect.top() + 1) {
        // The header has left its place: give it a ground of its own.
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(visualizer::withAlpha(theme::color(Token::Window), 0.92));
        m_painter.drawRoundedRect(header.adjusted(1, 0, -1, 0), 4, 4);
    }
    const bool full = m_detail == Detail::Full;
    if (!readable(full ? m_name : m_type))
        return;
    // Edges run through the header; its words stand on a plate of the frame's own colour.
    const QString text = QFontMetricsF(full ? m_name : m_type)
                             .elidedText(block.title, Qt::ElideLeft, header.width() - (full ? 100 : 46));
    const double textWidth = QFontMetricsF(full ? m_name : m_type).horizontalAdvance(text);
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(visualizer::mixed(theme::color(Token::Canvas), theme::color(Token::Window), 0.55));
    m_painter.drawRect(QRectF(header.left() + 6, header.top() + 5, 24 + textWidth, header.height() - 10));
    const QPointF c(header.left() + 14, header.center().y());
    m_painter.setPen(QPen(theme::color(Token::Text2), 1.4, Qt::SolidLine, Qt::RoundCap));
    const QPointF chevron[3] = {c + QPointF(-4, -2), c + QPointF(0, 2), c + QPointF(4, -2)};
    m_painter.drawPolyline(chevron, 3);
    const QFont& small = full ? m_detailFont : m_type;
    m_painter.setFont(small);
    m_painter.setPen(theme::color(Token::Text2));
    const QString count = QCoreApplication::translate("GraphView", "%n layers", nullptr, layerCount);
    if (full)
        m_painter.drawText(header.adjusted(0, 0, -12, 0), Qt::AlignVCenter | Qt::AlignRight, count);
    const QFont& title = full ? m_name : m_type;
    m_painter.setFont(title);
    m_painter.setPen(theme::color(Token::Text));
    m_painter.drawText(header.adjusted(26, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text);
}

void NodePainter::blockName(const QString& name, const QRectF& rect) {
    m_painter.save();
    const QRectF area = m_painter.transform().mapRect(rect);
    m_painter.resetTransform();
    const QFont font = theme::font(theme::TextRole::Caption);
    const QSizeF size = QFontMetricsF(font).size(0, name) + QSizeF(8, 2);
    const QRectF plate(area.center() - QPointF(size.width(), size.height()) / 2, size);
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(visualizer::withAlpha(theme::color(Token::Canvas), 0.7));
    m_painter.drawRoundedRect(plate, 3, 3);
    m_painter.setFont(font);
    m_painter.setPen(theme::color(Token::Text));
    m_painter.drawText(plate, Qt::AlignCenter, name);
    m_painter.restore();
}

} // namespace wb::graph_view

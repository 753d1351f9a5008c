// SPDX-License-Identifier: GPL-3.0-or-later
// Overview picture and its view rectangle; see minimap.h.
#include "visualizer/graph_view/minimap.h"

#include "visualizer/graph_view/graph_canvas.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

namespace wb::graph_view {
using theme::Token;

Minimap::Minimap(GraphCanvas* canvas, QWidget* parent) : QWidget(parent), m_canvas(canvas) {
    setObjectName(QStringLiteral("graphMinimap"));
    setCursor(Qt::PointingHandCursor);
    connect(canvas, &GraphCanvas::viewChanged, this, qOverload<>(&QWidget::update));
}

QSize Minimap::preferredSize(const QSize& view) const {
    const QRectF bounds = m_canvas->graphLayout().bounds;
    QSize size = bounds.height() > bounds.width() ? QSize(112, 200) : QSize(200, 140);
    if (size.width() * size.height() * 5 > view.width() * view.height())
        size /= 2;
    return size;
}

void Minimap::invalidate() {
    m_picture = {};
    update();
}

void Minimap::resizeEvent(QResizeEvent*) { m_picture = {}; }

QTransform Minimap::sceneToMap() const {
    const QRectF bounds = m_canvas->graphLayout().bounds;
    if (bounds.isEmpty())
        return {};
    const QRectF area = QRectF(rect()).adjusted(8, 8, -8, -8);
    // A network is far longer than wide: each direction has its own scale, but not without limit.
    double sy = area.height() / bounds.height(), sx = area.width() / bounds.width();
    sx = std::min(sx, sy * 4);
    sy = std::min(sy, sx * 6);
    QTransform t;
    t.translate(area.center().x(), area.center().y());
    t.scale(sx, sy);
    t.translate(-bounds.center().x(), -bounds.center().y());
    return t;
}

void Minimap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QTransform t = sceneToMap();
    if (m_picture.isNull()) {
        const double ratio = devicePixelRatioF();
        m_picture = QPixmap((QSizeF(size()) * ratio).toSize());
        m_picture.setDevicePixelRatio(ratio);
        m_picture.fill(Qt::transparent);
        QPainter p(&m_picture);
        p.setRenderHint(QPainter::Antialiasing);
        p.setBrush(theme::color(Token::Canvas));
        p.setPen(QPen(theme::color(Token::Line), 1));
        p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
        p.setPen(Qt::NoPen);
        const auto& nodes = m_canvas->graphLayout().nodes;
        const auto& looks = m_canvas->looks();
        for (int i = 0; i < nodes.size() && i < looks.size(); ++i) {
            QRectF r = t.mapRect(nodes[i]);
            r.setHeight(std::max(1.0, r.height()));
            p.setBrush(looks[i].hasColor ? looks[i].fill : theme::color(Token::Outline));
            p.drawRect(r);
        }
    }
    painter.drawPixmap(0, 0, m_picture);
    const QRectF inside = QRectF(rect()).adjusted(2, 2, -2, -2);
    QRectF view = t.mapRect(m_canvas->visibleScene()).intersected(inside);
    if (m_canvas->graphLayout().bounds.isEmpty() || view.isEmpty())
        return;
    const QColor accent = theme::color(Token::Accent);
    painter.setBrush(visualizer::withAlpha(accent, 0.16));
    painter.setPen(QPen(accent, 1.5));
    painter.drawRoundedRect(view.adjusted(0.75, 0.75, -0.75, -0.75), 2, 2);
}

void Minimap::moveView(const QPointF& pos) {
    bool ok = false;
    const QTransform back = sceneToMap().inverted(&ok);
    if (ok)
        m_canvas->centerOn(back.map(pos));
}

void Minimap::mousePressEvent(QMouseEvent* event) { moveView(event->position()); }

void Minimap::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton)
        moveView(event->position());
}

} // namespace wb::graph_view

// SPDX-License-Identifier: GPL-3.0-or-later
// The whole graph in a corner, in the colours of the present colouring, with the part in view marked
// (rule G-6). Dragging moves the view.
#pragma once

#include <QPixmap>
#include <QWidget>

namespace wb::graph_view {

class GraphCanvas;

class Minimap : public QWidget {
    Q_OBJECT
public:
    explicit Minimap(GraphCanvas* canvas, QWidget* parent = nullptr);
    /// 200 × 140, or 112 × 200 for tall graphs; half of that when it would cover over a fifth of `view`.
    QSize preferredSize(const QSize& view) const;

public slots:
    void invalidate();                 ///< colours or layout changed

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void moveView(const QPointF& pos);
    QTransform sceneToMap() const;

    GraphCanvas* m_canvas;
    QPixmap m_picture;
};

} // namespace wb::graph_view

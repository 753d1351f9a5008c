// SPDX-License-Identifier: GPL-3.0-or-later
// One pane of the image comparison: header, picture, boxes. Its camera is shared by DetectionView.
#pragma once

#include "visualizer/detection_view/detection_view.h"

namespace wb::detection_view {

inline constexpr int kPaneHeader = 30;

/// What part of the picture is seen: its point in the middle, and logical pixels for a picture pixel.
struct Camera {
    QPointF centre;
    double zoom = 1;
    bool isFitted = true;
};

class PicturePane : public QWidget {
    Q_OBJECT
public:
    PicturePane(DetectionView* view, int index);
    void setContent(const PaneContent* content); ///< not owned; the view keeps it
    const PaneContent* content() const { return m_content; }
    void setAlternate(const PaneContent* content); ///< shown instead while blinking; null ends
    Camera camera() const { return m_camera; }
    void setCamera(const Camera& camera);
    void fit();
    void zoomTo(const QRectF& pictureRect);
    void zoomBy(double factor, const QPointF& about);
    QRectF pictureArea() const;
    QPointF toPicture(const QPointF& pos) const;
    QPointF toPane(const QPointF& picture) const;
    void setCross(const std::optional<QPointF>& position);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void paintHeader(QPainter& painter);
    const PaneContent* shown() const { return m_alternate ? m_alternate : m_content; }
    void moved();
    void limit();

    DetectionView* m_view;
    int m_index;
    const PaneContent* m_content = nullptr;
    const PaneContent* m_alternate = nullptr;
    Camera m_camera;
    std::optional<QPointF> m_cross;
    QPointF m_press, m_last;
    bool m_pressed = false, m_moved = false;
    double m_titleEnd = 0;
};

} // namespace wb::detection_view

// SPDX-License-Identifier: GPL-3.0-or-later
// The drawn area of the cosine plot: a QCustomPlot with our own layers for markers, strips and selection,
// and with the mouse rules of V-7. It changes no data; what the user does comes out as signals.
#pragma once

#include "visualizer/cosine_plot/plot_state.h"

#include <qcustomplot.h>

namespace wb::cosine_plot {

inline constexpr int kLeftMargin = 54, kRightMargin = 122, kTopMargin = 10, kBottomMargin = 50;

class PlotSurface : public QCustomPlot {
    Q_OBJECT
public:
    PlotSurface(const PlotState* state, QWidget* parent);

    void applyTheme();
    /// Takes data, scale and range from the state; keeps the zoom unless it was never touched.
    void refresh();
    void fitAll();
    bool isZoomed() const { return m_zoomedX || m_zoomedY; }
    int layerAt(double x) const;       ///< nearest layer, clamped; −1 without layers
    double pixelsPerLayer() const;
    void showLayer(int layer);         ///< scrolls if it is outside
    QPointF pointOf(const Series& series, int layer) const; ///< pixels; NaN when not compared
    void stopFollowing() { m_zoomedX = true; }

signals:
    void layerClicked(int layer, bool add);
    void rangeSelected(int first, int last);
    void blockClicked(int first, int last, bool add);
    void hovered(int layer, const QPoint& position); ///< −1: left
    void viewChanged();
    void menuRequested(const QPoint& globalPosition);

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void styleSeries();
    void updateTicks();
    void limitX();
    bool overBands(const QPointF& pos) const;

    const PlotState* m_state;
    QCPGraph* m_graphs[kSeriesCount] = {};
    bool m_zoomedX = false, m_zoomedY = false;
    QPointF m_press, m_last;
    bool m_pressed = false, m_moved = false, m_selecting = false;
    class RangeLayer;
    RangeLayer* m_range = nullptr;
};

} // namespace wb::cosine_plot

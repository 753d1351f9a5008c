// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of the cosine plot that QCustomPlot does not have: markers in band colours, the strips around
// the axes, goal lines, selection, progress. Detail of plot_surface.cpp.
#pragma once

#include "visualizer/cosine_plot/plot_surface.h"

namespace wb::cosine_plot {

/// Common part: knows state and axes, draws without selection or antialiasing quirks.
class StateLayer : public QCPLayerable {
public:
    StateLayer(PlotSurface* plot, const PlotState* state, const QString& layer)
        : QCPLayerable(plot, layer), m_plot(plot), m_state(state) {}

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override {
        painter->setAntialiasing(true);
    }
    QRectF area() const { return m_plot->axisRect()->rect(); }
    double xOf(double layer) const { return m_plot->xAxis->coordToPixel(layer); }
    double yOf(double height) const { return m_plot->yAxis->coordToPixel(height); }
    PlotSurface* m_plot;
    const PlotState* m_state;
};

/// Under the curves: top line of cosine 1, band strip left of the axis, goal lines, isolated bars, and from the
/// worst to the best picture of each layer a band (rule V-5).
class BackLayer : public StateLayer {
public:
    using StateLayer::StateLayer;
    void draw(QCPPainter* painter) override;

private:
    void drawBandStrip(QCPPainter* painter) const;
    void drawIsolatedBars(QCPPainter* painter) const;
    void drawSpread(QCPPainter* painter, const Series& series) const;
};

/// Over the curves: markers, selection, progress.
class MarkLayer : public StateLayer {
public:
    using StateLayer::StateLayer;
    void draw(QCPPainter* painter) override;

private:
    void drawMarkers(QCPPainter* painter, const Series& series, bool all) const;
    void drawMarker(QCPPainter* painter, const Series& series, int layer) const;
};

/// Below the axis: precisions with hatch for gaps, block bands.
class StripLayer : public StateLayer {
public:
    using StateLayer::StateLayer;
    void draw(QCPPainter* painter) override;

private:
    void drawPrecisions(QCPPainter* painter) const;
    void drawBlocks(QCPPainter* painter) const;
};

inline constexpr double kStripTop = 5, kStripHeight = 4, kBandTop = 13, kBandHeight = 14;

} // namespace wb::cosine_plot

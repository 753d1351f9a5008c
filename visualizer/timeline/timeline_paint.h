// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing of the timeline, on the screen and for export. Bars narrower than a pixel share one: its colour is that of
// the command with most of it, its strength how busy it was.
#pragma once

#include "visualizer/timeline/timeline_scene.h"

#include <QPainter>
#include <QRectF>

namespace wb::timeline {

inline constexpr int kLeft = 92, kRight = 12;

/// Where the rows are.
struct TimelineGeometry {
    QRectF axis, runs, tracks[2], memory;
    explicit TimelineGeometry(const QSizeF& size);
    TimelineGeometry() = default;
};

struct TimelineLook {
    const TimelineScene* scene = nullptr;
    TimelineGeometry place;
    double from = 0, to = 1;         ///< cycles in view
    Colouring colouring = Colouring::Kind;
    QSet<int> selected;              ///< layers of the timeline
    int hovered = -1, current = -1;  ///< commands
    int hoveredMemory = -1;
    bool focus = false;

    double perCycle() const { return place.axis.width() / (to - from); }
    double x(double cycle) const { return place.axis.left() + (cycle - from) * perCycle(); }
    double cycleAt(double px) const { return from + (px - place.axis.left()) / perCycle(); }
    double y(double address) const;  ///< in memory; address 0 lies at the bottom
    QColor color(const jobs::TimelineCommand& command) const;
};

/// Everything but the memory, whose picture the view keeps.
void paintTimeline(QPainter& painter, const TimelineLook& look);
/// The stays in memory as pixels, for the size of place.memory.
QImage memoryImage(const TimelineLook& look, double devicePixelRatio);
/// Grid, picture and marks of the memory.
void paintMemory(QPainter& painter, const TimelineLook& look, const QImage& image);

} // namespace wb::timeline

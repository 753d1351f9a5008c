// SPDX-License-Identifier: GPL-3.0-or-later
// Boxes on a picture, drawn by what became of them against the reference (rule M-2, visual-design
// section 8). Plain values and painting; used by the panes and by exported pictures.
#pragma once

#include <QImage>
#include <QPainter>
#include <QRectF>
#include <QString>
#include <QTransform>
#include <QVector>

namespace wb::detection_view {

/// As in compiler/evaluate/match.h; Plain is for the reference's own boxes and for variants without one.
enum class BoxState { Plain, Match, Shifted, ClassChanged, Missed, Extra };

struct PictureBox {
    QRectF rect;                       ///< pixels of the picture
    int classId = 0;
    double score = 0;                  ///< 0…1
    QString className;
    QString otherClass;                ///< the reference's class when it changed
    BoxState state = BoxState::Plain;
    int row = -1;                      ///< identity: boxes of one row are selected together in all panes
};

QColor boxColor(const PictureBox& box);
QString boxLabel(const PictureBox& box); ///< "person 0.35", "+ cup 0.36", "✕ clock missed"

/// Draws all boxes; `toWidget` maps picture pixels to the painter's. Labels do not cover each other as far
/// as there is room; those of boxes under 40 px wide show only for `hoveredRow` and `selectedRow`.
void paintBoxes(QPainter& painter, const QVector<PictureBox>& boxes, const QTransform& toWidget,
                int selectedRow, int hoveredRow);

/// Smallest box under a point of the picture; index or −1.
int boxAt(const QVector<PictureBox>& boxes, const QPointF& point, double slack);

} // namespace wb::detection_view

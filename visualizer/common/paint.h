// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing that several views share: precision chips, the hatch of "not compared", lines on whole device
// pixels, mixing of colours. Colours come from the theme at paint time. GUI thread.
#pragma once

#include "compiler/jobs/snapshot.h"

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QString>

namespace wb::visualizer {

inline constexpr double kChipHeight = 16;

/// What a chip says (rule G-8 and visual-design section 1).
struct Chip {
    enum class Kind { None, Int8, Half, Full, Follows, Mismatch };
    Kind kind = Kind::None;
    QString text;              ///< "I8", "F16", "~", "F16→I8", "!I8"
    QString precision;         ///< the actual one, for the colour
};

/// Chip of the precision that a layer really has. `follows`: no arithmetic of its own. With `wide` a
/// requested precision that was not honoured shows as "F16→I8", else as "!I8".
Chip chipFor(const jobs::LayerPrecision* precision, bool follows, bool wide);
/// Chip of a precision by name, e.g. of the requested column: "F16"; "auto" and "" give no chip.
Chip chipOf(const QString& precision);

double chipWidth(const Chip& chip);
/// Draws into a rectangle 16 high; without text it keeps only the border style.
void drawChip(QPainter& painter, const QRectF& rect, const Chip& chip, bool withText = true);

/// Colour that stands for a precision in strips and bars: "INT8", "F16", "BF16", "F32".
QColor precisionColor(const QString& precision);

/// 45° hatch, 2 of 5 pixels.
void drawHatch(QPainter& painter, const QRectF& rect, const QColor& color);

/// Coordinate at which a line of odd device width is sharp.
double snapped(double value, double devicePixelRatio);

/// `share` of `over` on `base`.
QColor mixed(const QColor& base, const QColor& over, double share);
QColor withAlpha(QColor color, double alpha);

/// A card under the pointer: soft shadow, `raised`, outline, radius 5.
void drawCard(QPainter& painter, const QRectF& rect, double radius = 5);

} // namespace wb::visualizer

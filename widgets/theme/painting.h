// SPDX-License-Identifier: GPL-3.0-or-later
// Small drawing helpers shared by the style and by views that draw their own rows.
#pragma once

#include "widgets/theme/theme.h"

#include <QPainter>
#include <QRectF>

namespace wb::theme {

/// A filled rounded rectangle with an optional border that lies inside `rect`.
void fillRounded(QPainter* painter, const QRectF& rect, qreal radius, const QColor& fill,
                 const QColor& border = {}, qreal borderWidth = 1);

/// A ring of 2 px in the accent at the edge of a control.
void focusRing(QPainter* painter, const QRectF& rect, qreal radius = 4);

/// One device pixel high (or wide) line, whatever the scale factor.
void hairline(QPainter* painter, const QPointF& from, const QPointF& to, const QColor& colour);

/// An icon centred in a rectangle.
void drawIcon(QPainter* painter, const QString& name, const QRect& rect, int size,
              const QColor& colour);

/// `a` mixed with `share` (0…1) of `b`.
QColor mixed(const QColor& a, const QColor& b, qreal share);

/// Text elided at the left, because the tail of a layer name or path identifies it.
QString elidedLeft(const QFont& font, const QString& text, int width);

/// The marks of pipeline stages and jobs, section 4: ring, quarter, arc, disc with tick, dashed ring,
/// disc with cross, ring with bar, bar.
enum class Mark { NotRun, Queued, Running, Done, Stale, Failed, Cancelled, Skipped };
QColor markColor(Mark mark);
void paintMark(QPainter* painter, const QRectF& rect, Mark mark, double fraction,
               const QColor& surface);

} // namespace wb::theme

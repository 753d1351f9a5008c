// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing helpers and the stage marks.
#include "widgets/theme/painting.h"

#include <QFontMetrics>

#include <cmath>

namespace wb::theme {

void fillRounded(QPainter* painter, const QRectF& rect, qreal radius, const QColor& fill,
                 const QColor& border, qreal width) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    if (border.isValid()) {
        painter->setPen(QPen(border, width));
        const qreal half = width / 2;
        painter->drawRoundedRect(rect.adjusted(half, half, -half, -half), radius - half,
                                 radius - half);
    } else {
        painter->setPen(Qt::NoPen);
        painter->drawRoundedRect(rect, radius, radius);
    }
    painter->restore();
}

void focusRing(QPainter* painter, const QRectF& rect, qreal radius) {
    fillRounded(painter, rect, radius, {}, color(Token::Accent), 2);
}

void hairline(QPainter* painter, const QPointF& from, const QPointF& to, const QColor& colour) {
    const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
    const qreal one = 1.0 / ratio;
    const auto snap = [ratio](qreal v) { return std::floor(v * ratio) / ratio; };
    if (qFuzzyCompare(from.y(), to.y()))
        painter->fillRect(QRectF(from.x(), snap(from.y()), to.x() - from.x(), one), colour);
    else
        painter->fillRect(QRectF(snap(from.x()), from.y(), one, to.y() - from.y()), colour);
}

void drawIcon(QPainter* painter, const QString& name, const QRect& rect, int size,
              const QColor& colour) {
    const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
    painter->drawPixmap(rect.x() + (rect.width() - size) / 2, rect.y() + (rect.height() - size) / 2,
                        iconPixmap(name, size, colour, ratio));
}

QColor mixed(const QColor& a, const QColor& b, qreal share) {
    const auto blend = [share](float x, float y) {
        return static_cast<float>(x + (y - x) * share);
    };
    return QColor::fromRgbF(blend(a.redF(), b.redF()), blend(a.greenF(), b.greenF()),
                            blend(a.blueF(), b.blueF()));
}

QString elidedLeft(const QFont& font, const QString& text, int width) {
    return QFontMetrics(font).elidedText(text, Qt::ElideLeft, width);
}

QColor markColor(Mark mark) {
    switch (mark) {
    case Mark::Done: return color(Token::Done);
    case Mark::Running: return color(Token::Running);
    case Mark::Stale: return color(Token::Stale);
    case Mark::Failed: return color(Token::Failed);
    default: return color(Token::Text3);
    }
}

void paintMark(QPainter* painter, const QRectF& rect, Mark mark, double fraction,
               const QColor& surface) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QColor ink = markColor(mark);
    const QPointF centre = rect.center();
    const qreal unit = rect.width() / 16.0;
    const qreal radius = 5.75 * unit;
    const QRectF ring(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius);
    const QPen line(ink, 1.5 * unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    const QPen cut(surface, 1.5 * unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    const auto at = [&](qreal x, qreal y) { return centre + QPointF(x * unit, y * unit); };
    painter->setBrush(Qt::NoBrush);
    painter->setPen(line);
    switch (mark) {
    case Mark::NotRun: painter->drawEllipse(ring); break;
    case Mark::Queued:
        painter->drawEllipse(ring);
        painter->setPen(Qt::NoPen);
        painter->setBrush(ink);
        painter->drawPie(ring.adjusted(2 * unit, 2 * unit, -2 * unit, -2 * unit), 0, 90 * 16);
        break;
    case Mark::Running: {
        QColor track = ink;
        track.setAlphaF(0.25f);
        painter->setPen(QPen(track, 2 * unit));
        painter->drawEllipse(ring);
        painter->setPen(QPen(ink, 2 * unit, Qt::SolidLine, Qt::FlatCap));
        const double shown = std::isfinite(fraction) ? qBound(0.04, fraction, 1.0) : 0.04;
        painter->drawArc(ring, 90 * 16, -static_cast<int>(shown * 360 * 16));
        break;
    }
    case Mark::Done:
        painter->setPen(Qt::NoPen);
        painter->setBrush(ink);
        painter->drawEllipse(ring.adjusted(-.75 * unit, -.75 * unit, .75 * unit, .75 * unit));
        painter->setPen(cut);
        painter->setBrush(Qt::NoBrush);
        painter->drawPolyline(QPolygonF{at(-2.75, 0.25), at(-0.75, 2.25), at(3, -2)});
        break;
    case Mark::Stale: {
        QPen dashed = line;
        dashed.setCapStyle(Qt::FlatCap);
        dashed.setDashPattern({1.5, 1.5});
        painter->setPen(dashed);
        painter->drawEllipse(ring);
        painter->setPen(Qt::NoPen);
        painter->setBrush(ink);
        painter->drawEllipse(centre, 2.75 * unit, 2.75 * unit);
        break;
    }
    case Mark::Failed:
        painter->setPen(Qt::NoPen);
        painter->setBrush(ink);
        painter->drawEllipse(ring.adjusted(-.75 * unit, -.75 * unit, .75 * unit, .75 * unit));
        painter->setPen(cut);
        painter->drawLine(at(-2.25, -2.25), at(2.25, 2.25));
        painter->drawLine(at(2.25, -2.25), at(-2.25, 2.25));
        break;
    case Mark::Cancelled:
        painter->drawEllipse(ring);
        painter->drawLine(at(-4, 4), at(4, -4));
        break;
    case Mark::Skipped: painter->drawLine(at(-3.5, 0), at(3.5, 0)); break;
    }
    painter->restore();
}

} // namespace wb::theme

// SPDX-License-Identifier: GPL-3.0-or-later
// Shared drawing; see paint.h.
#include "visualizer/common/paint.h"

#include "visualizer/common/layer_text.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace wb::visualizer {
using theme::Token;

namespace {

QFont chipFont() {
    // Mono semibold one step below the mono role. Kept, since a graph asks for it hundreds of times a
    // frame and a fresh QFont has to find its engine again; rebuilt when the system's size changes.
    static QFont font;
    static double systemSize = -1;
    const double size = QApplication::font().pointSizeF();
    if (size != systemSize) {
        systemSize = size;
        font = theme::font(theme::TextRole::MonoStrong);
        font.setPointSizeF(std::max(5.0, font.pointSizeF() - 0.5));
    }
    return font;
}

bool isHalf(const QString& precision) {
    return precision == QLatin1String("F16") || precision == QLatin1String("BF16");
}

Chip::Kind chipKind(const QString& precision) {
    if (precision.isEmpty() || precision == QLatin1String("auto"))
        return Chip::Kind::None;
    if (isHalf(precision))
        return Chip::Kind::Half;
    return precision == QLatin1String("F32") ? Chip::Kind::Full : Chip::Kind::Int8;
}

} // namespace

Chip chipOf(const QString& precision) {
    Chip chip;
    chip.kind = chipKind(precision);
    if (chip.kind == Chip::Kind::None)
        return chip;
    chip.text = shortPrecision(precision);
    chip.precision = precision;
    return chip;
}

Chip chipFor(const jobs::LayerPrecision* precision, bool follows, bool wide) {
    if (!precision)
        return {};
    const QString actual = fromStd(precision->actual);
    const QString requested = fromStd(precision->requested);
    const bool asked = !requested.isEmpty() && requested != QLatin1String("auto");
    if (asked && !actual.isEmpty() && requested != actual) {
        Chip chip;
        chip.kind = Chip::Kind::Mismatch;
        chip.precision = actual;
        chip.text = wide ? shortPrecision(requested) + QChar(0x2192) + shortPrecision(actual)
                         : QLatin1Char('!') + shortPrecision(actual);
        return chip;
    }
    if (follows) {
        Chip chip;
        chip.kind = Chip::Kind::Follows;
        chip.text = QStringLiteral("~");
        chip.precision = actual;
        return chip;
    }
    return chipOf(actual);
}

double chipWidth(const Chip& chip) {
    if (chip.kind == Chip::Kind::None)
        return 0;
    const double frame = chip.kind == Chip::Kind::Mismatch ? 16 : 10; // the double one stays clear of the text
    return std::max(26.0, std::ceil(QFontMetricsF(chipFont()).horizontalAdvance(chip.text)) + frame);
}

QColor precisionColor(const QString& precision) {
    if (precision == QLatin1String("F16"))
        return theme::color(Token::F16);
    if (precision == QLatin1String("BF16"))
        return theme::color(Token::Bf16);
    if (precision == QLatin1String("F32"))
        return theme::color(Token::Text);
    return theme::color(Token::Int8Strip);
}

void drawChip(QPainter& painter, const QRectF& rect, const Chip& chip, bool withText) {
    if (chip.kind == Chip::Kind::None)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QColor ink = theme::color(Token::Text2);
    QPen pen(Qt::NoPen);
    painter.setBrush(Qt::NoBrush);
    double inset = 0.5;
    switch (chip.kind) {
    case Chip::Kind::Int8: painter.setBrush(theme::color(Token::Raised)); break;
    case Chip::Kind::Half:
        ink = precisionColor(chip.precision);
        pen = QPen(ink, 1.2);
        pen.setDashPattern({3, 2});
        inset = 0.6;
        break;
    case Chip::Kind::Full:
        ink = theme::color(Token::Text);
        pen = QPen(ink, 2);
        inset = 1;
        break;
    case Chip::Kind::Follows:
        ink = theme::color(Token::Text3);
        pen = QPen(ink, 1);
        pen.setDashPattern({1, 2});
        break;
    case Chip::Kind::Mismatch:
        ink = theme::color(Token::Ink090);
        pen = QPen(ink, 1);
        break;
    case Chip::Kind::None: break;
    }
    painter.setPen(pen);
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), 3, 3);
    if (chip.kind == Chip::Kind::Mismatch)
        painter.drawRoundedRect(rect.adjusted(2.5, 1.9, -2.5, -1.9), 1.5, 1.5);
    if (withText) {
        painter.setPen(ink);
        painter.setFont(chipFont());
        painter.drawText(rect, Qt::AlignCenter, chip.text);
    }
    painter.restore();
}

void drawHatch(QPainter& painter, const QRectF& rect, const QColor& color) {
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 1.4));
    const double step = 5;
    // Phase from the origin, so that neighbouring hatches join.
    const double start = std::floor((rect.left() - rect.height()) / step) * step;
    for (double x = start; x < rect.right() + rect.height(); x += step)
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()));
    painter.restore();
}

double snapped(double value, double devicePixelRatio) {
    return (std::floor(value * devicePixelRatio) + 0.5) / devicePixelRatio;
}

QColor mixed(const QColor& base, const QColor& over, double share) {
    const auto channel = [share](double a, double b) { return a + (b - a) * share; };
    return QColor::fromRgbF(static_cast<float>(channel(base.redF(), over.redF())),
                            static_cast<float>(channel(base.greenF(), over.greenF())),
                            static_cast<float>(channel(base.blueF(), over.blueF())));
}

QColor withAlpha(QColor color, double alpha) {
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

void drawCard(QPainter& painter, const QRectF& rect, double radius) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    // Blur of 8 by four faint layers; a graphics effect would need a widget of its own.
    for (int i = 4; i >= 1; --i) {
        painter.setBrush(withAlpha(theme::color(Token::Shadow), theme::isDark() ? 0.09 : 0.035));
        painter.drawRoundedRect(rect.adjusted(-i, 2 - i, i, 2 + i), radius + i, radius + i);
    }
    painter.setBrush(theme::color(Token::Raised));
    painter.setPen(QPen(theme::color(Token::Outline), 1));
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter.restore();
}

} // namespace wb::visualizer

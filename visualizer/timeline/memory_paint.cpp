// SPDX-License-Identifier: GPL-3.0-or-later
// Local memory over time; see timeline_paint.h. Stays never overlap, so that writing their pixels costs no more than
// the picture has, however many there are.
#include "visualizer/timeline/timeline_paint.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "widgets/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QImage>
#include <algorithm>
#include <cmath>

namespace wb::timeline {

using jobs::TimelineMemory;
using theme::TextRole;
using theme::Token;

namespace {

QColor colorOfStay(const TimelineLook& look, const TimelineMemory& m) {
    if (look.colouring == Colouring::Layer || m.writer < 0) return colorOfLayer(m.layer);
    return colorOf(look.scene->command(m.writer).type);
}

QRectF boxOf(const TimelineLook& look, const TimelineMemory& m) {
    const QRectF area = look.place.memory;
    const QRectF box(QPointF(look.x(static_cast<double>(m.from)), look.y(m.end)), QPointF(look.x(static_cast<double>(m.to)), look.y(m.begin)));
    return box.intersected(area);
}

} // namespace

QImage memoryImage(const TimelineLook& look, double devicePixelRatio) {
    const QRectF area = look.place.memory;
    const QSize size = (area.size() * devicePixelRatio).toSize();
    if (size.isEmpty()) return {};
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(devicePixelRatio);
    image.fill(Qt::transparent);
    const double perCycle = look.perCycle() * devicePixelRatio;
    const double perByte = size.height() / static_cast<double>(std::max<int64_t>(1, look.scene->data().laneBytes));
    const QRgb ground = theme::color(Token::Canvas).rgb();
    for (const TimelineMemory& m : look.scene->data().memory) {
        if (static_cast<double>(m.from) >= look.to) break;
        if (static_cast<double>(m.to) <= look.from) continue;
        const int left = std::max(0, static_cast<int>((static_cast<double>(m.from) - look.from) * perCycle));
        const int right = std::min(size.width(), std::max(left + 1, static_cast<int>((static_cast<double>(m.to) - look.from) * perCycle)));
        const int top = std::max(0, static_cast<int>(std::lround(size.height() - m.end * perByte)));
        const int bottom = std::min(size.height(), std::max(top + 1, static_cast<int>(std::lround(size.height() - m.begin * perByte))));
        const bool chosen = look.selected.contains(m.layer);
        const QColor fill = colorOfStay(look, m);
        const QRgb color = chosen ? fill.rgb() : visualizer::mixed(QColor(ground), fill, 0.62).rgb();
        for (int y = top; y < bottom; ++y) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
            std::fill(line + left, line + right, color);
            // Neighbours of one colour stay two.
            if (right - left > 4) line[right - 1] = ground;
        }
        if (bottom - top > 4 && right - left > 2) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(top));
            std::fill(line + left, line + right, ground);
        }
    }
    return image;
}

void paintMemory(QPainter& painter, const TimelineLook& look, const QImage& image) {
    const QRectF area = look.place.memory;
    const jobs::Timeline& data = look.scene->data();
    const double dpr = painter.device()->devicePixelRatioF();
    painter.fillRect(area, theme::color(Token::Canvas));
    painter.setPen(QPen(theme::color(Token::Grid), 1 / dpr));
    painter.setRenderHint(QPainter::Antialiasing, false);
    // Lines at the banks while they can be told apart, else at quarters.
    double step = static_cast<double>(std::max<int64_t>(1, data.bankBytes));
    while (area.height() * step / static_cast<double>(std::max<int64_t>(1, data.laneBytes)) < 10) step *= 2;
    for (double at = 0; at <= static_cast<double>(data.laneBytes); at += step) {
        const double y = visualizer::snapped(look.y(at), dpr);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    }
    painter.drawImage(area.topLeft(), image);

    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme::font(TextRole::Caption));
    const QFontMetricsF metrics(painter.font());
    int labels = 0;
    for (const TimelineMemory& m : data.memory) {
        if (static_cast<double>(m.from) >= look.to) break;
        if (static_cast<double>(m.to) <= look.from) continue;
        const bool chosen = look.selected.contains(m.layer);
        if (!chosen && (static_cast<double>(m.to - m.from)) * look.perCycle() < 48) continue;
        const QRectF box = boxOf(look, m);
        if (box.isEmpty()) continue;
        if (chosen && box.width() > 3 && box.height() > 3) {
            painter.setPen(QPen(theme::color(Token::Accent), 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box.adjusted(0.75, 0.75, -0.75, -0.75));
        }
        if (box.width() < 48 || box.height() < 14 || ++labels > 300) continue;
        const QString name = visualizer::plainName(look.scene->layerName(m.layer));
        const QColor fill = chosen ? colorOfStay(look, m) : visualizer::mixed(theme::color(Token::Canvas), colorOfStay(look, m), 0.62);
        painter.setPen(fill.lightnessF() > 0.45f ? theme::color(Token::OnBand) : theme::color(Token::Text));
        painter.drawText(box.adjusted(4, 0, -4, 0), Qt::AlignVCenter | Qt::AlignLeft, metrics.elidedText(name, Qt::ElideLeft, box.width() - 8));
    }
    if (look.hoveredMemory >= 0) {
        const QRectF box = boxOf(look, data.memory[static_cast<size_t>(look.hoveredMemory)]);
        painter.setPen(QPen(theme::color(Token::Text), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
    }

    painter.setPen(theme::color(Token::Text3));
    const QRectF title(12, area.top() - 2, kLeft - 20, 14);
    painter.drawText(title, Qt::AlignVCenter | Qt::AlignRight, bytesText(data.laneBytes).replace(QStringLiteral(".0"), QString()));
    painter.drawText(QRectF(12, area.bottom() - 12, kLeft - 20, 14), Qt::AlignVCenter | Qt::AlignRight, QStringLiteral("0"));
    if (area.height() > 60) {
        painter.setPen(theme::color(Token::Text2));
        const QString name = QCoreApplication::translate("TimelineView", "Local memory");
        painter.drawText(QRectF(12, area.center().y() - 14, kLeft - 20, 28), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextWordWrap, name);
    }
}

} // namespace wb::timeline

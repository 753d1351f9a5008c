// SPDX-License-Identifier: GPL-3.0-or-later
#include "visualizer/timeline/timeline_paint.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "widgets/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace wb::timeline {

using jobs::TimelineCommand;
using theme::TextRole;
using theme::Token;

namespace {

constexpr double kAxisHeight = 22, kRunHeight = 16, kTrackHeight = 30, kTallTrack = 40;
constexpr double kWideBar = 3;    ///< narrower ones share pixels
constexpr double kLabelBar = 34;
constexpr double kArrowsFrom = 5; ///< pixels of a gap from which its cause is drawn

QString words(const char* text) { return QCoreApplication::translate("TimelineView", text); }

/// Dark ink on bright colours, the ground's on dark ones.
QColor inkOn(const QColor& fill) {
    const double luma = 0.299 * fill.redF() + 0.587 * fill.greenF() + 0.114 * fill.blueF();
    return luma > 0.42 ? theme::color(Token::OnBand) : theme::color(Token::OnAccent);
}

/// The name, or as much of its tail as fits: whole parts while there are any.
QString fittingName(const QString& layer, const QFontMetricsF& metrics, double width) {
    QString name = visualizer::plainName(layer);
    while (metrics.horizontalAdvance(name) > width) {
        const qsizetype slash = name.indexOf(u'/', 1);
        if (slash < 0) return metrics.elidedText(name, Qt::ElideLeft, width);
        name = name.mid(slash + (name.startsWith(u'/') ? 0 : 1));
        if (name.startsWith(u'/') && name.count(u'/') == 1) name.remove(0, 1);
    }
    return name;
}

double niceStep(double least) {
    const double power = std::pow(10.0, std::floor(std::log10(std::max(least, 1.0))));
    for (const double factor : {1.0, 2.0, 5.0})
        if (power * factor >= least) return power * factor;
    return power * 10;
}

void paintAxis(QPainter& painter, const TimelineLook& look) {
    const QRectF area = look.place.axis;
    painter.setFont(theme::font(TextRole::Caption));
    const double step = niceStep((look.to - look.from) * 96 / area.width());
    const double bottom = look.place.memory.bottom(), dpr = painter.device()->devicePixelRatioF();
    for (double at = std::ceil(look.from / step) * step; at <= look.to; at += step) {
        const double x = visualizer::snapped(look.x(at), dpr);
        painter.setPen(QPen(theme::color(Token::Grid), 1 / dpr));
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, bottom));
        painter.setPen(theme::color(Token::Text3));
        const QString text = countText(static_cast<int64_t>(std::llround(at)));
        const double width = QFontMetricsF(painter.font()).horizontalAdvance(text);
        const double left = std::clamp(x - width / 2, area.left() - 2, area.right() - width);
        painter.drawText(QRectF(left, area.top(), width + 2, area.height()), Qt::AlignVCenter | Qt::AlignLeft, text);
    }
    painter.setPen(theme::color(Token::Text3));
    painter.drawText(QRectF(12, area.top(), kLeft - 24, area.height()), Qt::AlignVCenter | Qt::AlignLeft, words(QT_TRANSLATE_NOOP("TimelineView", "Cycles")));
}

void paintRuns(QPainter& painter, const TimelineLook& look) {
    const TimelineScene& scene = *look.scene;
    const QRectF row = look.place.runs;
    const auto& runs = scene.runs();
    painter.setFont(theme::font(TextRole::Caption));
    const QFontMetricsF metrics(painter.font());
    auto it = std::partition_point(runs.begin(), runs.end(), [&](const LayerRun& run) { return static_cast<double>(run.to) <= look.from; });
    double drawn = row.left();
    for (; it != runs.end() && static_cast<double>(it->from) < look.to; ++it) {
        const double left = std::max(look.x(static_cast<double>(it->from)), row.left());
        const double right = std::min(look.x(static_cast<double>(it->to)), row.right());
        const bool chosen = look.selected.contains(it->layer);
        if (right - drawn < 1 && !chosen) continue;
        const QRectF band(std::max(left, drawn), row.top() + 1, std::max(1.0, right - std::max(left, drawn) - 1), row.height() - 2);
        drawn = right;
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::color(chosen ? Token::Selection : Token::Raised));
        painter.drawRoundedRect(band, 2, 2);
        if (band.width() < kLabelBar) continue;
        painter.setPen(theme::color(chosen ? Token::Text : Token::Text2));
        painter.drawText(band.adjusted(4, 0, -4, 0), Qt::AlignCenter, fittingName(scene.layerName(it->layer), metrics, band.width() - 8));
    }
}

/// Pixels that several bars share: the longest gives the colour, all together the strength.
struct Shared {
    double covered = 0, most = 0;
    int command = -1;
    bool chosen = false;
};

void paintShared(QPainter& painter, const TimelineLook& look, const QRectF& row, const QVector<Shared>& columns) {
    painter.setPen(Qt::NoPen);
    for (int i = 0; i < columns.size(); ++i) {
        const Shared& column = columns[i];
        if (column.command < 0) continue;
        QColor fill = look.color(look.scene->command(column.command));
        fill.setAlphaF(static_cast<float>(std::clamp(0.3 + 0.7 * column.covered, 0.0, 1.0)));
        painter.fillRect(QRectF(row.left() + i, row.top(), 1, row.height()), fill);
        if (column.chosen) painter.fillRect(QRectF(row.left() + i, row.bottom() + 1, 1, 2), theme::color(Token::Accent));
    }
}

void paintBar(QPainter& painter, const TimelineLook& look, const QRectF& bar, int index) {
    const TimelineScene& scene = *look.scene;
    const TimelineCommand& c = scene.command(index);
    const QColor fill = look.color(c);
    const bool chosen = look.selected.contains(c.layer);
    painter.fillRect(bar, fill);
    if (!theme::isDark() && bar.width() > 5) {
        painter.setPen(QPen(visualizer::mixed(fill, theme::color(Token::Text), 0.45), 0.8));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(bar.adjusted(0.4, 0.4, -0.4, -0.4));
    }
    if (chosen) painter.fillRect(QRectF(bar.left(), bar.bottom() + 1, bar.width(), 2), theme::color(Token::Accent));
    if (bar.width() >= kLabelBar) {
        const QString name = visualizer::plainName(scene.layerName(c.layer));
        painter.setFont(theme::font(TextRole::Caption));
        const QFontMetricsF metrics(painter.font());
        painter.setPen(inkOn(fill));
        const QRectF text = bar.adjusted(4, 0, -4, 0);
        const bool tall = bar.height() >= 28;
        const QString first = metrics.elidedText(titleOf(c.type), Qt::ElideRight, text.width());
        if (!tall || name.isEmpty()) {
            painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft, name.isEmpty() ? first : fittingName(name, metrics, text.width()));
        } else {
            painter.drawText(text.adjusted(0, 2, 0, -text.height() / 2), Qt::AlignVCenter | Qt::AlignLeft, first);
            painter.drawText(text.adjusted(0, text.height() / 2, 0, -2), Qt::AlignVCenter | Qt::AlignLeft, fittingName(name, metrics, text.width()));
        }
    }
}

/// Nothing to do until the other engine is done: a dotted line, its length where there is room, and an arrow from
/// the command that was waited for.
void paintWait(QPainter& painter, const TimelineLook& look, int engine, const QRectF& gap, int index, double dpr) {
    const QRectF row = look.place.tracks[engine];
    QPen dotted(theme::color(Token::Text3), 1);
    dotted.setDashPattern({1, 2});
    painter.setPen(dotted);
    const double middle = visualizer::snapped(row.center().y(), dpr);
    const QString text = countText(look.scene->waitBefore(index));
    painter.setFont(theme::font(TextRole::Caption));
    const double width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 8;
    const QRectF label(gap.center().x() - width / 2, row.top(), width, row.height());
    if (width + 16 < gap.width()) {
        painter.drawLine(QPointF(gap.left(), middle), QPointF(label.left(), middle));
        painter.drawLine(QPointF(label.right(), middle), QPointF(gap.right(), middle));
        painter.setPen(theme::color(Token::Text3));
        painter.drawText(label, Qt::AlignCenter, text);
    } else {
        painter.drawLine(QPointF(gap.left(), middle), QPointF(gap.right(), middle));
    }
}

void paintCause(QPainter& painter, const TimelineLook& look, int index, const QColor& color, double width) {
    const TimelineCommand& c = look.scene->command(index);
    if (c.waitsFor < 0) return;
    const int engine = c.transfer ? 1 : 0;
    const double x = look.x(static_cast<double>(c.start));
    if (x < look.place.axis.left() || x > look.place.axis.right()) return;
    const bool down = engine == 1;
    const double from = down ? look.place.tracks[0].bottom() : look.place.tracks[1].top();
    const double to = down ? look.place.tracks[1].top() : look.place.tracks[0].bottom();
    painter.setPen(QPen(color, width));
    painter.setBrush(color);
    painter.drawLine(QPointF(x, from), QPointF(x, to));
    const double tip = down ? -4 : 4;
    const QPointF head[3] = {{x, to}, {x - 3, to + tip}, {x + 3, to + tip}};
    painter.drawPolygon(head, 3);
}

void paintTrack(QPainter& painter, const TimelineLook& look, int engine) {
    const TimelineScene& scene = *look.scene;
    const QRectF row = look.place.tracks[engine];
    const double dpr = painter.device()->devicePixelRatioF();
    painter.fillRect(row, theme::color(Token::Base));
    QVector<Shared> columns(static_cast<qsizetype>(std::ceil(row.width())) + 1);
    const QVector<int>& track = scene.track(engine);
    double before = look.x(0);
    int place = scene.firstAfter(engine, look.from);
    if (place > 0) before = look.x(static_cast<double>(scene.command(track[place - 1]).end));
    for (; place < track.size(); ++place) {
        const int index = track[place];
        const TimelineCommand& c = scene.command(index);
        const double start = look.x(static_cast<double>(c.start)), end = look.x(static_cast<double>(c.end));
        if (c.waitsFor >= 0 && start - before >= kArrowsFrom && before < row.right()) {
            const QRectF gap(QPointF(std::max(before, row.left()), row.top()), QPointF(std::min(start, row.right()), row.bottom()));
            paintWait(painter, look, engine, gap, index, dpr);
            paintCause(painter, look, index, theme::color(Token::Edge), 1);
        }
        before = end;
        if (start >= row.right()) break;
        const double left = std::max(start, row.left()), right = std::min(end, row.right());
        if (right - left >= kWideBar) {
            // A bar keeps a hair's distance from the next one.
            paintBar(painter, look, QRectF(left, row.top(), right - left - (right - left > 8 ? 1 : 0), row.height()), index);
            continue;
        }
        const double a = std::max(0.0, left - row.left()), b = std::max(a + 0.01, right - row.left());
        for (int column = static_cast<int>(a); column <= static_cast<int>(b) && column < columns.size(); ++column) {
            Shared& shared = columns[column];
            const double part = std::min(b, column + 1.0) - std::max(a, static_cast<double>(column));
            if (part <= 0) continue;
            shared.covered += part;
            shared.chosen = shared.chosen || look.selected.contains(c.layer);
            if (part <= shared.most) continue;
            shared.most = part;
            shared.command = index;
        }
    }
    paintShared(painter, look, row, columns);
}

void paintTitle(QPainter& painter, const QRectF& row, const QString& name, const QString& value) {
    painter.setFont(theme::font(TextRole::Caption));
    painter.setPen(theme::color(Token::Text2));
    const QRectF area(12, row.center().y() - 14, kLeft - 20, 28);
    painter.drawText(area.adjusted(0, 0, 0, -14), Qt::AlignVCenter | Qt::AlignLeft, name);
    painter.setFont(theme::font(TextRole::MonoStrong));
    painter.setPen(theme::color(Token::Text));
    painter.drawText(area.adjusted(0, 14, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, value);
}

/// Ring around one command, wide enough to be seen.
void paintRing(QPainter& painter, const TimelineLook& look, int index, const QPen& pen) {
    if (index < 0) return;
    const TimelineCommand& c = look.scene->command(index);
    const QRectF row = look.place.tracks[c.transfer ? 1 : 0];
    const double left = look.x(static_cast<double>(c.start)), right = look.x(static_cast<double>(c.end));
    if (right < row.left() || left > row.right()) return;
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(QPointF(std::max(left, row.left()), row.top() - 1), QPointF(std::min(std::max(right, left + 3), row.right()), row.bottom() + 1)));
    paintCause(painter, look, index, pen.color(), 1.5);
}

} // namespace

TimelineGeometry::TimelineGeometry(const QSizeF& size) {
    const double width = std::max(40.0, size.width() - kLeft - kRight);
    const double track = size.height() > 300 ? kTallTrack : kTrackHeight;
    axis = QRectF(kLeft, 0, width, kAxisHeight);
    runs = QRectF(kLeft, kAxisHeight, width, kRunHeight);
    double y = runs.bottom() + 6;
    for (QRectF& row : tracks) {
        row = QRectF(kLeft, y, width, track);
        y += track + 12;
    }
    memory = QRectF(kLeft, y, width, std::max(32.0, size.height() - y - 8));
}

double TimelineLook::y(double address) const {
    const auto all = static_cast<double>(std::max<int64_t>(1, scene->data().laneBytes));
    return place.memory.bottom() - address / all * place.memory.height();
}

QColor TimelineLook::color(const TimelineCommand& command) const {
    return colouring == Colouring::Kind ? colorOf(command.type) : colorOfLayer(command.layer);
}

void paintTimeline(QPainter& painter, const TimelineLook& look) {
    if (look.scene->isEmpty()) return;
    const jobs::Timeline& data = look.scene->data();
    painter.setRenderHint(QPainter::Antialiasing);
    paintAxis(painter, look);
    paintRuns(painter, look);
    const auto share = [&](int64_t busy) {
        return data.cycles > 0 ? QStringLiteral("%1 %").arg(100.0 * static_cast<double>(busy) / static_cast<double>(data.cycles), 0, 'f', 1) : QString();
    };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    paintTrack(painter, look, 0);
    paintTrack(painter, look, 1);
    painter.restore();
    paintTitle(painter, look.place.tracks[0], words(QT_TRANSLATE_NOOP("TimelineView", "Compute")), share(data.tiu));
    paintTitle(painter, look.place.tracks[1], words(QT_TRANSLATE_NOOP("TimelineView", "Transfer")), share(data.gdma));
    paintRing(painter, look, look.hovered, QPen(theme::color(Token::Text2), 1));
    QPen ring(theme::color(Token::Accent), 2);
    if (!look.focus) ring.setStyle(Qt::DashLine);
    paintRing(painter, look, look.current, ring);
}

} // namespace wb::timeline

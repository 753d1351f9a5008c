// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/timeline/timeline_legend.h"

#include "widgets/theme/theme.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <array>

namespace wb::panels {

namespace {

constexpr int kSwatch = 12, kGap = 6, kBetween = 16;

} // namespace

TimelineLegend::TimelineLegend(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("timelineLegend"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFixedHeight(24);
    connect(theme::notifier(), &theme::Notifier::changed, this, qOverload<>(&QWidget::update));
}

void TimelineLegend::setScene(const timeline::TimelineScene& scene) {
    std::array<int64_t, jobs::kCommandClasses> cycles{};
    for (const jobs::TimelineCommand& c : scene.data().commands) cycles[static_cast<size_t>(c.type)] += c.cycles;
    m_entries.clear();
    for (int i = 0; i < jobs::kCommandClasses; ++i)
        if (cycles[static_cast<size_t>(i)] > 0) m_entries << Entry{static_cast<jobs::CommandClass>(i), cycles[static_cast<size_t>(i)]};
    std::stable_sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) { return a.cycles > b.cycles; });
    updateGeometry();
    update();
}

QStringList TimelineLegend::entries() const {
    QStringList list;
    for (const Entry& entry : m_entries) list << timeline::titleOf(entry.type);
    return list;
}

int TimelineLegend::widthOf(const Entry& entry) const {
    return kSwatch + kGap + QFontMetrics(theme::font(theme::TextRole::Caption)).horizontalAdvance(timeline::titleOf(entry.type)) + kBetween;
}

QSize TimelineLegend::sizeHint() const {
    int width = 0;
    for (const Entry& entry : m_entries) width += widthOf(entry);
    return {width, 24};
}

void TimelineLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(theme::font(theme::TextRole::Caption));
    int x = 0;
    for (const Entry& entry : m_entries) {
        const int wide = widthOf(entry);
        if (x + wide - kBetween > width()) break; // none is shown by half
        painter.fillRect(QRect(x, height() / 2 - 5, kSwatch, 10), timeline::colorOf(entry.type));
        painter.setPen(theme::color(theme::Token::Text2));
        painter.drawText(QRect(x + kSwatch + kGap, 0, wide, height()), Qt::AlignVCenter | Qt::AlignLeft, timeline::titleOf(entry.type));
        x += wide;
    }
}

bool TimelineLegend::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        QStringList lines;
        for (const Entry& entry : m_entries)
            lines << tr("%1: %2 cycles").arg(timeline::titleOf(entry.type), timeline::countText(entry.cycles));
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), lines.join(u'\n'), this);
        return true;
    }
    if (event->type() == QEvent::LanguageChange) updateGeometry();
    return QWidget::event(event);
}

} // namespace wb::panels

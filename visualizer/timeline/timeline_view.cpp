// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline widget: data, view, selection, painting. Mouse, keys and card are in timeline_input.cpp, export in
// timeline_export.cpp.
#include "visualizer/timeline/timeline_view.h"

#include "visualizer/common/hover_card.h"
#include "visualizer/common/layer_text.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QPaintEvent>
#include <algorithm>

namespace wb::timeline {

namespace {

constexpr double kLeastCycles = 24; ///< in view at most that near

} // namespace

TimelineView::TimelineView(QWidget* parent) : QWidget(parent), m_card(new visualizer::HoverCard(this)) {
    setObjectName(QStringLiteral("timelineView"));
    m_card->setObjectName(QStringLiteral("timelineHoverCard"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_look.scene = &m_scene;
    m_look.place = TimelineGeometry(size());
    connect(theme::notifier(), &theme::Notifier::changed, this, [this] {
        m_memory = {};
        update();
    });
    retranslateUi();
}

TimelineView::~TimelineView() = default;

void TimelineView::retranslateUi() {
    setAccessibleName(tr("Timeline"));
    m_card->hide();
    update();
}

void TimelineView::setTimeline(jobs::Timeline timeline, const QVector<int>& rows) {
    m_scene = TimelineScene(std::move(timeline), rows);
    m_look.hovered = m_look.current = m_look.hoveredMemory = -1;
    m_card->hide();
    refreshSelected();
    fit();
    setAccessibleDescription({});
}

void TimelineView::clear() { setTimeline({}, {}); }

void TimelineView::setColouring(Colouring colouring) {
    if (m_look.colouring == colouring) return;
    m_look.colouring = colouring;
    m_memory = {};
    update();
}

// View ---------------------------------------------------------------------------------------------

void TimelineView::setView(double from, double to) {
    const double whole = std::max(1.0, static_cast<double>(m_scene.data().cycles));
    const double span = std::clamp(to - from, std::min(kLeastCycles, whole), whole);
    // Beyond the ends there is nothing to see.
    const double start = std::clamp(from + (to - from - span) / 2, 0.0, whole - span);
    if (start == m_look.from && start + span == m_look.to) return;
    m_look.from = start;
    m_look.to = start + span;
    m_memory = {};
    update();
    emit viewChanged();
}

void TimelineView::fit() {
    m_memory = {};
    m_look.from = m_look.to = 0; // the view of before says nothing of these data
    setView(0, static_cast<double>(m_scene.data().cycles));
    update();
}

void TimelineView::zoomBy(double factor) {
    const double middle = (m_look.from + m_look.to) / 2, half = (m_look.to - m_look.from) / 2 * factor;
    setView(middle - half, middle + half);
}

void TimelineView::bringIntoView(double from, double to) {
    if (from >= m_look.from && to <= m_look.to) return;
    const double span = std::max(m_look.to - m_look.from, (to - from) * 1.2);
    setView((from + to - span) / 2, (from + to + span) / 2);
}

void TimelineView::frameSelection() {
    double from = static_cast<double>(m_scene.data().cycles), to = 0;
    for (const LayerTime& time : m_scene.layerTimes()) {
        if (!m_look.selected.contains(time.layer) || time.work() == 0) continue;
        from = std::min(from, static_cast<double>(time.begin));
        to = std::max(to, static_cast<double>(time.end));
    }
    if (to <= from) return;
    const double margin = (to - from) * 0.05;
    setView(from - margin, to + margin);
}

// Selection ----------------------------------------------------------------------------------------

void TimelineView::refreshSelected() {
    m_look.selected.clear();
    const QSet<int> rows(m_selection.begin(), m_selection.end());
    for (int layer = 0; layer < static_cast<int>(m_scene.data().layers.size()); ++layer)
        if (const int row = m_scene.row(layer); row >= 0 && rows.contains(row)) m_look.selected.insert(layer);
    m_memory = {};
    update();
}

void TimelineView::setSelection(const QVector<int>& rows, bool scroll) {
    if (rows == m_selection) return;
    m_selection = rows;
    refreshSelected();
    if (!scroll || m_look.selected.isEmpty() || rows.isEmpty()) return;
    // Only if its first item is outside (rule W-5).
    for (const LayerTime& time : m_scene.layerTimes())
        if (m_scene.row(time.layer) == rows.front() && time.work() > 0) {
            const bool outside = static_cast<double>(time.end) < m_look.from || static_cast<double>(time.begin) > m_look.to;
            if (outside) bringIntoView(static_cast<double>(time.begin), static_cast<double>(time.end));
            return;
        }
}

void TimelineView::choose(int layer, bool add) {
    const int row = m_scene.row(layer);
    if (row < 0) return; // the compiler's own: nothing elsewhere stands for it
    QVector<int> rows = add ? m_selection : QVector<int>();
    if (!add || !rows.removeOne(row)) rows.append(row);
    if (rows == m_selection) return;
    m_selection = rows;
    refreshSelected();
    emit selectionChanged(rows);
}

void TimelineView::showLayer(int layer) {
    choose(layer, false);
    for (const LayerTime& time : m_scene.layerTimes())
        if (time.layer == layer && time.work() > 0)
            return bringIntoView(static_cast<double>(time.begin), static_cast<double>(time.end));
}

QRectF TimelineView::rectOf(int index) const {
    if (index < 0 || index >= static_cast<int>(m_scene.data().commands.size())) return {};
    const auto& c = m_scene.command(index);
    const QRectF row = m_look.place.tracks[c.transfer ? 1 : 0];
    return {QPointF(m_look.x(static_cast<double>(c.start)), row.top()), QPointF(m_look.x(static_cast<double>(c.end)), row.bottom())};
}

// Painting -----------------------------------------------------------------------------------------

void TimelineView::paintAll(QPainter& painter, const TimelineLook& look, const QImage& memory) const {
    paintMemory(painter, look, memory);
    paintTimeline(painter, look);
}

void TimelineView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::color(theme::Token::Canvas));
    if (m_scene.isEmpty()) return;
    if (m_memory.isNull()) m_memory = memoryImage(m_look, devicePixelRatioF());
    m_look.focus = hasFocus();
    paintAll(painter, m_look, m_memory);
    if (hasFocus()) theme::focusRing(&painter, QRectF(rect()), 0);
}

void TimelineView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_look.place = TimelineGeometry(size());
    m_memory = {};
    m_card->hide();
    emit viewChanged();
}

void TimelineView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void TimelineView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    m_card->hide();
    update();
}

void TimelineView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslateUi();
    QWidget::changeEvent(event);
}

} // namespace wb::timeline

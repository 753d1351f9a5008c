// SPDX-License-Identifier: GPL-3.0-or-later
#include "visualizer/timeline/layer_time_list.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "widgets/theme/painting.h"
#include "widgets/theme/theme.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>

namespace wb::timeline {

using theme::TextRole;
using theme::Token;

namespace {

constexpr int kRow = 26, kHeader = 26, kMargin = 12, kMost = 200;

} // namespace

LayerTimeList::LayerTimeList(QWidget* parent) : QAbstractScrollArea(parent) {
    setObjectName(QStringLiteral("layerTimes"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    connect(theme::notifier(), &theme::Notifier::changed, viewport(), qOverload<>(&QWidget::update));
    setAccessibleName(tr("Longest layers"));
}

void LayerTimeList::setScene(const TimelineScene* scene) {
    m_scene = scene;
    m_times.clear();
    m_all = 0;
    m_current = m_hover = -1;
    if (scene) {
        for (const LayerTime& time : scene->layerTimes()) {
            m_all += time.work();
            if (time.work() > 0 && m_times.size() < kMost) m_times << time;
        }
    }
    verticalScrollBar()->setValue(0);
    updateScrollBar();
    viewport()->update();
}

void LayerTimeList::setSelection(const QVector<int>& rows) {
    m_rows = QSet<int>(rows.begin(), rows.end());
    viewport()->update();
}

QString LayerTimeList::textAt(int place) const {
    if (!m_scene || place < 0 || place >= m_times.size()) return {};
    const LayerTime& time = m_times[place];
    return tr("%1: %2 % of the work, computes %3, transfers %4 cycles")
        .arg(m_scene->layerName(time.layer))
        .arg(100.0 * static_cast<double>(time.work()) / static_cast<double>(std::max<int64_t>(1, m_all)), 0, 'f', 1)
        .arg(countText(time.tiu), countText(time.gdma));
}

void LayerTimeList::updateScrollBar() {
    const int content = kHeader + kRow * static_cast<int>(m_times.size());
    verticalScrollBar()->setRange(0, std::max(0, content - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(kRow);
}

int LayerTimeList::placeAt(const QPoint& position) const {
    const int y = position.y() - kHeader + verticalScrollBar()->value();
    const int place = y / kRow;
    return position.y() >= kHeader && y >= 0 && place < m_times.size() ? place : -1;
}

void LayerTimeList::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const QRect all = viewport()->rect();
    painter.fillRect(all, theme::color(Token::Base));
    if (!m_scene || m_times.isEmpty()) return;
    painter.setRenderHint(QPainter::Antialiasing);
    const int64_t longest = m_times.front().work();
    const int numberWidth = QFontMetrics(theme::font(TextRole::Mono)).horizontalAdvance(QStringLiteral("100.0 %"));
    for (int place = 0; place < m_times.size(); ++place) {
        const QRect row(0, kHeader + place * kRow - verticalScrollBar()->value(), all.width(), kRow);
        if (row.bottom() < kHeader || row.top() > all.bottom()) continue;
        const LayerTime& time = m_times[place];
        const bool chosen = m_rows.contains(m_scene->row(time.layer)) && m_scene->row(time.layer) >= 0;
        if (chosen) painter.fillRect(row, theme::color(hasFocus() ? Token::Selection : Token::SelectionInactive));
        else if (place == m_hover) painter.fillRect(row, theme::color(Token::Hover));
        else if (place % 2) painter.fillRect(row, theme::color(Token::BaseAlt));
        if (chosen) painter.fillRect(QRect(row.left(), row.top(), 3, row.height()), theme::color(hasFocus() ? Token::Accent : Token::Outline));
        const QRect text = row.adjusted(kMargin, 0, -kMargin, -4);
        painter.setFont(theme::font(TextRole::Mono));
        painter.setPen(theme::color(Token::Text));
        const QString share = QStringLiteral("%1 %").arg(100.0 * static_cast<double>(time.work()) / static_cast<double>(std::max<int64_t>(1, m_all)), 0, 'f', 1);
        painter.drawText(text, Qt::AlignRight | Qt::AlignVCenter, share);
        const QString name = visualizer::plainName(m_scene->layerName(time.layer));
        painter.setPen(theme::color(m_scene->row(time.layer) >= 0 ? Token::Text : Token::Text2));
        painter.drawText(text.adjusted(0, 0, -numberWidth - 8, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         theme::elidedLeft(painter.font(), name, text.width() - numberWidth - 8));
        // Computing first, then transferring; the longest layer has the whole width.
        const double width = row.width() - 2.0 * kMargin, perCycle = width / static_cast<double>(std::max<int64_t>(1, longest));
        const QRectF bar(kMargin, row.bottom() - 4, width, 3);
        painter.fillRect(bar, theme::color(Token::Raised));
        painter.fillRect(QRectF(bar.left(), bar.top(), static_cast<double>(time.tiu) * perCycle, 3), colorOf(jobs::CommandClass::Convolution));
        painter.fillRect(QRectF(bar.left() + static_cast<double>(time.tiu) * perCycle, bar.top(), static_cast<double>(time.gdma) * perCycle, 3),
                         colorOf(jobs::CommandClass::Load));
        if (place == m_current && hasFocus()) {
            painter.setPen(theme::color(Token::Accent));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5));
        }
    }
    const QRect header(0, 0, all.width(), kHeader);
    painter.fillRect(header, theme::color(Token::Window));
    QFont caption = theme::font(TextRole::Caption);
    caption.setWeight(QFont::DemiBold);
    painter.setFont(caption);
    painter.setPen(theme::color(Token::Text3));
    painter.drawText(header.adjusted(kMargin, 0, -kMargin, 0), Qt::AlignLeft | Qt::AlignVCenter, tr("Longest layers"));
    painter.drawText(header.adjusted(kMargin, 0, -kMargin, 0), Qt::AlignRight | Qt::AlignVCenter, tr("share of work"));
}

void LayerTimeList::setCurrent(int place) {
    if (m_times.isEmpty()) return;
    m_current = std::clamp(place, 0, static_cast<int>(m_times.size()) - 1);
    const int top = m_current * kRow, room = viewport()->height() - kHeader;
    if (top < verticalScrollBar()->value()) verticalScrollBar()->setValue(top);
    if (top + kRow > verticalScrollBar()->value() + room) verticalScrollBar()->setValue(top + kRow - room);
    setAccessibleDescription(textAt(m_current));
    viewport()->update();
    emit layerChosen(m_times[m_current].layer);
}

void LayerTimeList::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBar();
}

void LayerTimeList::mousePressEvent(QMouseEvent* event) {
    if (const int place = placeAt(event->pos()); place >= 0 && event->button() == Qt::LeftButton) setCurrent(place);
}

void LayerTimeList::mouseMoveEvent(QMouseEvent* event) {
    const int place = placeAt(event->pos());
    viewport()->setCursor(place >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (place == m_hover) return;
    m_hover = place;
    viewport()->update();
}

void LayerTimeList::leaveEvent(QEvent*) {
    m_hover = -1;
    viewport()->update();
}

void LayerTimeList::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Up: return setCurrent(m_current - 1);
    case Qt::Key_Down: return setCurrent(m_current + 1);
    case Qt::Key_Home: return setCurrent(0);
    case Qt::Key_End: return setCurrent(static_cast<int>(m_times.size()) - 1);
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

void LayerTimeList::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void LayerTimeList::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

bool LayerTimeList::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString text = textAt(placeAt(help->pos()));
        if (text.isEmpty()) QToolTip::hideText();
        else QToolTip::showText(help->globalPos(), text, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void LayerTimeList::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Longest layers"));
        viewport()->update();
    }
    QAbstractScrollArea::changeEvent(event);
}

} // namespace wb::timeline

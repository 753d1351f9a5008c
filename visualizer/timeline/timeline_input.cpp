// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse, keys, card and menu of the timeline.
#include "visualizer/common/hover_card.h"
#include "visualizer/common/layer_text.h"
#include "visualizer/timeline/timeline_view.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace wb::timeline {

using jobs::TimelineCommand;

namespace {

constexpr double kNear = 3; ///< pixels beside a narrow bar that still count

QString strong(const QString& text) { return u'`' + text + u'`'; }
QString engineName(const TimelineCommand& c) { return c.transfer ? QStringLiteral("GDMA") : QStringLiteral("TIU"); }

} // namespace

TimelineView::Hit TimelineView::hitAt(const QPointF& position) const {
    Hit hit;
    if (m_scene.isEmpty() || position.x() < m_look.place.axis.left() || position.x() > m_look.place.axis.right()) return hit;
    const double cycle = m_look.cycleAt(position.x());
    for (int engine = 0; engine < 2; ++engine)
        if (m_look.place.tracks[engine].adjusted(0, -4, 0, 4).contains(position))
            hit.command = m_scene.commandAt(engine, cycle, kNear / m_look.perCycle());
    if (m_look.place.runs.contains(position)) {
        const auto& runs = m_scene.runs();
        const auto it = std::partition_point(runs.begin(), runs.end(), [&](const LayerRun& run) { return static_cast<double>(run.to) <= cycle; });
        if (it != runs.end() && static_cast<double>(it->from) <= cycle) hit.layer = it->layer;
    }
    if (m_look.place.memory.contains(position)) {
        const double share = (m_look.place.memory.bottom() - position.y()) / m_look.place.memory.height();
        hit.memory = m_scene.memoryAt(share * static_cast<double>(m_scene.data().laneBytes), cycle);
    }
    if (hit.command >= 0) hit.layer = m_scene.command(hit.command).layer;
    if (hit.memory >= 0) hit.layer = m_scene.data().memory[static_cast<size_t>(hit.memory)].layer;
    return hit;
}

QStringList TimelineView::cardLines(const Hit& hit) const {
    const auto layerText = [this](int layer) {
        const QString name = visualizer::plainName(m_scene.layerName(layer));
        return name.isEmpty() ? tr("layer not known") : name;
    };
    const auto span = [](int64_t from, int64_t to) {
        return tr("cycles %1 to %2").arg(strong(countText(from)), strong(countText(to)));
    };
    QStringList lines;
    if (hit.command >= 0) {
        const TimelineCommand& c = m_scene.command(hit.command);
        lines << layerText(c.layer) + u'\t' + titleOf(c.type);
        lines << QStringLiteral("%1 %2 · %3").arg(engineName(c), strong(QString::number(c.id)), m_scene.kindName(c));
        if (c.merged > 1) lines.back() += QStringLiteral(" · ") + tr("%n commands drawn as one", nullptr, static_cast<int>(c.merged));
        lines << tr("%1 cycles").arg(strong(countText(c.cycles))) + QStringLiteral(" · ") + span(c.start, c.end);
        if (c.bytes > 0) lines << (c.transfer ? tr("moves %1") : tr("reads and writes %1")).arg(strong(bytesText(c.bytes)));
        if (c.waitsFor >= 0) {
            const TimelineCommand& other = m_scene.command(c.waitsFor);
            lines << tr("waited %1 cycles for %2").arg(strong(countText(m_scene.waitBefore(hit.command))),
                                                       QStringLiteral("%1 %2 · %3").arg(engineName(other), strong(QString::number(other.id)), layerText(other.layer)));
        } else {
            lines << tr("waited for nothing");
        }
        if (c.estimated) lines << tr("cost extrapolated: no listing of the vendor's shows one like it");
    } else if (hit.memory >= 0) {
        const auto& m = m_scene.data().memory[static_cast<size_t>(hit.memory)];
        lines << layerText(m.layer) + u'\t' + (m.writer >= 0 ? titleOf(m_scene.command(m.writer).type) : QString());
        lines << tr("%1 of each lane, from %2").arg(strong(bytesText(m.end - m.begin)), strong(QStringLiteral("0x%1").arg(m.begin, 5, 16, QLatin1Char('0'))));
        lines << span(m.from, m.to);
    } else if (hit.layer >= 0) {
        for (const LayerTime& time : m_scene.layerTimes())
            if (time.layer == hit.layer) {
                lines << layerText(hit.layer) + u'\t';
                lines << tr("computes %1, transfers %2 cycles").arg(strong(countText(time.tiu)), strong(countText(time.gdma)));
                lines << span(time.begin, time.end);
            }
    }
    return lines;
}

void TimelineView::hover(const Hit& hit, const QPointF& position) {
    if (hit.command != m_look.hovered || hit.memory != m_look.hoveredMemory) {
        m_look.hovered = hit.command;
        m_look.hoveredMemory = hit.memory;
        update();
    }
    const QStringList lines = cardLines(hit);
    if (lines.isEmpty()) return m_card->hide();
    m_card->setLines(lines);
    // Beside the pointer and below the tracks it tells of, or above when it is about the memory.
    const QSize size = m_card->size();
    const bool right = position.x() + 16 + size.width() < width();
    const double left = right ? position.x() + 12 : position.x() - 12 - size.width();
    const double wished = hit.memory >= 0 ? position.y() - size.height() - 8 : position.y() + 16;
    m_card->move(qRound(std::clamp(left, 0.0, std::max(0.0, static_cast<double>(width() - size.width())))),
                 qRound(std::clamp(wished, 0.0, std::max(0.0, static_cast<double>(height() - size.height())))));
    m_card->show();
    m_card->raise();
}

// Mouse --------------------------------------------------------------------------------------------

void TimelineView::mousePressEvent(QMouseEvent* event) {
    m_press = m_last = event->position();
    m_pressed = event->button() == Qt::LeftButton;
    m_moved = false;
    m_card->hide();
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
    const QPointF position = event->position();
    if (!m_pressed) {
        const Hit hit = hitAt(position);
        setCursor(hit.layer >= 0 && m_scene.row(hit.layer) >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
        return hover(hit, position);
    }
    if (!m_moved && (position - m_press).manhattanLength() < 4) return;
    m_moved = true;
    setCursor(Qt::ClosedHandCursor);
    const double by = (m_last.x() - position.x()) / m_look.perCycle();
    setView(m_look.from + by, m_look.to + by);
    m_last = position;
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
    setCursor(Qt::ArrowCursor);
    if (m_pressed && !m_moved) {
        const Hit hit = hitAt(event->position());
        m_look.current = hit.command;
        if (hit.layer >= 0) choose(hit.layer, event->modifiers() & Qt::ControlModifier);
        update();
    }
    m_pressed = false;
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent*) {
    m_pressed = false;
    fit();
}

void TimelineView::wheelEvent(QWheelEvent* event) {
    event->accept();
    if (m_scene.isEmpty()) return;
    const QPoint angle = event->angleDelta();
    const bool sideways = std::abs(angle.x()) > std::abs(angle.y());
    m_card->hide();
    if (sideways || event->modifiers() & Qt::ShiftModifier) {
        const double by = -(sideways ? angle.x() : angle.y()) / 120.0 * (m_look.to - m_look.from) * 0.1;
        return setView(m_look.from + by, m_look.to + by);
    }
    const double factor = std::pow(0.8, angle.y() / 120.0);
    const double at = std::clamp(m_look.cycleAt(event->position().x()), m_look.from, m_look.to);
    setView(at - (at - m_look.from) * factor, at + (m_look.to - at) * factor);
}

void TimelineView::leaveEvent(QEvent*) { hover({}, {}); }

// Keys ---------------------------------------------------------------------------------------------

void TimelineView::setCurrentCommand(int index) {
    if (index < 0 || index >= static_cast<int>(m_scene.data().commands.size())) return;
    const TimelineCommand& c = m_scene.command(index);
    m_look.current = index;
    bringIntoView(static_cast<double>(c.start), static_cast<double>(c.end));
    choose(c.layer, false);
    const Hit hit{index, -1, c.layer};
    setAccessibleDescription(cardLines(hit).join(QStringLiteral("; ")).remove(u'`').replace(u'\t', u' '));
    const QRectF bar = rectOf(index);
    hover(hit, QPointF(std::clamp(bar.right(), m_look.place.axis.left(), m_look.place.axis.right()), bar.bottom()));
    m_look.hovered = -1; // the ring says it already
    update();
}

void TimelineView::step(int direction) {
    if (m_scene.isEmpty()) return;
    if (m_look.current < 0) return setCurrentCommand(m_scene.track(m_scene.track(0).isEmpty() ? 1 : 0).front());
    const QVector<int>& track = m_scene.track(m_scene.command(m_look.current).transfer ? 1 : 0);
    const qsizetype at = m_scene.placeInTrack(m_look.current) + direction;
    setCurrentCommand(track[std::clamp<qsizetype>(at, 0, track.size() - 1)]);
}

void TimelineView::nextWait(bool backwards) {
    const auto count = static_cast<int>(m_scene.data().commands.size());
    const int direction = backwards ? -1 : 1;
    for (int i = m_look.current < 0 ? (backwards ? count - 1 : 0) : m_look.current + direction; i >= 0 && i < count; i += direction)
        if (m_scene.command(i).waitsFor >= 0) return setCurrentCommand(i);
}

void TimelineView::longestWait() {
    const QVector<int> waits = m_scene.longestWaits(1);
    if (!waits.isEmpty()) setCurrentCommand(waits.front());
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
    const bool plain = (event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == Qt::NoModifier;
    if (m_scene.isEmpty() || !plain) return QWidget::keyPressEvent(event);
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    switch (event->key()) {
    case Qt::Key_Left: return step(-1);
    case Qt::Key_Right: return step(1);
    case Qt::Key_Home: return setCurrentCommand(0);
    case Qt::Key_End: return setCurrentCommand(static_cast<int>(m_scene.data().commands.size()) - 1);
    case Qt::Key_Up:
    case Qt::Key_Down: {
        const int engine = event->key() == Qt::Key_Down ? 1 : 0;
        const double at = m_look.current < 0 ? m_look.from : static_cast<double>(m_scene.command(m_look.current).start);
        const QVector<int>& track = m_scene.track(engine);
        if (track.isEmpty()) return;
        return setCurrentCommand(track[std::min<qsizetype>(m_scene.firstAfter(engine, at), track.size() - 1)]);
    }
    case Qt::Key_N: return nextWait(shift);
    case Qt::Key_W: return longestWait();
    case Qt::Key_F: return frameSelection();
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoomBy(0.8);
    case Qt::Key_Minus: return zoomBy(1.25);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_look.current >= 0)
            if (const int row = m_scene.row(m_scene.command(m_look.current).layer); row >= 0) emit layerActivated(row);
        return;
    case Qt::Key_Escape: return hover({}, {});
    default: QWidget::keyPressEvent(event);
    }
}

void TimelineView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    const Hit hit = hitAt(event->pos());
    if (const int row = m_scene.row(hit.layer); row >= 0) {
        menu.addAction(tr("Show on graph"), this, [this, row] { emit layerActivated(row); });
        menu.addAction(tr("Frame the layer"), this, [this, layer = hit.layer] {
            choose(layer, false);
            frameSelection();
        });
        menu.addSeparator();
    }
    menu.addAction(tr("Whole run"), this, &TimelineView::fit);
    menu.addAction(tr("Longest wait"), this, &TimelineView::longestWait);
    menu.addSeparator();
    menu.addAction(tr("Export…"), this, &TimelineView::exportRequested);
    menu.exec(event->globalPos());
}

} // namespace wb::timeline

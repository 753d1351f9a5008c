// SPDX-License-Identifier: GPL-3.0-or-later
#include "visualizer/timeline/timeline_scene.h"

#include "visualizer/common/layer_text.h"
#include "visualizer/common/paint.h"
#include "widgets/theme/theme.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>

namespace wb::timeline {

using jobs::CommandClass;
using jobs::TimelineCommand;

TimelineScene::TimelineScene(jobs::Timeline timeline, QVector<int> rows) : m_data(std::move(timeline)), m_rows(std::move(rows)) {
    const auto count = static_cast<int>(m_data.commands.size());
    m_place.resize(count);
    m_times.resize(static_cast<qsizetype>(m_data.layers.size()));
    for (int i = 0; i < m_times.size(); ++i) m_times[i].layer = i;
    for (int i = 0; i < count; ++i) {
        const TimelineCommand& c = command(i);
        QVector<int>& track = m_tracks[c.transfer ? 1 : 0];
        m_place[i] = static_cast<int>(track.size());
        track << i;
        if (c.layer < 0 || c.layer >= m_times.size()) continue;
        LayerTime& time = m_times[c.layer];
        if (time.work() == 0 && time.end == 0) time.begin = c.start;
        (c.transfer ? time.gdma : time.tiu) += c.cycles;
        time.end = std::max(time.end, c.end);
        if (c.transfer) continue;
        if (!m_runs.isEmpty() && m_runs.back().layer == c.layer) m_runs.back().to = c.end;
        else m_runs << LayerRun{c.start, c.end, c.layer};
    }
    std::stable_sort(m_times.begin(), m_times.end(), [](const LayerTime& a, const LayerTime& b) { return a.work() > b.work(); });
}

QString TimelineScene::layerName(int layer) const {
    return layer >= 0 && layer < m_times.size() ? visualizer::fromStd(m_data.layers[static_cast<size_t>(layer)]) : QString();
}

QString TimelineScene::kindName(const TimelineCommand& c) const {
    return c.kind >= 0 && static_cast<size_t>(c.kind) < m_data.kinds.size() ? visualizer::fromStd(m_data.kinds[static_cast<size_t>(c.kind)]) : QString();
}

int TimelineScene::firstAfter(int engine, double cycle) const {
    const QVector<int>& track = m_tracks[engine];
    const auto it = std::partition_point(track.begin(), track.end(),
                                         [&](int index) { return static_cast<double>(command(index).end) <= cycle; });
    return static_cast<int>(it - track.begin());
}

int TimelineScene::placeInTrack(int index) const { return m_place.value(index, -1); }

int TimelineScene::commandAt(int engine, double cycle, double slack) const {
    const QVector<int>& track = m_tracks[engine];
    int best = -1;
    double nearest = slack;
    const int at = firstAfter(engine, cycle);
    for (int place = std::max(0, at - 1); place <= at && place < track.size(); ++place) {
        const TimelineCommand& c = command(track[place]);
        const double away = std::max({0.0, static_cast<double>(c.start) - cycle, cycle - static_cast<double>(c.end)});
        if (away > nearest || (best >= 0 && away == nearest)) continue;
        nearest = away;
        best = track[place];
    }
    return best;
}

int TimelineScene::memoryAt(double address, double cycle) const {
    const auto& memory = m_data.memory;
    // By `from`: what begins later is not there yet.
    const auto end = std::partition_point(memory.begin(), memory.end(),
                                          [&](const jobs::TimelineMemory& m) { return static_cast<double>(m.from) <= cycle; });
    for (auto it = end; it != memory.begin();) {
        --it;
        if (cycle < static_cast<double>(it->to) && address >= it->begin && address < it->end)
            return static_cast<int>(it - memory.begin());
    }
    return -1;
}

int64_t TimelineScene::waitBefore(int index) const {
    const TimelineCommand& c = command(index);
    const int place = placeInTrack(index);
    const int64_t before = place > 0 ? command(m_tracks[c.transfer ? 1 : 0][place - 1]).end : 0;
    return std::max<int64_t>(0, c.start - before);
}

QVector<int> TimelineScene::longestWaits(int count) const {
    QVector<std::pair<int64_t, int>> waits;
    for (int i = 0; i < m_place.size(); ++i)
        if (command(i).waitsFor >= 0) waits.append({-waitBefore(i), i});
    const auto wanted = std::min<qsizetype>(count, waits.size());
    std::partial_sort(waits.begin(), waits.begin() + wanted, waits.end());
    QVector<int> list;
    for (const auto& [length, index] : waits.mid(0, wanted)) list << index;
    return list;
}

QString countText(int64_t value) {
    static const QLocale plain = [] {
        QLocale locale = QLocale::c();
        locale.setNumberOptions(QLocale::DefaultNumberOptions); // which of itself groups nothing
        return locale;
    }();
    return plain.toString(static_cast<qlonglong>(value)).replace(u',', QChar(0x2009));
}

QString bytesText(int64_t bytes) {
    const auto value = static_cast<double>(bytes);
    if (bytes >= 1 << 20) return QStringLiteral("%1 MiB").arg(value / (1 << 20), 0, 'f', 2);
    if (bytes >= 1 << 10) return QStringLiteral("%1 KiB").arg(value / (1 << 10), 0, 'f', 1);
    return QStringLiteral("%1 B").arg(bytes);
}

QString titleOf(CommandClass type) {
    static constexpr const char* kTitles[] = {
        QT_TRANSLATE_NOOP("TimelineView", "Load"),        QT_TRANSLATE_NOOP("TimelineView", "Store"),
        QT_TRANSLATE_NOOP("TimelineView", "Copy in DDR"), QT_TRANSLATE_NOOP("TimelineView", "Convolution"),
        QT_TRANSLATE_NOOP("TimelineView", "Matrix"),      QT_TRANSLATE_NOOP("TimelineView", "Element-wise"),
        QT_TRANSLATE_NOOP("TimelineView", "Pooling"),     QT_TRANSLATE_NOOP("TimelineView", "Convert"),
        QT_TRANSLATE_NOOP("TimelineView", "Look-up"),     QT_TRANSLATE_NOOP("TimelineView", "Move"),
        QT_TRANSLATE_NOOP("TimelineView", "Other")};
    return QCoreApplication::translate("TimelineView", kTitles[static_cast<int>(type)]);
}

namespace {

/// The hues of the theme are made for dark ground.
QColor onGround(const QColor& color) {
    return theme::isDark() ? color : visualizer::mixed(color, theme::color(theme::Token::Text), 0.16);
}

} // namespace

QColor colorOf(CommandClass type) {
    switch (type) {
    case CommandClass::Convolution: return onGround(theme::detectionClassColor(1));
    case CommandClass::Convert: return onGround(theme::detectionClassColor(2));
    case CommandClass::Arithmetic: return onGround(theme::detectionClassColor(3));
    case CommandClass::Pooling: return onGround(theme::detectionClassColor(4));
    case CommandClass::Load: return onGround(theme::detectionClassColor(5));
    case CommandClass::Matrix: return onGround(theme::detectionClassColor(7));
    case CommandClass::Table: return onGround(theme::detectionClassColor(9));
    case CommandClass::Store: return onGround(theme::detectionClassColor(11));
    case CommandClass::Copy:
    case CommandClass::Move: return theme::color(theme::Token::Text3);
    case CommandClass::Other: return theme::color(theme::Token::Outline);
    }
    return theme::color(theme::Token::Outline);
}

QColor colorOfLayer(int layer) {
    if (layer < 0) return theme::color(theme::Token::Outline);
    static constexpr int kHues[] = {1, 3, 5, 2, 4, 7, 9, 11, 8, 10};
    return onGround(theme::detectionClassColor(kHues[layer % static_cast<int>(std::size(kHues))]));
}

} // namespace wb::timeline

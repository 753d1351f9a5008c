// SPDX-License-Identifier: GPL-3.0-or-later
// What the timeline shows, prepared once when it arrives: commands by engine, runs of one layer, time by layer, and
// which row of the layer table each layer is. Pure values; nothing here draws.
#pragma once

#include "compiler/jobs/timeline.h"

#include <QColor>
#include <QSet>
#include <QString>
#include <QVector>

namespace wb::timeline {

enum class Colouring { Kind, Layer };

/// A stretch in which an engine works for one layer.
struct LayerRun {
    int64_t from = 0, to = 0;
    int layer = -1;
};

/// Time of one layer on both engines.
struct LayerTime {
    int layer = -1;            ///< in Timeline::layers
    int64_t tiu = 0, gdma = 0; ///< cycles of work
    int64_t begin = 0, end = 0;
    int64_t work() const { return tiu + gdma; }
};

class TimelineScene {
public:
    TimelineScene() = default;
    /// `rows`: the layer table's row of each of its layers, −1 for none (casts and copies of the compiler).
    TimelineScene(jobs::Timeline timeline, QVector<int> rows);

    bool isEmpty() const { return m_data.commands.empty(); }
    const jobs::Timeline& data() const { return m_data; }
    const jobs::TimelineCommand& command(int index) const { return m_data.commands[static_cast<size_t>(index)]; }
    /// Commands of an engine in their order: 0 TIU, 1 GDMA.
    const QVector<int>& track(int engine) const { return m_tracks[engine]; }
    const QVector<LayerRun>& runs() const { return m_runs; }
    const QVector<LayerTime>& layerTimes() const { return m_times; } ///< most work first
    int row(int layer) const { return layer >= 0 && layer < m_rows.size() ? m_rows[layer] : -1; }
    QString layerName(int layer) const;
    QString kindName(const jobs::TimelineCommand& command) const;

    /// Place within the track of the first command that ends after this cycle.
    int firstAfter(int engine, double cycle) const;
    int placeInTrack(int command) const;
    /// Command at work in this cycle, within `slack` cycles; −1: none.
    int commandAt(int engine, double cycle, double slack) const;
    /// Entry of data().memory; −1: nothing lies there.
    int memoryAt(double address, double cycle) const;
    /// Cycles for which its engine stood still before this command; 0 if it was first.
    int64_t waitBefore(int command) const;
    /// Commands that waited for the other engine, longest first at most `count`.
    QVector<int> longestWaits(int count) const;

private:
    jobs::Timeline m_data;
    QVector<int> m_rows, m_place;
    QVector<int> m_tracks[2];
    QVector<LayerRun> m_runs;
    QVector<LayerTime> m_times;
};

/// "1 234 567" with thin spaces.
QString countText(int64_t value);
QString bytesText(int64_t bytes);
/// Name of a class of commands in the user's language.
QString titleOf(jobs::CommandClass type);
QColor colorOf(jobs::CommandClass type);
QColor colorOfLayer(int layer);

} // namespace wb::timeline

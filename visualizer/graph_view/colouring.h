// SPDX-License-Identifier: GPL-3.0-or-later
// What colour, mark, number and chip each node has under a colouring (rule G-8), and the legend with its
// counts. Computed from snapshots when they change, so that painting only draws. Missing stays missing.
#pragma once

#include "visualizer/common/paint.h"
#include "visualizer/graph_view/display_graph.h"
#include "widgets/theme/theme.h"

#include <QColor>

namespace wb::graph_view {

enum class Colouring { Cosine, Precision, Type, Time, None };
inline constexpr int kColourings = 5;

/// Numbers by layer index; entries may be absent.
struct LayerData {
    const jobs::NetworkSnapshot* network = nullptr;
    QVector<jobs::LayerSample> samples;         ///< by layer; `compared == false`: none
    QVector<jobs::LayerPrecision> precisions;   ///< by layer; `actual` empty: none
    QVector<qint64> cycles;                     ///< by layer: work on the chip, −1 for none; empty before Deploy
    qint64 allCycles = 0;                       ///< sum of those known
    QSet<int> locked, edited;
    bool hasSamples = false, hasPrecisions = false;
    const jobs::LayerPrecision* precision(int layer) const;
};

struct BarPart {
    QColor color;
    double share = 0;
};

struct NodeLook {
    QColor fill;                       ///< spine, block colour of the small levels, minimap
    QColor ink;                        ///< mark, number, outline in the light theme
    bool hatched = false;              ///< not compared
    bool hasColor = false;             ///< false: neutral
    QString mark, value;               ///< "▲", "0.9544"
    visualizer::Chip chip;
    bool locked = false, edited = false;
    int layerCount = 0;                ///< blocks
    QVector<BarPart> precisionBar;     ///< blocks
};

QVector<NodeLook> nodeLooks(const DisplayGraph& graph, const BlockTree& tree, const LayerData& data,
                            Colouring colouring);

struct LegendEntry {
    QString label;                     ///< "≥ 0.999", "F16", "Conv"
    QColor fill, ink;
    bool hatched = false;
    QVector<int> layers;
};

/// Entries in fixed order; those of the cosine bands are always there, even with nothing in them.
QVector<LegendEntry> legendEntries(const LayerData& data, Colouring colouring);

} // namespace wb::graph_view

// SPDX-License-Identifier: GPL-3.0-or-later
// Where nodes, edges and block frames of the graph view stand (rule G-1). Ranks and positions across come
// from Graphviz's dot (dot_text.h) or from placeSimply(); assemble() is common to both: it stacks the
// ranks, frames the blocks and routes the edges orthogonally. Pure values, any thread, deterministic.
// Units: scene pixels at 100 %.
#pragma once

#include <QByteArray>
#include <QPolygonF>
#include <QRectF>
#include <QSizeF>
#include <QVector>
#include <atomic>

namespace wb::graph_view {

struct LayoutNode {
    QSizeF size;
    int frame = -1;                    ///< innermost open block, -1 for none
};

struct LayoutEdge {
    int from = 0, to = 0;
    bool operator==(const LayoutEdge&) const = default;
};

/// An open block; a frame's parent has a smaller index.
struct LayoutFrame {
    int parent = -1;
};

struct LayoutInput {
    QVector<LayoutNode> nodes;         ///< in topological order as far as there is one
    QVector<LayoutEdge> edges;
    QVector<LayoutFrame> frames;
    bool leftToRight = false;
};

/// Same structure, same hash: the key of the layout cache.
QByteArray structureHash(const LayoutInput& input);

/// Result of a placing algorithm, in a system where ranks go down: rank of each node, centre across.
struct Placement {
    QVector<int> rank;
    QVector<double> x;
    /// For each edge, possible x on the ranks in between: where the placing algorithm led it.
    QVector<QVector<double>> lanes;
};

struct GraphLayout {
    QVector<QRectF> nodes;
    QVector<QPolygonF> edges;          ///< corner points, orthogonal; rounded when painted
    QVector<QRectF> frames;            ///< header included
    QVector<int> rank;                 ///< of each node
    QRectF bounds;
    bool simple = false;               ///< made without dot
    bool leftToRight = false;
};

inline constexpr double kChainGap = 18, kSiblingGap = 14, kBlockGap = 24;
inline constexpr double kFramePad = 10, kFrameHeader = 28;

/// Longest-path ranks, ordered by the mean of their neighbours: linear time, for graphs that are too
/// large for dot and for machines without it. Returns early, with what there is, when `stop` is set.
Placement placeSimply(const LayoutInput& input, const std::atomic<bool>* stop = nullptr);

GraphLayout assemble(const LayoutInput& input, const Placement& placement);

} // namespace wb::graph_view

// SPDX-License-Identifier: GPL-3.0-or-later
// Orthogonal routes: an edge leaves its source downwards, changes x only in the gaps between ranks and
// enters its target from above. Long edges look for a free vertical lane; edges of one source share their
// runs, others keep their distance. Detail of layout.cpp.
#pragma once

#include "visualizer/graph_view/layout.h"

namespace wb::graph_view {

/// In the gap below rank `gap` the edge moves to `x`.
struct Turn {
    int gap = 0;
    double x = 0;
    int track = 0;                     ///< height within the gap, counted from above
};

struct Route {
    double start = 0;                  ///< x at which the edge leaves its upper node
    int upper = 0, lower = 0;          ///< nodes; upper has the smaller rank
    bool reversed = false;             ///< the edge runs from the lower to the upper node
    QVector<Turn> turns;               ///< last one ends at the port of the lower node
};

/// One interval across that a rank's node or frame takes.
struct Obstacle {
    double left = 0, right = 0;
    int frame = -1;                    ///< -1: a node
};

struct RoutingSpace {
    QVector<QVector<Obstacle>> ranks;  ///< by rank, sorted by left
    int rankCount = 0;
};

struct Routing {
    QVector<Route> routes;             ///< one for each edge of the input
    QVector<int> tracks;               ///< by gap: how many horizontal runs lie over each other
};

Routing routeEdges(const LayoutInput& input, const Placement& placement, const RoutingSpace& space);

} // namespace wb::graph_view

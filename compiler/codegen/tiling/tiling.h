// SPDX-License-Identifier: GPL-3.0-or-later
// A group of nodes cut into slices: for each slice which part of every tensor is loaded, computed and stored. Parts
// are found backwards from what a slice stores; halo rows are computed again rather than kept.
#pragma once

#include "compiler/codegen/selection/selection.h"

#include <array>
#include <vector>

namespace wb::codegen {

/// Nodes that run together, in execution order, and the values that cross their border.
struct Group {
    std::vector<ir::NodeId> nodes;      ///< all Runs::Local
    std::vector<ir::ValueId> inputs;    ///< made outside, each once
    std::vector<ir::ValueId> outputs;   ///< used outside
    // Values that stay in local memory between groups lie there whole. Without entries all goes through DDR.
    std::vector<bool> held;             ///< by inputs: there already, not loaded
    std::vector<bool> kept;             ///< by outputs: stays there for later groups
    std::vector<bool> skipped;          ///< by outputs: nothing reads it from DDR, not stored

    bool isHeld(size_t input) const { return input < held.size() && held[input]; }
    bool isKept(size_t output) const { return output < kept.size() && kept[output]; }
    bool isStored(size_t output) const { return output >= skipped.size() || !skipped[output]; }
};

/// Into how many pieces each axis of the outputs is cut.
struct Cut {
    int64_t n = 1, c = 1, h = 1, w = 1;
    int64_t slices() const { return n * c * h * w; }
    bool operator==(const Cut&) const = default;
};

struct Slice {
    std::vector<bm1684x::Part> inputs;   ///< by Group::inputs: what is loaded
    std::vector<bm1684x::Part> results;  ///< by Group::nodes: what is computed
    std::vector<bm1684x::Part> stored;   ///< by Group::outputs: what is stored; inside the computed part
};

struct Tiling {
    Cut cut;
    int64_t constantPieces = 1; ///< pieces of channels that have constants of their own
    std::vector<Slice> slices;
};

/// The smallest box around both; an empty one counts as nothing.
bm1684x::Part hull(const bm1684x::Part& a, const bm1684x::Part& b);

/// How far the group can be cut: the smallest extent of an output by axis, 1 where a node does not allow it.
Cut largestCut(const ir::Graph& graph, const Selection& selection, const Group& group);
Tiling tile(const ir::Graph& graph, const Selection& selection, const Group& group, const Cut& cut);

/// Cuts to try, from few slices to many: n, then h, then (one node) c, then w.
std::vector<Cut> cutsToTry(const Cut& largest);

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/tiling/tiling.h"

#include <algorithm>
#include <map>
#include <set>

namespace wb::codegen {
namespace {

using bm1684x::Part;
using bm1684x::Range;
using bm1684x::kLanes;

bool isEmpty(const Part& p) {
    return p.n.size() <= 0 || p.c.size() <= 0 || p.h.size() <= 0 || p.w.size() <= 0;
}

Range hull(const Range& a, const Range& b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

/// Piece `index` of `pieces` of an axis, with borders at multiples of `unit`. The first ones are the shorter ones: nothing
/// runs beside the load of the first. Longer axes are cut where `shortest` is.
Range piece(int64_t extent, int64_t index, int64_t pieces, int64_t shortest, int64_t unit = 1) {
    const int64_t units = bm1684x::ceilDiv(extent, unit), few = bm1684x::ceilDiv(shortest, unit);
    const auto border = [&](int64_t i) {
        const int64_t at = few / pieces * i + std::max<int64_t>(0, i - (pieces - few % pieces));
        return std::min(extent, units * at / few * unit);
    };
    return {border(index), border(index + 1)};
}

/// Axes that the emitter does not cut are computed whole.
Part allowed(Part part, const ops::Cuts& cuts, const Part& whole) {
    if (!cuts.n) part.n = whole.n;
    if (!cuts.c) part.c = whole.c;
    if (!cuts.h) part.h = whole.h;
    if (!cuts.w) part.w = whole.w;
    return part;
}

bool sameForChannels(const Selection& selection, const Group& group) {
    return std::all_of(group.nodes.begin(), group.nodes.end(), [&](ir::NodeId id) {
        return selection.nodes[static_cast<size_t>(id)].local->sameForChannels();
    });
}

/// Whether a row of 64 channels needs no other of what is made in the group: otherwise pieces of channels would be computed
/// again and again.
bool rowByRow(const ir::Graph& graph, const Selection& selection, const Group& group) {
    if (!sameForChannels(selection, group)) return false;
    std::set<ir::ValueId> made;
    for (const ir::NodeId id : group.nodes) made.insert(graph.node(id).results[0]);
    for (const ir::NodeId id : group.nodes) {
        const ir::Node& node = graph.node(id);
        const ValueInfo& result = selection.values[static_cast<size_t>(node.results[0])];
        Part row = result.whole();
        row.c.end = std::min<int64_t>(row.c.end, kLanes);
        for (size_t k = 0; k < node.operands.size(); ++k) {
            if (!made.contains(node.operands[k])) continue;
            const ValueInfo& operand = selection.values[static_cast<size_t>(node.operands[k])];
            const Part needed = selection.nodes[static_cast<size_t>(id)].local->operandPart(k, row);
            if (operand.shape[1] != result.shape[1] || !(needed.c == row.c)) return false;
        }
    }
    return true;
}

/// Numbers of pieces worth trying for an axis.
std::vector<int64_t> piecesOf(int64_t most) {
    std::vector<int64_t> out;
    for (int64_t pieces = 1; pieces < most; pieces += pieces < 8 ? 1 : pieces < 32 ? pieces / 4 : pieces / 2)
        out.push_back(pieces);
    out.push_back(most);
    return out;
}

} // namespace

Part hull(const Part& a, const Part& b) {
    if (isEmpty(a)) return b;
    if (isEmpty(b)) return a;
    return {hull(a.n, b.n), hull(a.c, b.c), hull(a.h, b.h), hull(a.w, b.w)};
}

Cut largestCut(const ir::Graph& graph, const Selection& selection, const Group& group) {
    Cut most{1 << 20, 1 << 20, 1 << 20, 1 << 20};
    for (const ir::ValueId id : group.outputs) {
        const auto& shape = selection.values[static_cast<size_t>(id)].shape;
        most.n = std::min(most.n, shape[0]);
        most.c = std::min(most.c, bm1684x::ceilDiv(shape[1], kLanes));
        most.h = std::min(most.h, shape[2]);
        most.w = std::min(most.w, shape[3]);
    }
    for (const ir::NodeId id : group.nodes) {
        const ops::Cuts cuts = selection.nodes[static_cast<size_t>(id)].local->cuts();
        if (!cuts.n) most.n = 1;
        if (!cuts.c) most.c = 1;
        if (!cuts.h) most.h = 1;
        if (!cuts.w) most.w = 1;
    }
    if (group.nodes.size() > 1 && most.c > 1 && !rowByRow(graph, selection, group)) most.c = 1;
    return most;
}

Tiling tile(const ir::Graph& graph, const Selection& selection, const Group& group, const Cut& cut) {
    Tiling out;
    out.cut = cut;
    out.constantPieces = cut.c > 1 && !sameForChannels(selection, group) ? cut.c : 1;
    std::map<ir::ValueId, Part> needed; // of this slice
    std::array<int64_t, 4> shortest{};
    for (const ir::ValueId id : group.outputs) {
        const auto& shape = selection.values[static_cast<size_t>(id)].shape;
        for (size_t i = 0; i < shortest.size(); ++i)
            shortest[i] = shortest[i] == 0 ? shape[i] : std::min(shortest[i], shape[i]);
    }
    for (int64_t index = 0; index < cut.slices(); ++index) {
        // Channels outermost: constants are loaded once for each piece of them.
        const int64_t w = index % cut.w, h = index / cut.w % cut.h, n = index / cut.w / cut.h % cut.n,
                      c = index / cut.w / cut.h / cut.n;
        Slice slice;
        needed.clear();
        for (const ir::ValueId id : group.outputs) {
            const auto& shape = selection.values[static_cast<size_t>(id)].shape;
            const Part part{piece(shape[0], n, cut.n, shortest[0]), piece(shape[1], c, cut.c, shortest[1], kLanes),
                            piece(shape[2], h, cut.h, shortest[2]), piece(shape[3], w, cut.w, shortest[3])};
            slice.stored.push_back(part);
            needed[id] = hull(needed[id], part);
        }
        slice.results.resize(group.nodes.size());
        for (size_t i = group.nodes.size(); i-- > 0;) {
            const ir::Node& node = graph.node(group.nodes[i]);
            const auto& emitter = *selection.nodes[static_cast<size_t>(group.nodes[i])].local;
            slice.results[i] = allowed(needed[node.results[0]], emitter.cuts(),
                                       selection.values[static_cast<size_t>(node.results[0])].whole());
            for (size_t k = 0; k < node.operands.size(); ++k) {
                const ir::ValueId operand = node.operands[k];
                if (operand == ir::kNoValue || selection.values[static_cast<size_t>(operand)].constant) continue;
                needed[operand] = hull(needed[operand], emitter.operandPart(k, slice.results[i]));
            }
        }
        for (const ir::ValueId id : group.inputs)
            slice.inputs.push_back(needed[id]);
        out.slices.push_back(std::move(slice));
    }
    return out;
}

std::vector<Cut> cutsToTry(const Cut& largest) {
    std::vector<Cut> out;
    const auto add = [&](const Cut& cut) {
        if (out.empty() || !(out.back() == cut)) out.push_back(cut);
    };
    for (const int64_t n : piecesOf(largest.n))
        add({n, 1, 1, 1});
    for (const int64_t h : piecesOf(largest.h))
        add({largest.n, 1, h, 1});
    for (const int64_t c : piecesOf(largest.c))
        add({largest.n, c, largest.h, 1});
    for (const int64_t w : piecesOf(largest.w))
        add({largest.n, largest.c, largest.h, w});
    // Many channels and few rows: channels alone are often enough.
    if (largest.c > 1)
        for (const int64_t c : piecesOf(largest.c))
            add({largest.n, c, 1, 1});
    std::stable_sort(out.begin(), out.end(), [](const Cut& a, const Cut& b) { return a.slices() < b.slices(); });
    return out;
}

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// Pixel shuffles written as Reshape, Permute, Reshape, and YOLO's focus written as four strided
// Slices and a Concat: all become Depth2Space. The focus orders channels otherwise than a
// Depth2Space gives them, so that the filters of the convolutions after it are reordered instead of
// the data.
#include "compiler/passes/pass.h"
#include "compiler/passes/rewrite.h"

#include <algorithm>
#include <array>

namespace wb::passes {
namespace {

ir::AttributeMap attributes(int64_t h, int64_t w, bool crd, bool inversed) {
    ir::AttributeMap a;
    a.set("block_h", h);
    a.set("block_w", w);
    a.set("in_is_NCHW", true);
    a.set("is_CRD", crd);
    a.set("is_inversed", inversed);
    a.set("out_is_NCHW", true);
    a.set("swap_cr", false);
    return a;
}

bool matchShuffle(ir::Graph& graph, ir::NodeId n, const std::vector<int>& uses) {
    ir::Node& last = graph.node(n);
    const ir::NodeId p = madeBy(graph, last, 0, "top.Permute");
    if (p == ir::kNoNode || uses[static_cast<size_t>(last.operands[0])] != 1) return false;
    const ir::NodeId r = madeBy(graph, graph.node(p), 0, "top.Reshape");
    if (r == ir::kNoNode || uses[static_cast<size_t>(graph.node(p).operands[0])] != 1) return false;
    const ir::ValueId x = graph.node(r).operands[0];
    const ir::Shape in = shapeOf(graph, x), mid = shapeOf(graph, graph.node(r).results[0]),
                    out = shapeOf(graph, last.results[0]);
    const auto order = graph.node(p).attributes.integers("order");
    if (in.size() != 4 || mid.size() != 6 || out.size() != 4 || mid[0] != in[0]) return false;
    if (order == std::vector<int64_t>{0, 1, 4, 2, 5, 3} && mid[4] == in[2] && mid[5] == in[3] &&
        out == ir::Shape{in[0], mid[1], mid[4] * mid[2], mid[5] * mid[3]}) {
        last.attributes = attributes(mid[2], mid[3], true, false); // [N,C,bh,bw,H,W]
    } else if (order == std::vector<int64_t>{0, 3, 4, 1, 5, 2} && mid[4] == in[2] &&
               mid[5] == in[3] &&
               out == ir::Shape{in[0], mid[3], mid[4] * mid[1], mid[5] * mid[2]}) {
        last.attributes = attributes(mid[1], mid[2], false, false); // [N,bh,bw,C,H,W]
    } else if (order == std::vector<int64_t>{0, 1, 3, 5, 2, 4} && mid[1] == in[1] &&
               mid[2] * mid[3] == in[2] &&
               out == ir::Shape{in[0], mid[1] * mid[3] * mid[5], mid[2], mid[4]}) {
        last.attributes = attributes(mid[3], mid[5], true, true); // [N,C,H,bh,W,bw]
    } else {
        return false;
    }
    last.op = "top.Depth2Space";
    last.operands = {x};
    return true;
}

/// Row and column with which a 2×2-strided Slice of the last two axes begins; nothing for other
/// slices.
std::optional<std::array<int64_t, 2>> stridedStart(const ir::Graph& graph, const ir::Node& slice) {
    const ir::Shape in = shapeOf(graph, slice.operands[0]), out = shapeOf(graph, slice.results[0]);
    const auto offset = slice.attributes.integers("offset"),
               steps = slice.attributes.integers("steps");
    if (in.size() != 4 || steps != std::vector<int64_t>{1, 1, 2, 2} || offset[0] != 0 ||
        offset[1] != 0 || in[2] % 2 != 0 || in[3] % 2 != 0 ||
        out != ir::Shape{in[0], in[1], in[2] / 2, in[3] / 2} || offset[2] < 0 || offset[2] > 1 ||
        offset[3] < 0 || offset[3] > 1)
        return {};
    return std::array{offset[2], offset[3]};
}

bool matchFocus(ir::Graph& graph, ir::NodeId n) {
    const ir::Node& concat = graph.node(n);
    if (concat.operands.size() != 4 || concat.attributes.integer("axis") != 1 || !plain(concat) ||
        graph.isOutput(concat.results[0]))
        return false;
    ir::ValueId x = ir::kNoValue;
    std::array<int64_t, 4>
        block{}; // for each quarter of the Concat, its place row·2 + column in the block
    std::array<bool, 4> seen{};
    for (size_t i = 0; i < 4; ++i) {
        const ir::NodeId s = madeBy(graph, concat, i, "top.Slice");
        const auto start = s == ir::kNoNode ? std::nullopt : stridedStart(graph, graph.node(s));
        if (!start || (x != ir::kNoValue && graph.node(s).operands[0] != x)) return false;
        x = graph.node(s).operands[0];
        block[i] = (*start)[0] * 2 + (*start)[1];
        seen[static_cast<size_t>(block[i])] = true;
    }
    if (!std::all_of(seen.begin(), seen.end(), [](bool b) { return b; })) return false;
    const ir::ValueId joined = concat.results[0];
    const auto users = graph.users()[static_cast<size_t>(joined)];
    for (ir::NodeId user : users) {
        const ir::Node& conv = graph.node(user);
        if (conv.op != "top.Conv" || conv.operands[0] != joined ||
            conv.attributes.integer("group", 1) != 1 ||
            floatWeight(graph, conv.operands[1]) == nullptr)
            return false;
    }
    if (users.empty()) return false;
    const int64_t channels = shapeOf(graph, x)[1];
    // From the back, so that earlier ids stay; each insertion moves what stands behind it.
    for (auto it = users.rbegin(); it != users.rend(); ++it) {
        const ir::Tensor filter = *floatWeight(graph, graph.node(*it).operands[1]);
        const int64_t outs = filter.shape()[0], area = filter.shape()[2] * filter.shape()[3];
        std::vector<float> values(static_cast<size_t>(filter.elementCount()));
        for (int64_t o = 0; o < outs; ++o)
            for (int64_t quarter = 0; quarter < 4; ++quarter)
                for (int64_t c = 0; c < channels; ++c) {
                    const int64_t from = (o * 4 + quarter) * channels + c;
                    const int64_t to = (o * 4 + block[static_cast<size_t>(quarter)]) * channels + c;
                    std::copy_n(filter.data<float>() + from * area, area,
                                values.data() + to * area);
                }
        const std::string name = graph.value(graph.node(*it).results[0]).name + "_filter_S2D";
        ir::NodeId conv = *it;
        const ir::ValueId weight =
            insertWeight(graph, conv++, name, makeTensor(filter.shape(), values));
        graph.node(conv).operands[1] = weight;
    }
    ir::Node& node = graph.node(n);
    node.op = "top.Depth2Space";
    node.operands = {x};
    node.attributes = attributes(2, 2, false, true);
    setName(graph, node.results[0], graph.value(node.results[0]).name + "_r_Depth2Space");
    return true;
}

} // namespace

Result<bool> recogniseShuffles(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    auto uses = useCounts(graph);
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        const std::string& op = graph.node(n).op;
        if (op != "top.Reshape" && op != "top.Concat") continue;
        WB_TRY(context.checkStop());
        if (!(op == "top.Reshape" ? matchShuffle(graph, n, uses) : matchFocus(graph, n))) continue;
        uses = useCounts(graph);
        changed = true;
    }
    return changed;
}

} // namespace wb::passes

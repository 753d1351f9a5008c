// SPDX-License-Identifier: GPL-3.0-or-later
// Adds a border: paddings = [begin of each axis…, end of each axis…] (negative: crops), mode "constant"
// (val), "reflect" or "edge".
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferPad(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const size_t rank = x.shape.size();
    WB_ASSIGN(const auto pads,
              boundedInts(graph, node, "paddings", 2 * rank, -(int64_t{1} << 31), int64_t{1} << 31));
    const std::string mode = node.attributes.string("mode", "constant");
    ir::Shape out;
    for (size_t d = 0; d < rank; ++d) {
        const int64_t before = pads[d], after = pads[d + rank];
        if (mode == "reflect" && (before >= x.shape[d] || after >= x.shape[d]) && (before > 0 || after > 0))
            return shapeError(graph, node, "a reflected border wider than " + ir::toText(x.shape));
        if (mode == "edge" && x.shape[d] == 0 && (before > 0 || after > 0))
            return shapeError(graph, node, "no edge to repeat in " + ir::toText(x.shape));
        const int64_t size = x.shape[d] + before + after;
        if (size < 0) return shapeError(graph, node, "crops more than there is of " + ir::toText(x.shape));
        out.push_back(size);
    }
    return floatResult(graph, node, std::move(out));
}

} // namespace

void define_pad(OpTable& table);
void define_pad(OpTable& table) {
    table.add({.name = "top.Pad",
               .summary = "adds or crops a border",
               .traits = {.movesData = true},
               .infer = inferPad});
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// A range of each axis: elements offset, offset+step, … before end. Attributes offset, ends, steps have one
// number an axis; ends may lie beyond the axis (INT64_MAX: all), negative numbers count from the end.
// axes and hasparamConvert_axes only tell how the source wrote it. Operands 1 to 3 (run-time offset, ends,
// steps of the vendor's dialect) are absent in static networks.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferSlice(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    const size_t rank = x.shape.size();
    WB_ASSIGN(const auto offset, boundedInts(graph, node, "offset", rank, INT64_MIN, INT64_MAX));
    WB_ASSIGN(const auto ends, boundedInts(graph, node, "ends", rank, INT64_MIN, INT64_MAX));
    WB_ASSIGN(const auto steps, boundedInts(graph, node, "steps", rank, -(1 << 30), 1 << 30));
    for (size_t i = 1; i < node.operands.size(); ++i)
        if (hasOperand(node, i)) return shapeError(graph, node, "ranges known only at run time");
    ir::Shape out;
    for (size_t d = 0; d < rank; ++d) {
        if (steps[d] == 0) return shapeError(graph, node, "a step of 0");
        out.push_back(sliceRange(x.shape[d], offset[d], ends[d], steps[d]).count);
    }
    return floatResult(graph, node, std::move(out));
}

} // namespace

void define_slice(OpTable& table);
void define_slice(OpTable& table) {
    table.add({.name = "top.Slice",
               .summary = "a range of each axis",
               .traits = {.movesData = true},
               .infer = inferSlice,
               .minOperands = 1,
               .maxOperands = 4});
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Concat: operands of one scale side by side. With nothing outside the axis they follow each other in memory, and
// whoever makes them writes them there; otherwise rows are copied.
#include "compiler/ops/support/move_bm1684x.h"

namespace wb::ops {
namespace {

Result<std::unique_ptr<GlobalEmitter>> concat(const EmitContext& c) {
    const ir::Shape& out = resultType(c).shape;
    const auto rank = static_cast<int64_t>(out.size());
    int64_t axis = c.node->attributes.integer("axis", 1);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return notEmitted(c, "axis " + std::to_string(axis) + " does not exist");
    if (clampsBelowZero(c)) return notEmitted(c, "a ReLU of joined values is not supported");
    const auto at = static_cast<size_t>(axis);
    Moves moves;
    int64_t outer = 1, inner = 1, begin = 0;
    for (size_t i = 0; i < at; ++i)
        outer *= out[i];
    for (size_t i = at + 1; i < out.size(); ++i)
        inner *= out[i];
    for (size_t i = 0; i < c.node->operands.size(); ++i) {
        if (c.node->operands[i] == ir::kNoValue) continue;
        const ir::Shape& in = operandType(c, i).shape;
        if (in.size() != out.size()) return notEmitted(c, "its operands have different ranks");
        const int64_t run = in[at] * inner;
        ElementMove move;
        move.operand = i;
        move.target = begin * inner;
        move.shape = {outer, run};
        move.sourceStrides = {run, 1};
        move.targetStrides = {out[at] * inner, 1};
        moves.list.push_back(std::move(move));
        begin += in[at];
    }
    if (begin != out[at]) return notEmitted(c, "its operands do not fill the result");
    moves.joins = outer == 1;
    return makeMover(c, std::move(moves));
}

} // namespace

void emit_concat(EmitterTable& table);
void emit_concat(EmitterTable& table) { table.add({.op = "tpu.Concat", .global = concat}); }

} // namespace wb::ops

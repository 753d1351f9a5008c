// SPDX-License-Identifier: GPL-3.0-or-later
// Tile: the operand copied to each of its places.
#include "compiler/ops/support/move_bm1684x.h"

namespace wb::ops {
namespace {

Result<std::unique_ptr<GlobalEmitter>> tile(const EmitContext& c) {
    const ir::Shape& in = operandType(c, 0).shape;
    const ir::Shape& out = resultType(c).shape;
    if (in.size() != out.size()) return notEmitted(c, "it changes the number of axes");
    // [repeats, length] pairs of axes, repeats with stride zero.
    ir::Shape shape;
    std::vector<int64_t> strides;
    const auto own = rowMajor(in);
    for (size_t i = 0; i < in.size(); ++i) {
        if (in[i] < 1 || out[i] % in[i] != 0) return notEmitted(c, "its result is no multiple of its operand");
        shape.insert(shape.end(), {out[i] / in[i], in[i]});
        strides.insert(strides.end(), {0, own[i]});
    }
    return makeMover(c, {.list = {readStrided(std::move(shape), std::move(strides))}});
}

} // namespace

void emit_tile(EmitterTable& table);
void emit_tile(EmitterTable& table) { table.add({.op = "tpu.Tile", .global = tile}); }

} // namespace wb::ops

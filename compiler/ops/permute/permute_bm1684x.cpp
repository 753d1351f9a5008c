// SPDX-License-Identifier: GPL-3.0-or-later
// Permute: transfers read with exchanged strides.
#include "compiler/ops/support/move_bm1684x.h"

namespace wb::ops {
namespace {

Result<std::unique_ptr<GlobalEmitter>> permute(const EmitContext& c) {
    const auto order = c.node->attributes.integers("order");
    const ir::Shape& in = operandType(c, 0).shape;
    const ir::Shape& out = resultType(c).shape;
    const auto own = rowMajor(in);
    if (order.size() != in.size() || order.size() != out.size())
        return notEmitted(c, "its order has " + std::to_string(order.size()) + " axes");
    std::vector<int64_t> strides;
    for (size_t i = 0; i < order.size(); ++i) {
        const auto axis = static_cast<size_t>(order[i]);
        if (order[i] < 0 || axis >= in.size() || in[axis] != out[i])
            return notEmitted(c, "its order does not give the result's shape");
        strides.push_back(own[axis]);
    }
    return makeMover(c, {.list = {readStrided(out, std::move(strides))}});
}

} // namespace

void emit_permute(EmitterTable& table);
void emit_permute(EmitterTable& table) { table.add({.op = "tpu.Permute", .global = permute}); }

} // namespace wb::ops

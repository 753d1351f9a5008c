// SPDX-License-Identifier: GPL-3.0-or-later
// Slice: a strided read; one run of the operand is a view and moves nothing.
#include "compiler/ops/support/move_bm1684x.h"

#include <algorithm>

namespace wb::ops {
namespace {

Result<std::unique_ptr<GlobalEmitter>> slice(const EmitContext& c) {
    const ir::Shape& in = operandType(c, 0).shape;
    const ir::Shape& out = resultType(c).shape;
    const auto offsets = c.node->attributes.integers("offset");
    const auto steps = c.node->attributes.integers("steps");
    const auto axes = c.node->attributes.integers("axes");
    const auto own = rowMajor(in);
    // One entry an axis, or one for each axis in `axes`.
    const bool all = offsets.size() == in.size();
    if (in.size() != out.size() || offsets.size() != steps.size() || (!all && axes.size() != offsets.size()))
        return notEmitted(c, "offsets and steps do not fit its shape");
    auto strides = own;
    int64_t source = 0;
    for (size_t i = 0; i < offsets.size(); ++i) {
        int64_t axis = all ? static_cast<int64_t>(i) : axes[i];
        if (axis < 0) axis += static_cast<int64_t>(in.size());
        if (axis < 0 || axis >= static_cast<int64_t>(in.size())) return notEmitted(c, "an axis does not exist");
        const auto at = static_cast<size_t>(axis);
        int64_t first = offsets[i] < 0 ? offsets[i] + in[at] : offsets[i];
        if (steps[i] < 0) first = std::min(first, in[at] - 1);
        const int64_t last = first + (out[at] - 1) * steps[i];
        if (std::min(first, last) < 0 || std::max(first, last) >= in[at])
            return notEmitted(c, "it reaches outside its operand");
        source += first * own[at];
        strides[at] = own[at] * steps[i];
    }
    return makeMover(c, {.list = {readStrided(out, std::move(strides), source)}});
}

} // namespace

void emit_slice(EmitterTable& table);
void emit_slice(EmitterTable& table) { table.add({.op = "tpu.Slice", .global = slice}); }

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {
namespace {

Prepared prepareSlice(const PrepareContext& c) {
    const auto& in = operandShape(c, 0);
    const auto& out = resultShape(c);
    const auto offsets = c.node->attributes.integers("offset");
    const auto steps = c.node->attributes.integers("steps");
    const auto axes = c.node->attributes.integers("axes");
    if (in.size() != out.size() || offsets.size() != steps.size())
        return cannotRun(c, "offsets and steps differ in number");
    const auto own = stridesOf(in);
    StridedView view{out, own, 0};
    // One entry an axis, or one for each axis in `axes`.
    const bool all = offsets.size() == in.size();
    if (!all && axes.size() != offsets.size())
        return cannotRun(c, "offsets fit neither the shape nor the axes");
    for (size_t i = 0; i < offsets.size(); ++i) {
        int64_t axis = all ? static_cast<int64_t>(i) : axes[i];
        if (axis < 0) axis += static_cast<int64_t>(in.size());
        if (axis < 0 || axis >= static_cast<int64_t>(in.size()))
            return cannotRun(c, "an axis does not exist");
        const auto at = static_cast<size_t>(axis);
        int64_t first = offsets[i] < 0 ? offsets[i] + in[at] : offsets[i];
        if (steps[i] < 0) first = std::min(first, in[at] - 1);
        const int64_t last = first + (out[at] - 1) * steps[i];
        if (out[at] > 0 && (first < 0 || first >= in[at] || last < 0 || last >= in[at]))
            return cannotRun(c, "it reaches outside its operand");
        view.first += first * own[at];
        view.strides[at] = own[at] * steps[i];
    }
    const size_t size = ir::sizeInBytes(resultType(c).element);
    return makeKernel([view, size](Inputs input, Outputs output, const kernels::Work& work) {
        copyStrided(view, input[0].data, output[0].data, size, work);
    });
}

} // namespace

void integer_slice(KernelTable& table) {
    table.add({.op = "tpu.Slice", .prepare = prepareSlice});
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {
namespace {

Prepared prepareGather(const PrepareContext& c) {
    const ir::Shape shape = operandShape(c, 0);
    const auto axis = normaliseAxis(c.node->attributes.integer("axis", 0), shape.size());
    if (!axis) return shapeError(*c.graph, *c.node, "axis of " + ir::toText(shape));
    const auto a = static_cast<size_t>(*axis);
    const int64_t outer = product(shape, 0, a);
    const int64_t size = shape[a];
    const int64_t inner = product(shape, a + 1, shape.size());
    if (size == 0 && resultElements(*c.graph, *c.node) > 0)
        return shapeError(*c.graph, *c.node, "nothing to pick from in " + ir::toText(shape));
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const int64_t picks = in[1].elementCount();
        if (picks == 0 || inner == 0) return;
        work.forEach(outer * picks, std::max<int64_t>(1, 4096 / inner), [&](int64_t begin, int64_t end) {
            for (int64_t unit = begin; unit < end; ++unit) {
                const float wanted = in[1].as<float>()[unit % picks];
                // Indices computed at run time may be anything; they are brought onto the axis.
                auto index = static_cast<int64_t>(
                    std::clamp(wanted, -static_cast<float>(size), static_cast<float>(size)));
                if (index < 0) index += size;
                index = std::clamp<int64_t>(index, 0, size - 1);
                std::memcpy(out[0].as<float>() + unit * inner,
                            in[0].as<float>() + (unit / picks * size + index) * inner,
                            static_cast<size_t>(inner) * sizeof(float));
            }
        });
    });
}

} // namespace

void float_gather(KernelTable& table);
void float_gather(KernelTable& table) { table.add({.op = "top.Gather", .prepare = prepareGather}); }

} // namespace wb::ops

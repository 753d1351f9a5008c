// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Gather: slices picked by indices, their elements carried over as they are.
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {
namespace {

/// Indices computed at run time may be anything; they are brought onto the axis, negative ones counted from its end.
int64_t placeOnAxis(double wanted, int64_t size) {
    const auto limit = static_cast<double>(size);
    auto index = wanted == wanted ? static_cast<int64_t>(std::clamp(wanted, -limit, limit)) : 0;
    if (index < 0) index += size;
    return std::clamp<int64_t>(index, 0, size - 1);
}

Prepared prepareGather(const PrepareContext& c) {
    using ir::ElementType;
    const ir::Shape& shape = operandShape(c, 0);
    const auto axis = normaliseAxis(c.node->attributes.integer("axis", 0), shape.size());
    if (!axis) return cannotRun(c, "its axis does not exist");
    const size_t bytes = ir::sizeInBytes(resultType(c).element);
    if (ir::sizeInBytes(operandType(c, 0).element) != bytes) return cannotRun(c, "its elements change their width");
    const ElementType indexed = operandType(c, 1).element;
    const bool whole = indexed == ElementType::I32 || indexed == ElementType::Si32;
    if (!whole && indexed != ElementType::F32) return cannotRun(c, "its indices are no 32-bit numbers");
    const auto a = static_cast<size_t>(*axis);
    const int64_t outer = product(shape, 0, a), size = shape[a];
    const size_t run = static_cast<size_t>(product(shape, a + 1, shape.size())) * bytes;
    const int64_t picks = operandType(c, 1).elementCount();
    if (size == 0 && outer * picks > 0) return cannotRun(c, "there is nothing to pick from");
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        if (picks == 0 || run == 0) return;
        work.forEach(outer * picks, std::max<int64_t>(1, 16384 / static_cast<int64_t>(run)), [&](int64_t begin, int64_t end) {
            for (int64_t unit = begin; unit < end; ++unit) {
                const int64_t pick = unit % picks;
                const double wanted = whole ? in[1].as<int32_t>()[pick] : static_cast<double>(in[1].as<float>()[pick]);
                const int64_t from = unit / picks * size + placeOnAxis(wanted, size);
                std::memcpy(out[0].data + static_cast<size_t>(unit) * run, in[0].data + static_cast<size_t>(from) * run, run);
            }
        });
    });
}

} // namespace

void integer_gather(KernelTable& table);
void integer_gather(KernelTable& table) { table.add({.op = "tpu.Gather", .prepare = prepareGather}); }

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Activations in integers. With 256 possible codes each is a table; the piecewise linear ones have
// theirs made from multiplier and shift when they are prepared.
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <array>

namespace wb::ops {
namespace {

using Table = std::array<uint8_t, 256>;

Prepared tableKernel(Table table) {
    return makeKernel([table](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(out[0].elementCount(), 32768, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
                out[0].as<uint8_t>()[i] = table[in[0].as<uint8_t>()[i]];
        });
    });
}

/// The table of f(code) saturated to the result's codes.
template <class F> Table tableOf(const PrepareContext& c, F&& f) {
    const bool inSigned = isSignedCode(operandType(c, 0));
    const bool outSigned = isSignedCode(resultType(c));
    Table table{};
    for (int code = 0; code < 256; ++code) {
        const int64_t y = f(inSigned ? int64_t{static_cast<int8_t>(code)} : int64_t{code});
        table[static_cast<size_t>(code)] =
            outSigned ? static_cast<uint8_t>(numeric::saturate<int8_t>(y)) : numeric::saturate<uint8_t>(y);
    }
    return table;
}

Prepared prepareLut(const PrepareContext& c) {
    const auto* weight = c.node->operands.size() > 1 ? c.graph->weight(c.node->operands[1]) : nullptr;
    if (weight == nullptr || weight->byteSize() != 256) return cannotRun(c, "its table has not 256 codes");
    Table table;
    std::copy_n(weight->data<uint8_t>(), table.size(), table.begin());
    return tableKernel(table);
}

Prepared prepareLeakyRelu(const PrepareContext& c) {
    const int64_t multiplier = c.node->attributes.integer("multiplier", 1);
    const auto shift = static_cast<int>(c.node->attributes.integer("rshift", 0));
    return tableKernel(tableOf(c, [=](int64_t x) {
        return x >= 0 ? x : numeric::shiftRightHalfUp(x * multiplier, shift);
    }));
}

Prepared prepareRelu(const PrepareContext& c) {
    return tableKernel(tableOf(c, [](int64_t x) { return std::max<int64_t>(x, 0); }));
}

Prepared prepareActive(const PrepareContext& c) {
    if (c.node->attributes.enumerator("mode") != "ABSVAL") return cannotRun(c, "only ABSVAL works on codes");
    return tableKernel(tableOf(c, [](int64_t x) { return x < 0 ? -x : x; }));
}

Prepared preparePRelu(const PrepareContext& c) {
    const auto& shape = resultShape(c);
    const auto* slopes = c.node->operands.size() > 1 ? c.graph->weight(c.node->operands[1]) : nullptr;
    if (slopes == nullptr || ir::sizeInBytes(slopes->type()) != 1) return cannotRun(c, "its slopes are not constant codes");
    const int64_t channels = shape.size() > 1 ? shape[1] : 1;
    if (slopes->elementCount() != channels && slopes->elementCount() != 1) return cannotRun(c, "slopes are not one a channel");
    const auto shift = static_cast<int>(c.node->attributes.integer("rshift", 0));
    const int64_t plane = product(shape, 2, shape.size());
    const bool inSigned = isSignedCode(operandType(c, 0));
    const bool outSigned = isSignedCode(resultType(c));
    return makeKernel([=, slopes = *slopes](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(plane == 0 ? 0 : out[0].elementCount() / plane, 1, [&](int64_t begin, int64_t end) {
            withCode(inSigned, [&](auto i) {
                withCode(outSigned, [&](auto o) {
                    using Out = decltype(o);
                    for (int64_t at = begin; at < end; ++at) {
                        const int64_t slope = slopes.data<int8_t>()[slopes.elementCount() == 1 ? 0 : at % channels];
                        const auto* from = in[0].as<decltype(i)>() + at * plane;
                        for (int64_t p = 0; p < plane; ++p) {
                            const int64_t x = from[p];
                            out[0].as<Out>()[at * plane + p] =
                                numeric::saturate<Out>(x >= 0 ? x : numeric::shiftRightHalfUp(x * slope, shift));
                        }
                    }
                });
            });
        });
    });
}

} // namespace

void integer_activation(KernelTable& table) {
    addTpuKernel(table, {.op = "tpu.Lut", .prepare = prepareLut});
    addTpuKernel(table, {.op = "tpu.LeakyRelu", .prepare = prepareLeakyRelu});
    addTpuKernel(table, {.op = "tpu.Relu", .prepare = prepareRelu});
    addTpuKernel(table, {.op = "tpu.Active", .prepare = prepareActive});
    addTpuKernel(table, {.op = "tpu.PReluOp", .prepare = preparePRelu});
    addTpuKernel(table, {.op = "tpu.Clip"});
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Activations and other functions of one code: tables of 256 codes. PRelu has a slope for each
// channel.
#include "compiler/ops/support/code_table.h"
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {
namespace {

Prepared prepareTable(const PrepareContext& c) {
    const auto table = codeTableOf(*c.graph, *c.node);
    if (!table) return cannotRun(c, "it is no function of one code");
    return makeKernel([table = *table](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(out[0].elementCount(), 32768, [&](int64_t begin, int64_t end) {
            const auto* from = in[0].as<uint8_t>();
            auto* to = out[0].as<uint8_t>();
            for (int64_t i = begin; i < end; ++i)
                to[i] = table[from[i]];
        });
    });
}

Prepared preparePRelu(const PrepareContext& c) {
    const auto& shape = resultShape(c);
    const auto* slopes =
        c.node->operands.size() > 1 ? c.graph->weight(c.node->operands[1]) : nullptr;
    if (slopes == nullptr || ir::sizeInBytes(slopes->type()) != 1)
        return cannotRun(c, "its slopes are not constant codes");
    const int64_t channels = shape.size() > 1 ? shape[1] : 1;
    if (slopes->elementCount() != channels && slopes->elementCount() != 1)
        return cannotRun(c, "slopes are not one a channel");
    const auto shift = static_cast<int>(c.node->attributes.integer("rshift", 0));
    const int64_t above = c.node->attributes.integer("multiplier_pos", 1); // CV18xx scales this side, too
    const auto shiftAbove = static_cast<int>(c.node->attributes.integer("rshift_pos", 0));
    const int64_t plane = product(shape, 2, shape.size());
    const bool inSigned = isSignedCode(operandType(c, 0));
    const bool outSigned = isSignedCode(resultType(c));
    return makeKernel([=, slopes = *slopes](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(
            plane == 0 ? 0 : out[0].elementCount() / plane, 1, [&](int64_t begin, int64_t end) {
                withCode(inSigned, [&](auto i) {
                    withCode(outSigned, [&](auto o) {
                        using Out = decltype(o);
                        for (int64_t at = begin; at < end; ++at) {
                            const int64_t slope =
                                slopes
                                    .data<int8_t>()[slopes.elementCount() == 1 ? 0 : at % channels];
                            const auto* from = in[0].as<decltype(i)>() + at * plane;
                            for (int64_t p = 0; p < plane; ++p) {
                                const int64_t x = from[p];
                                out[0].as<Out>()[at * plane + p] = numeric::saturate<Out>(
                                    x >= 0 ? numeric::shiftRightHalfUp(x * above, shiftAbove)
                                           : numeric::shiftRightHalfUp(x * slope, shift));
                            }
                        }
                    });
                });
            });
    });
}

} // namespace

void integer_activation(KernelTable& table) {
    for (const char* op : {"tpu.Lut", "tpu.LeakyRelu", "tpu.Relu", "tpu.Active", "tpu.MulShift",
                           "tpu.AddConst", "tpu.MaxConst", "tpu.MinConst"})
        addTpuKernel(table,
                     {.op = op, .prepare = prepareTable, .layouts = codeLayouts, .inPlace = true});
    addTpuKernel(table, {.op = "tpu.PReluOp", .prepare = preparePRelu});
    addTpuKernel(table, {.op = "tpu.Clip"});
}

} // namespace wb::ops

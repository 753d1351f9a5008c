// SPDX-License-Identifier: GPL-3.0-or-later
// One table of 256 codes for each channel.
#include "compiler/ops/support/int_kernel.h"

namespace wb::ops {
namespace {

Prepared prepareScaleLut(const PrepareContext& c) {
    const auto& shape = resultShape(c);
    const auto* tables = c.node->operands.size() > 1 ? c.graph->weight(c.node->operands[1]) : nullptr;
    if (shape.size() != 4 || tables == nullptr || tables->byteSize() != 256 * static_cast<size_t>(shape[1]))
        return cannotRun(c, "its tables are not constant, 256 codes a channel");
    return makeKernel([channels = shape[1], plane = shape[2] * shape[3], tables = *tables](Inputs in, Outputs out,
                                                                                          const kernels::Work& work) {
        work.forEach(plane == 0 ? 0 : out[0].elementCount() / plane, 1, [&](int64_t begin, int64_t end) {
            for (int64_t at = begin; at < end; ++at) {
                const uint8_t* table = tables.data<uint8_t>() + at % channels * 256;
                const uint8_t* from = in[0].as<uint8_t>() + at * plane;
                uint8_t* to = out[0].as<uint8_t>() + at * plane;
                for (int64_t i = 0; i < plane; ++i) to[i] = table[from[i]];
            }
        });
    });
}

} // namespace

void integer_preprocess(KernelTable& table) {
    table.add({.op = "tpu.ScaleLut", .prepare = prepareScaleLut});
}

} // namespace wb::ops

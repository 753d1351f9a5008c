// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.LutBF16: a function of one bfloat16 number by tables of 256 with slopes, or by exponent and mantissa (CV18xx).
#include "compiler/kernels/half_rows.h"
#include "compiler/ops/support/bf16_tables.h"
#include "compiler/ops/support/int_kernel.h"

#include "compiler/numeric/half.h"

namespace wb::ops {
namespace {

Prepared prepareLutBf16(const PrepareContext& c) {
    const auto tables = tablesOf(*c.graph, *c.node, 1);
    if (!tables || operandType(c, 0).element != ir::ElementType::BF16 || resultType(c).element != ir::ElementType::BF16)
        return cannotRun(c, "it has no tables of bfloat16 numbers");
    const std::string mode = c.node->attributes.enumerator("lut_mode");
    const bool slopes = mode == "Slope", log = mode == "Log", relu = c.node->attributes.boolean("do_relu");
    const auto reach = static_cast<float>(c.node->attributes.real("max_range", 0));
    if (slopes && !(reach > 0)) return cannotRun(c, "its interval is empty");
    // A bfloat16 number has 65536 values: all results are worked out once.
    std::vector<uint16_t> all(65536);
    for (uint32_t bits = 0; bits < all.size(); ++bits) {
        const float x = numeric::fromBfloat16(static_cast<uint16_t>(bits));
        const float y = slopes ? throughSlopes(*tables, reach, x) : log ? throughLog(*tables, x) : throughPower(*tables, x);
        all[bits] = numeric::toBfloat16(relu && y < 0 ? 0.0F : y);
    }
    return makeKernel([all = std::move(all)](Inputs in, Outputs out, const kernels::Work& work) {
        work.forEach(out[0].elementCount(), 16384, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
                out[0].as<uint16_t>()[i] = all[in[0].as<uint16_t>()[i]];
        });
    });
}

} // namespace

void integer_lutbf16(KernelTable& table) { table.add({.op = "tpu.LutBF16", .prepare = prepareLutBf16}); }

} // namespace wb::ops

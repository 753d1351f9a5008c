// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/numeric/half.h"
#include "compiler/ops/float_kernel.h"

#include <cmath>

namespace wb::ops {
namespace {

Prepared prepareCast(const PrepareContext& c) {
    const std::string to = c.node->attributes.string("to", "F32");
    const bool whole = to.find("INT") != std::string::npos;
    const bool truth = to == "BOOL";
    const bool bfloat = to == "BF16";
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const float* x = in[0].as<float>();
        float* y = out[0].as<float>();
        work.forEach(storedElements(*out[0].type, out[0].layout), 16384, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
                y[i] = whole    ? std::trunc(x[i])
                       : truth  ? (x[i] != 0 ? 1.0f : 0.0f)
                       : bfloat ? numeric::fromBfloat16(numeric::toBfloat16(x[i]))
                                : x[i];
        });
    });
}

} // namespace

void float_cast(KernelTable& table);
void float_cast(KernelTable& table) {
    table.add({.op = "top.Cast", .prepare = prepareCast, .layouts = anyLayout, .inPlace = true});
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"

#include <cmath>

namespace wb::ops {
namespace {

struct ElementaryKernel {
    const char* name;
    float (*function)(float x, bool positive, bool negative);
};

constexpr ElementaryKernel kElementaryKernels[] = {
    {"top.Arccos", [](float x, bool, bool) { return std::acos(x); }},
    {"top.Arcsin", [](float x, bool, bool) { return std::asin(x); }},
    {"top.Arctan", [](float x, bool, bool) { return std::atan(x); }},
    {"top.Cosh", [](float x, bool, bool) { return std::cosh(x); }},
    {"top.Sinh", [](float x, bool, bool) { return std::sinh(x); }},
    {"top.Arccosh", [](float x, bool, bool) { return std::acosh(x); }},
    {"top.Arcsinh", [](float x, bool, bool) { return std::asinh(x); }},
    {"top.Arctanh", [](float x, bool, bool) { return std::atanh(x); }},
    {"top.IsNaN", [](float x, bool, bool) { return std::isnan(x) ? 1.0F : 0.0F; }},
    {"top.IsInf",
     [](float x, bool positive, bool negative) {
         return std::isinf(x) && (x > 0 ? positive : negative) ? 1.0F : 0.0F;
     }},
};

Prepared prepareElementary(const PrepareContext& c) {
    const bool positive = c.node->attributes.boolean("detect_positive", true);
    const bool negative = c.node->attributes.boolean("detect_negative", true);
    for (const ElementaryKernel& row : kElementaryKernels)
        if (c.node->op == row.name)
            return makeKernel([=, f = row.function](Inputs in, Outputs out, const kernels::Work& work) {
                const float* x = in[0].as<float>();
                float* y = out[0].as<float>();
                work.forEach(storedElements(*out[0].type, out[0].layout), 4096, [&](int64_t begin, int64_t end) {
                    for (int64_t i = begin; i < end; ++i)
                        y[i] = f(x[i], positive, negative);
                });
            });
    return Error{Code::Internal, "no formula for " + c.node->op};
}

} // namespace

void float_elementary(KernelTable& table);
void float_elementary(KernelTable& table) {
    for (const ElementaryKernel& row : kElementaryKernels)
        table.add({.op = row.name, .prepare = prepareElementary, .layouts = anyLayout, .inPlace = true});
}

} // namespace wb::ops

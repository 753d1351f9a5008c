// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {
namespace {

enum class PadMode : uint8_t { Constant, Reflect, Edge };

/// Operand index for result index o along an axis, or -1 for the border value.
int64_t source(PadMode mode, int64_t o, int64_t before, int64_t size) {
    int64_t i = o - before;
    if (i >= 0 && i < size) return i;
    switch (mode) {
    case PadMode::Constant: return -1;
    case PadMode::Edge: return std::clamp<int64_t>(i, 0, size - 1);
    case PadMode::Reflect: return i < 0 ? -i : 2 * (size - 1) - i;
    }
    return -1;
}

Prepared preparePad(const PrepareContext& c) {
    const std::string name = c.node->attributes.string("mode", "constant");
    if (name != "constant" && name != "reflect" && name != "edge")
        return Error{Code::UnsupportedAttribute, "padding mode " + name + " is not known"};
    const PadMode mode = name == "constant" ? PadMode::Constant : name == "edge" ? PadMode::Edge : PadMode::Reflect;
    const ir::Shape in = operandShape(c, 0);
    const ir::Shape out = resultShape(c);
    const auto pads = c.node->attributes.integers("paddings");
    if (pads.size() != 2 * in.size()) return shapeError(*c.graph, *c.node, "paddings " + ir::toText(pads));
    const auto value = static_cast<float>(c.node->attributes.real("val", 0));
    const auto strides = stridesOf(in);
    return makeKernel([=](Inputs inputs, Outputs outputs, const kernels::Work& work) {
        const float* from = inputs[0].as<float>();
        float* to = outputs[0].as<float>();
        const size_t rank = out.size();
        const int64_t width = rank == 0 ? 1 : out.back();
        if (width == 0 || outputs[0].elementCount() == 0) return;
        const int64_t rows = outputs[0].elementCount() / width;
        work.forEach(rows, std::max<int64_t>(1, 8192 / width), [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) {
                int64_t rest = row;
                int64_t at = 0;
                bool border = false;
                for (size_t d = rank; d-- > 1;) {
                    const int64_t index = source(mode, rest % out[d - 1], pads[d - 1], in[d - 1]);
                    rest /= out[d - 1];
                    border = border || index < 0;
                    at += index * strides[d - 1];
                }
                float* result = to + row * width;
                if (border) {
                    std::fill(result, result + width, value);
                    continue;
                }
                for (int64_t x = 0; x < width; ++x) {
                    const int64_t index = rank == 0 ? 0 : source(mode, x, pads[rank - 1], in[rank - 1]);
                    result[x] = index < 0 ? value : from[at + index];
                }
            }
        });
    });
}

} // namespace

void float_pad(KernelTable& table);
void float_pad(KernelTable& table) { table.add({.op = "top.Pad", .prepare = preparePad}); }

} // namespace wb::ops

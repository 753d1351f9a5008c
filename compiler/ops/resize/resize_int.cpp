// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Upsample: every element repeated; tpu.Interp to the nearest element copies codes, and exists in float otherwise.
#include "compiler/ops/resize/coordinates.h"
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {
namespace {

bool floatRelu(const ir::Graph& graph, const ir::Node& node) {
    return node.attributes.boolean("do_relu") && !isCode(graph.value(node.results[0]).type);
}

Prepared prepareUpsample(const PrepareContext& c) {
    const auto& in = operandShape(c, 0);
    const int64_t sh = c.node->attributes.integer("scale_h", 1),
                  sw = c.node->attributes.integer("scale_w", 1);
    if (in.size() != 4 || sh < 1 || sw < 1 ||
        resultShape(c) != ir::Shape{in[0], in[1], in[2] * sh, in[3] * sw})
        return cannotRun(c, "its result is not the operand enlarged");
    if (floatRelu(*c.graph, *c.node)) return prepareFloatTwin(c);
    const auto own = stridesOf(in);
    const StridedView view{
        {in[0] * in[1], in[2], sh, in[3], sw}, {own[1], own[2], 0, own[3], 0}, 0};
    const size_t size = ir::sizeInBytes(resultType(c).element);
    const auto pixel = static_cast<size_t>(in[1]) * size;
    // A ReLU of codes: nothing below zero, which may have a code of its own.
    const auto* quant = resultType(c).uniform();
    const bool relu = c.node->attributes.boolean("do_relu"), isSigned = isSignedCode(resultType(c));
    const auto zero = static_cast<int>(quant == nullptr ? 0 : quant->zeroPoint());
    return makeKernel([=](Inputs input, Outputs output,
                                                      const kernels::Work& work) {
        if (output[0].layout == Layout::Nhwc) {
            work.forEach(in[0] * in[2] * sh, 4, [&](int64_t begin, int64_t end) {
                for (int64_t row = begin; row < end; ++row)
                    for (int64_t x = 0; x < in[3] * sw; ++x)
                        std::memcpy(
                            output[0].data + static_cast<size_t>(row * in[3] * sw + x) * pixel,
                            input[0].data + static_cast<size_t>(row / sh * in[3] + x / sw) * pixel,
                            pixel);
            });
        } else {
            copyStrided(view, input[0].data, output[0].data, size, work);
        }
        if (!relu) return;
        work.forEach(output[0].elementCount(), 32768, [&](int64_t begin, int64_t end) {
            auto* codes = output[0].as<uint8_t>();
            for (int64_t i = begin; i < end; ++i)
                codes[i] = static_cast<uint8_t>(std::max(zero, isSigned ? int{static_cast<int8_t>(codes[i])} : int{codes[i]}));
        });
    });
}

std::vector<Layout> upsampleLayouts(const ir::Graph& graph, const ir::Node& node) {
    return floatRelu(graph, node) ? std::vector{Layout::Plain} : codeLayouts(graph, node);
}

Prepared prepareInterp(const PrepareContext& c) {
    const ir::Shape &in = operandShape(c, 0), &out = resultShape(c);
    if (!isCode(operandType(c, 0))) return prepareFloatTwin(c);
    if (c.node->attributes.enumerator("mode", "linear") != "nearest" || c.node->attributes.boolean("do_relu") || !isCode(resultType(c)) ||
        (in.size() != 3 && in.size() != 4) || in.size() != out.size() || in[0] != out[0] || in[1] != out[1])
        return cannotRun(c, "codes are copied from the nearest one, not weighted");
    const ResizeAxes axes = resizeAxesOf(*c.graph, *c.node);
    if (axes.rows.in < 1 || axes.columns.in < 1) return cannotRun(c, "its operand is empty");
    const std::string coordinates = c.node->attributes.enumerator("coord_mode", "half_pixel");
    return makeKernel([planes = in[0] * in[1], from = axes.rows.in * axes.columns.in, width = axes.columns.in, rows = nearestSources(axes.rows, coordinates),
                       columns = nearestSources(axes.columns, coordinates)](Inputs input, Outputs output, const kernels::Work& work) {
        work.forEach(planes, 1, [&](int64_t begin, int64_t end) {
            for (int64_t p = begin; p < end; ++p) {
                const uint8_t* plane = input[0].as<uint8_t>() + p * from;
                uint8_t* to = output[0].as<uint8_t>() + p * static_cast<int64_t>(rows.size() * columns.size());
                for (const int64_t row : rows)
                    for (const int64_t column : columns) *to++ = plane[row * width + column];
            }
        });
    });
}

} // namespace

void integer_resize(KernelTable& table) {
    table.add({.op = "tpu.Upsample", .prepare = prepareUpsample, .layouts = upsampleLayouts});
    addTpuKernel(table, {.op = "tpu.Interp", .prepare = prepareInterp});
}

} // namespace wb::ops

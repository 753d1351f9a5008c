// SPDX-License-Identifier: GPL-3.0-or-later
// What the code generator moves when it puts pictures into blocks (codegen/layouts), on elements of any type: kernel rows
// as channels, columns as channels, and back.
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>

namespace wb::ops {
namespace {

/// Result element (n, c, h, w) is `source(n, c, h, w)` of the operand, or zero (of codes the zero point) where that is
/// below zero.
template <class Source> Prepared gathering(const PrepareContext& c, Source source) {
    ir::Shape out = resultShape(c);
    out.resize(4, 1);
    const size_t size = ir::sizeInBytes(resultType(c).element);
    const auto* quant = resultType(c).uniform();
    const int zero = quant == nullptr || size != 1 ? 0 : static_cast<int>(quant->zeroPoint());
    return makeKernel([out, size, source, zero](Inputs input, Outputs output, const kernels::Work& work) {
        work.forEach(out[0] * out[1], 1, [&](int64_t begin, int64_t end) {
            for (int64_t at = begin; at < end; ++at)
                for (int64_t h = 0; h < out[2]; ++h)
                    for (int64_t w = 0; w < out[3]; ++w) {
                        std::byte* to = output[0].data + static_cast<size_t>((at * out[2] + h) * out[3] + w) * size;
                        const int64_t from = source(at / out[1], at % out[1], h, w);
                        if (from < 0) std::memset(to, zero, size);
                        else std::memcpy(to, input[0].data + static_cast<size_t>(from) * size, size);
                    }
        });
    });
}

Prepared prepareFoldRows(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    const auto in = operandShape(c, 0), out = resultShape(c);
    const int64_t kernel = a.integer("kernel", 1), stride = a.integer("stride", 1), pad = a.integer("pad"),
                  dilation = a.integer("dilation", 1);
    if (in.size() != 4 || out.size() != 4 || out[1] != in[1] * kernel || out[3] != in[3])
        return cannotRun(c, "its rows do not fold that way");
    return gathering(c, [=](int64_t n, int64_t channel, int64_t h, int64_t w) {
        const int64_t row = h * stride + channel % kernel * dilation - pad;
        return row < 0 || row >= in[2] ? -1 : ((n * in[1] + channel / kernel) * in[2] + row) * in[3] + w;
    });
}

Prepared prepareSplit(const PrepareContext& c) {
    const auto in = operandShape(c, 0), out = resultShape(c);
    const int64_t block = c.node->attributes.integer("block", 1), origin = c.node->attributes.integer("origin");
    const bool rows = c.node->attributes.boolean("rows");
    if (in.size() != 4 || out.size() != 4 || out[1] != in[1] * block || out[rows ? 3 : 2] != in[rows ? 3 : 2])
        return cannotRun(c, "its columns do not split that way");
    return gathering(c, [=](int64_t n, int64_t channel, int64_t h, int64_t w) {
        if (rows) {
            const int64_t row = h * block + channel / in[1] - origin;
            return row < 0 || row >= in[2] ? -1 : ((n * in[1] + channel % in[1]) * in[2] + row) * in[3] + w;
        }
        const int64_t column = w * block + channel / in[1] - origin;
        return column < 0 || column >= in[3] ? -1 : ((n * in[1] + channel % in[1]) * in[2] + h) * in[3] + column;
    });
}

Prepared prepareJoin(const PrepareContext& c) {
    const auto in = operandShape(c, 0), out = resultShape(c);
    const auto& a = c.node->attributes;
    const int64_t y = a.integer("y", 1), x = a.integer("x", 1), originY = a.integer("origin_y"), originX = a.integer("origin_x");
    if (in.size() != 4 || out.size() != 4 || y < 1 || x < 1 || in[1] % (y * x) != 0 || out[1] > in[1] / (y * x) || originY < 0 || originX < 0 ||
        out[2] + originY > in[2] * y || out[3] + originX > in[3] * x)
        return cannotRun(c, "its parts do not join that way");
    return gathering(c, [=](int64_t n, int64_t channel, int64_t h, int64_t w) {
        h += originY;
        w += originX;
        const int64_t from = (h % y * x + w % x) * (in[1] / (y * x)) + channel;
        return ((n * in[1] + from) * in[2] + h / y) * in[3] + w / x;
    });
}

Prepared prepareClear(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    const auto in = operandShape(c, 0);
    const int64_t y = a.integer("y", 1), x = a.integer("x", 1), originY = a.integer("origin_y"), originX = a.integer("origin_x"),
                  height = a.integer("height"), width = a.integer("width");
    const auto phases = a.integers("phases");
    if (in.size() != 4 || resultShape(c) != in || static_cast<int64_t>(phases.size()) != in[1])
        return cannotRun(c, "its channels have no phases");
    return gathering(c, [=](int64_t n, int64_t channel, int64_t h, int64_t w) {
        const int64_t phase = phases[static_cast<size_t>(channel)];
        const int64_t row = h * y + phase / x - originY, column = w * x + phase % x - originX;
        const bool inside = row >= 0 && row < height && column >= 0 && column < width;
        return inside ? ((n * in[1] + channel) * in[2] + h) * in[3] + w : -1;
    });
}

Prepared prepareRow(const PrepareContext& c) {
    if (operandType(c, 0).elementCount() != resultType(c).elementCount()) return cannotRun(c, "its channels are no row");
    return makeKernel([](Inputs input, Outputs output, const kernels::Work&) {
        std::memcpy(output[0].data, input[0].data,
                    static_cast<size_t>(output[0].elementCount()) * ir::sizeInBytes(output[0].type->element));
    });
}

/// Other elements of each row, a row being all that one channel has.
Prepared prepareLaneElements(const PrepareContext& c) {
    const auto in = operandShape(c, 0), out = resultShape(c);
    const auto strides = c.node->attributes.integers("strides");
    const int64_t offset = c.node->attributes.integer("offset", 0);
    const auto fits = [](const ir::Shape& shape) { return shape.size() == 3 || shape.size() == 4; };
    if (!fits(in) || !fits(out) || in[0] != out[0] || in[1] != out[1] || strides.size() != 2)
        return cannotRun(c, "its rows do not stay in their lanes");
    const int64_t channels = in[1], width = in[2] * (in.size() == 4 ? in[3] : 1);
    const int64_t last = offset + (out[2] - 1) * strides[0] + (out.size() == 4 ? (out[3] - 1) * strides[1] : 0);
    if (offset < 0 || strides[0] < 0 || strides[1] < 0 || last >= width) return cannotRun(c, "it reaches outside its operand");
    return gathering(c, [=](int64_t n, int64_t channel, int64_t h, int64_t w) {
        return (n * channels + channel) * width + offset + h * strides[0] + w * strides[1];
    });
}

Prepared prepareLaneSlice(const PrepareContext& c) {
    const auto in = operandShape(c, 0), out = resultShape(c);
    const int64_t first = c.node->attributes.integer("first");
    if (in.size() != 4 || out.size() != 4 || first < 0 || in[0] != out[0] || first + out[1] > in[1] || in[2] != out[2] || in[3] != out[3])
        return cannotRun(c, "its channels are none of its operand's");
    return gathering(c, [=](int64_t n, int64_t channel, int64_t h, int64_t w) { return ((n * in[1] + first + channel) * in[2] + h) * in[3] + w; });
}

Prepared prepareLaneJoin(const PrepareContext& c) {
    const auto out = resultShape(c);
    if (out.size() != 3 && out.size() != 4) return cannotRun(c, "its rows do not lie in lanes");
    std::vector<int64_t> widths;
    for (size_t i = 0; i < c.node->operands.size(); ++i) {
        const auto in = operandShape(c, i);
        if (in.size() != out.size() || !std::equal(in.begin(), in.end() - 1, out.begin())) return cannotRun(c, "its operands differ in other axes");
        widths.push_back(in.back());
    }
    if (std::accumulate(widths.begin(), widths.end(), int64_t{0}) != out.back()) return cannotRun(c, "its operands do not fill the result");
    const int64_t rows = std::accumulate(out.begin(), out.end() - 1, int64_t{1}, std::multiplies<>()), width = out.back();
    const size_t size = ir::sizeInBytes(resultType(c).element);
    return makeKernel([rows, width, size, widths](Inputs input, Outputs output, const kernels::Work& work) {
        work.forEach(rows, 8, [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) {
                std::byte* to = output[0].data + static_cast<size_t>(row * width) * size;
                for (size_t i = 0; i < widths.size(); ++i) {
                    const size_t bytes = static_cast<size_t>(widths[i]) * size;
                    std::memcpy(to, input[i].data + static_cast<size_t>(row) * bytes, bytes);
                    to += bytes;
                }
            }
        });
    });
}

} // namespace

void integer_phases(KernelTable& table) {
    table.add({.op = "tpu.FoldRows", .prepare = prepareFoldRows});
    table.add({.op = "tpu.SplitColumns", .prepare = prepareSplit});
    table.add({.op = "tpu.JoinPhases", .prepare = prepareJoin});
    table.add({.op = "tpu.ClearOutside", .prepare = prepareClear});
    table.add({.op = "tpu.LanesToRow", .prepare = prepareRow});
    table.add({.op = "tpu.LaneSlice", .prepare = prepareLaneSlice});
    table.add({.op = "tpu.LaneView", .prepare = prepareLaneElements});
    table.add({.op = "tpu.LaneJoin", .prepare = prepareLaneJoin});
}

} // namespace wb::ops

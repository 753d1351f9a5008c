// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/layouts/costs.h"

#include "compiler/target/bm1684x/machine.h"

#include <algorithm>
#include <limits>

namespace wb::codegen {
namespace {

using bm1684x::ceilDiv;
using bm1684x::kIssueCycles;
using bm1684x::kLanes;
using bm1684x::kVectorBytes;
using ir::ElementType;

constexpr double kBytesPerCycle = 54; ///< of long rows from DDR
constexpr int64_t kMostChannels = 256; ///< of a packed tensor: beyond, lanes are full in any layout

int64_t sizeOf(ElementType element) { return static_cast<int64_t>(ir::sizeInBytes(element)); }

/// One pass of the vector unit over [n, c, pixels] of `size` bytes.
double pass(int64_t n, int64_t channels, int64_t pixels, int64_t size) {
    return static_cast<double>(n * ceilDiv(channels, kLanes) * ceilDiv(pixels * size, kVectorBytes)) + kIssueCycles;
}

/// Passes of a byte an element that an operator takes, by what its commands are.
double bytePasses(const std::string& op, int64_t size) {
    if (op == "tpu.Lut") return 40; // a gather takes 64, sums of straight lines less
    if (op == "tpu.Active") return static_cast<double>(size) * 16;
    if (op == "tpu.Cast") return static_cast<double>(size) * 2;
    return static_cast<double>(std::max<int64_t>(size, 2)) * 3;
}

/// Whether blocks that a node gives hold the zero point outside of the picture, as loaded ones do: tables take zeros there.
bool keepsZero(const ir::Graph& graph, const ir::Node& producer) {
    if (producer.op != "tpu.ScaleLut") return true;
    const auto* quant = graph.value(producer.results[0]).type.uniform();
    const auto zero = static_cast<int8_t>(quant == nullptr ? 0 : quant->zeroPoint());
    const ir::Tensor& tables = *graph.weight(producer.operands[1]);
    for (int64_t at = 0; at < tables.elementCount(); at += 256)
        if (tables.data<int8_t>()[at] != zero) return false;
    return true;
}

struct Array {
    int64_t pixels = 4, channels = 64;
};
Array arrayOf(ElementType element) {
    if (element == ElementType::F32) return {16, 1};
    return {4, kVectorBytes / sizeOf(element)};
}

} // namespace

std::vector<Phases> candidates(const ir::Graph& graph, const Ties& ties, const Tie& tie) {
    std::vector<Phases> out{{}};
    if (tie.plain) return out;
    const ir::TensorType& type = graph.value(tie.values[0]).type;
    if (tie.loaded) {
        const bool zeroIsZero = keepsZero(graph, *graph.producer(tie.values[0]));
        std::vector<std::pair<int64_t, int64_t>> pads{{0, 0}};
        for (const ir::Node& node : graph.nodes())
            if (!node.operands.empty() && node.operands[0] == tie.values[0])
                if (const auto conv = convShapeOf(graph, node)) pads.emplace_back(conv->axes[0].pad, conv->axes[1].pad);
        const bool narrow = isNarrow(type.shape);
        const auto rows = narrow ? std::vector<int64_t>{1, 2, 4, 8, 16, 32, 64} : std::vector<int64_t>{1, 2, 4, 8};
        const auto columns = narrow ? std::vector<int64_t>{1} : rows;
        for (const int64_t y : rows)
            for (const int64_t x : columns)
                for (const auto& [padY, padX] : pads) {
                    const Phases p{y, x, padY % y, padX % x};
                    const bool exact = p.originY == 0 && p.originX == 0 && type.shape[2] % y == 0 && type.shape[3] % x == 0;
                    if (type.shape[1] * p.count() <= kLanes && (exact || zeroIsZero) &&
                        std::find(out.begin(), out.end(), p) == out.end())
                        out.push_back(p);
                }
        return out;
    }
    int64_t most = 0;
    for (const ir::ValueId id : tie.values)
        for (const int64_t channels : ties.segments[static_cast<size_t>(id)])
            most = std::max(most, channels);
    const auto rows = isNarrow(type.shape) ? std::vector<int64_t>{1, 2, 4, 8, 16} : std::vector<int64_t>{1, 2, 4};
    for (const int64_t y : rows)
        for (const int64_t x : {1, 2, 4})
            if (y * x > 1 && y <= type.shape[2] && x <= type.shape[3] && most * y * x <= kMostChannels)
                for (int64_t originY = 0; originY < std::min<int64_t>(y, 2); ++originY)
                    for (int64_t originX = 0; originX < std::min<int64_t>(x, 2); ++originX)
                        out.push_back({y, x, originY, originX});
    return out;
}

double elementwiseCycles(const ir::Graph& graph, const ir::Node& node, const Phases& phases) {
    if (node.op == "tpu.Concat") return 0; // the same bytes in any layout
    const ir::TensorType& out = graph.value(node.results[0]).type;
    const int64_t size = std::max(sizeOf(out.element), sizeOf(graph.value(node.operands[0]).type.element));
    const ir::Shape shape = packedShape(out.shape, phases);
    return bytePasses(node.op, size) * pass(shape[0], shape[1], shape[2] * shape[3], 1);
}

double loadCycles(const ir::Graph& graph, const ir::Node& producer, const Phases& phases) {
    const ir::TensorType& out = graph.value(producer.results[0]).type;
    const int64_t size = sizeOf(out.element), rows = ceilDiv(out.shape[2] + phases.originY, phases.y);
    const int64_t columns = ceilDiv(out.shape[3] + phases.originX, phases.x);
    double cycles = 0;
    if (producer.op == "tpu.ScaleLut") // a gather: one element a cycle in each lane
        cycles += static_cast<double>(out.shape[0] * ceilDiv(out.shape[1] * phases.count(), kLanes) * rows * columns);
    if (producer.op == "tpu.Cast") {
        const int64_t wide = std::max(size, sizeOf(graph.value(producer.operands[0]).type.element));
        cycles += 2 * (isNarrow(out.shape) ? pass(out.shape[0], out.shape[1], out.shape[2], wide)
                                           : pass(out.shape[0], out.shape[1] * phases.y, rows * out.shape[3], wide));
        // Kernel rows are loaded as channels from DDR: the plain one goes there first.
        if (phases.plain() && !isNarrow(out.shape)) cycles += static_cast<double>(out.elementCount() * size) / kBytesPerCycle;
    }
    const bool narrow = isNarrow(out.shape);
    int64_t lanes = out.shape[1] * (narrow ? 1 : phases.y), elements = rows * columns * (narrow ? phases.y : phases.x);
    for (int64_t rest = narrow ? phases.y : phases.x; rest > 1;) {
        const int64_t step = splitStep(rest);
        rest /= step;
        elements = ceilDiv(elements, step);
        const double one = pass(out.shape[0], 1, elements, size);
        cycles += static_cast<double>(step * step) * one;        // every so many columns
        cycles += static_cast<double>((step - 1) * lanes) * one; // to other lanes
        lanes *= step;
    }
    return cycles;
}

double clearCycles(const ConvShape& conv, const Phases& from) {
    if (!needsClear(conv, from)) return 0;
    const int64_t rows = ceilDiv(conv.axes[0].in + from.originY, from.y), columns = ceilDiv(conv.axes[1].in + from.originX, from.x);
    const double column = static_cast<double>(rows) + kIssueCycles;
    return pass(conv.images, conv.in * from.count(), rows * columns, sizeOf(conv.element)) +
           static_cast<double>(2 * from.y) * column;
}

double convCycles(const ConvShape& conv, const Phases& from, const ChannelOrder& in, const Phases& to,
                  const std::vector<int64_t>& outSegments) {
    const int64_t size = sizeOf(conv.element);
    const bool integer = size == 1;
    const auto blocks = blockConv(conv, from, in, to, outSegments);
    if (!blocks && from.plain() && to.plain()) { // beyond the fields of commands: rewrites/wide_windows
        const Array array = arrayOf(conv.element);
        const int64_t taps = conv.axes[0].kernel * conv.axes[1].kernel, pixels = conv.axes[0].out * conv.axes[1].out;
        return static_cast<double>(conv.images * ceilDiv(conv.out, kLanes) * ceilDiv(conv.in / conv.groups, array.channels) * taps *
                                   ceilDiv(pixels, array.pixels));
    }
    if (!blocks) return std::numeric_limits<double>::infinity();
    const int64_t pixels = blocks->y.blocks * blocks->x.blocks;
    const auto outChannels = static_cast<int64_t>(blocks->out.size()), inChannels = static_cast<int64_t>(in.size());
    // Sums of codes are written in 32 bits, get a bias and are scaled.
    double cycles = integer ? conv.bytePasses / 4 * pass(conv.images, outChannels, pixels, 4) : 0;
    double taps = static_cast<double>(blocks->y.kernel * blocks->x.kernel);
    if (conv.depthwise() && from.plain() && to.plain()) {
        const double steps = conv.axes[0].stride > 1 && conv.axes[1].stride > 1 ? 3 : 1;
        if (integer && conv.bias) cycles /= 2; // added by the command
        return cycles + taps * steps * pass(conv.images, outChannels, pixels, 4) + kIssueCycles;
    }
    const Array array = arrayOf(conv.element);
    // Kernel rows become channels where there are few (rewrites/fold_rows): read from DDR once for each.
    if (conv.groups == 1 && conv.axes[1].in > 1 && from.x == 1 && inChannels * blocks->y.kernel <= (integer ? 64 : size == 2 ? 32 : 0)) {
        taps /= static_cast<double>(blocks->y.kernel);
        const double read = static_cast<double>(blocks->y.kernel) / static_cast<double>(blocks->y.stride);
        cycles += read * static_cast<double>(conv.images * conv.in * conv.axes[0].in * conv.axes[1].in * size) / kBytesPerCycle;
    }
    const double columns = static_cast<double>(ceilDiv(pixels, array.pixels));
    double weights = 0;
    for (int64_t row = 0; row < ceilDiv(outChannels, kLanes); ++row) {
        const auto depth = static_cast<double>(blocks->depth(row, array.channels));
        cycles += static_cast<double>(conv.images) * depth * taps * columns;
        weights += depth * taps * static_cast<double>(kLanes * kVectorBytes);
    }
    cycles += weights / kBytesPerCycle;
    if (blocks->parts() > 1) // copies into every n-th column
        cycles += static_cast<double>(std::max(blocks->y.split, blocks->x.split)) * pass(conv.images, outChannels, pixels, size);
    return cycles + kIssueCycles * 3;
}

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/layouts/conv_phases.h"

#include "compiler/ops/conv/conv_bm1684x.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace wb::codegen {
namespace {

using bm1684x::kLanes;

int64_t floorDiv(int64_t a, int64_t b) { return a >= 0 ? a / b : -bm1684x::ceilDiv(-a, b); }

/// Rows of the operand, counted from phase 0 of the block where `phase`'s block of the result begins.
int64_t firstRow(const ConvAxis& axis, const BlockAxis& block, int64_t phase) {
    return axis.stride * (phase - block.toOrigin) - axis.pad + block.fromOrigin;
}

/// In how many groups the channels fall apart: equal runs of which each result reads one only, in whole rows of lanes.
int64_t independentGroups(const ConvShape& conv, const ChannelOrder& in, const ChannelOrder& out) {
    const auto inCount = static_cast<int64_t>(in.size()), outCount = static_cast<int64_t>(out.size());
    if (conv.groups == 1 || inCount % kLanes != 0) return 1;
    const auto groupOf = [&](int64_t channel, int64_t channels) { return channel / (channels / conv.groups); };
    for (int64_t groups = inCount / kLanes; groups > 1; --groups) {
        if (inCount % groups != 0 || outCount % groups != 0 || inCount / groups % kLanes != 0) continue;
        // Which run a group of the convolution lies in.
        std::vector<int64_t> home(static_cast<size_t>(conv.groups), -1);
        bool apart = true;
        for (int64_t i = 0; i < inCount && apart; ++i) {
            int64_t& run = home[static_cast<size_t>(groupOf(in[static_cast<size_t>(i)].channel, conv.in))];
            const int64_t own = i / (inCount / groups);
            apart = run < 0 || run == own;
            run = own;
        }
        for (int64_t o = 0; o < outCount && apart; ++o) {
            const PackedChannel& c = out[static_cast<size_t>(o)];
            apart = c.channel < 0 || home[static_cast<size_t>(groupOf(c.channel, conv.out))] == o / (outCount / groups);
        }
        if (apart) return groups;
    }
    return 1;
}

} // namespace

std::optional<ConvShape> convShapeOf(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "tpu.Conv2D" || node.operands.size() < 2 || node.results.size() != 1 ||
        node.operands[0] == ir::kNoValue || graph.weight(node.operands[0]) != nullptr)
        return {};
    const ir::Tensor* filter = graph.weight(node.operands[1]);
    const ir::TensorType& in = graph.value(node.operands[0]).type;
    const ir::TensorType& out = graph.value(node.results[0]).type;
    if (filter == nullptr || filter->shape().size() != 4 || !in.ranked || !out.ranked || in.shape.size() != 4 ||
        out.shape.size() != 4 || ir::sizeInBytes(in.element) != ir::sizeInBytes(out.element)) // sums have borders of their own
        return {};
    const auto& a = node.attributes;
    const auto list = [&](const char* name, size_t count, int64_t otherwise) {
        auto values = a.integers(name);
        if (values.empty()) values.assign(count, otherwise);
        return values;
    };
    const auto kernel = a.integers("kernel_shape"), strides = list("strides", 2, 1), pads = list("pads", 4, 0),
               dilations = list("dilations", 2, 1);
    if (kernel.size() != 2 || strides.size() != 2 || pads.size() != 4 || dilations.size() != 2 ||
        !a.integers("inserts").empty())
        return {};
    ConvShape conv;
    for (size_t i = 0; i < 2; ++i) {
        conv.axes[i] = {in.shape[2 + i], out.shape[2 + i], kernel[i], strides[i], dilations[i], pads[i]};
        if (in.shape[2 + i] < 1 || out.shape[2 + i] < 1 || kernel[i] < 1 || strides[i] < 1 || dilations[i] < 1 ||
            pads[i] < 0)
            return {};
    }
    conv.images = in.shape[0];
    conv.in = in.shape[1];
    conv.out = out.shape[1];
    conv.groups = a.integer("group", 1);
    conv.element = in.element;
    conv.kernelZero = static_cast<uint8_t>(a.integer("kernel_zp", 0));
    conv.bytePasses = ops::passesBehindSums(node, conv.out);
    if (conv.groups < 1 || conv.in < 1 || conv.out < 1 || conv.in % conv.groups != 0 || conv.out % conv.groups != 0 ||
        filter->shape() != ir::Shape{conv.out, conv.in / conv.groups, kernel[0], kernel[1]})
        return {};
    if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
        const ir::Tensor* bias = graph.weight(node.operands[2]);
        if (bias == nullptr || bias->elementCount() != conv.out) return {};
        conv.bias = true;
    }
    return conv;
}

std::optional<int64_t> BlockAxis::tapOf(const ConvAxis& axis, int64_t phase, int64_t inPhase, int64_t tap) const {
    const int64_t row = (tap - before) * from + inPhase - firstRow(axis, *this, phase);
    if (row < 0 || row % axis.dilation != 0 || row / axis.dilation >= axis.kernel) return {};
    return row / axis.dilation;
}

std::optional<BlockAxis> blockAxis(const ConvAxis& axis, int64_t from, int64_t fromOrigin, int64_t to,
                                   int64_t toOrigin) {
    BlockAxis b;
    b.from = from;
    b.fromOrigin = fromOrigin;
    b.split = from / std::gcd(from, axis.stride * to);
    b.to = to * b.split;
    b.toOrigin = toOrigin;
    b.stride = axis.stride * b.to / from;
    b.blocks = bm1684x::ceilDiv(axis.out + toOrigin, b.to);
    const int64_t first = floorDiv(firstRow(axis, b, 0), from);
    const int64_t last = floorDiv(firstRow(axis, b, b.to - 1) + (axis.kernel - 1) * axis.dilation, from);
    b.before = std::max<int64_t>(0, -first);
    b.kernel = last + b.before + 1;
    const int64_t inBlocks = bm1684x::ceilDiv(axis.in + fromOrigin, from);
    b.after = std::max<int64_t>(0, (b.blocks - 1) * b.stride + b.kernel - b.before - inBlocks);
    if (b.stride > bm1684x::kMaxPad || b.before > bm1684x::kMaxPad || b.after > bm1684x::kMaxPad || b.kernel < 1) return {};
    return b;
}

int64_t BlockConv::depth(int64_t row, int64_t width) const {
    const auto count = static_cast<int64_t>(in.size());
    if (groups == 1) return bm1684x::ceilDiv(count, width);
    const int64_t of = static_cast<int64_t>(out.size()) / groups, inOf = count / groups;
    const int64_t first = row * kLanes / of, last = std::min((row + 1) * kLanes - 1, static_cast<int64_t>(out.size()) - 1) / of;
    return (last - first + 1) * bm1684x::ceilDiv(inOf, width);
}

std::optional<BlockConv> blockConv(const ConvShape& conv, const Phases& from, ChannelOrder in, const Phases& to,
                                   const std::vector<int64_t>& outSegments) {
    const auto y = blockAxis(conv.axes[0], from.y, from.originY, to.y, to.originY);
    const auto x = blockAxis(conv.axes[1], from.x, from.originX, to.x, to.originX);
    if (!y || !x) return {};
    BlockConv blocks{*y, *x, std::move(in), {}, 0, 1};
    const ChannelOrder part = packedOrder(outSegments, to);
    const auto own = static_cast<int64_t>(part.size());
    blocks.partChannels = blocks.parts() == 1 ? own : bm1684x::roundUp(own, kLanes);
    for (int64_t sy = 0; sy < y->split; ++sy)
        for (int64_t sx = 0; sx < x->split; ++sx) {
            for (const PackedChannel& c : part)
                blocks.out.push_back({c.channel, sy * to.y + c.y, sx * to.x + c.x});
            blocks.out.resize(blocks.out.size() + static_cast<size_t>(blocks.partChannels - own), {-1, 0, 0});
        }
    blocks.groups = independentGroups(conv, blocks.in, blocks.out);
    return blocks;
}

bool needsClear(const ConvShape& conv, const Phases& from) {
    const auto needs = [](const ConvAxis& axis, int64_t phases, int64_t origin) {
        const int64_t last = (axis.out - 1) * axis.stride - axis.pad + (axis.kernel - 1) * axis.dilation;
        return (origin > 0 && axis.pad > 0) || ((axis.in + origin) % phases != 0 && last >= axis.in);
    };
    return needs(conv.axes[0], from.y, from.originY) || needs(conv.axes[1], from.x, from.originX);
}

ir::Tensor blockFilter(const ConvShape& conv, const BlockConv& blocks, const ir::Tensor& filter) {
    const int64_t kh = blocks.y.kernel, kw = blocks.x.kernel;
    const auto outCount = static_cast<int64_t>(blocks.out.size());
    const int64_t inOf = static_cast<int64_t>(blocks.in.size()) / blocks.groups, outOf = outCount / blocks.groups;
    const size_t size = ir::sizeInBytes(filter.type());
    ir::Tensor result(filter.type(), {outCount, inOf, kh, kw});
    std::byte* to = result.mutableBytes();
    if (conv.kernelZero != 0) std::memset(to, conv.kernelZero, result.byteSize());
    const int64_t own = conv.in / conv.groups; // operand channels of a result channel
    const auto copyTaps = [&](const PackedChannel& o, const PackedChannel& i, int64_t at) {
        const int64_t group = o.channel / (conv.out / conv.groups);
        if (i.channel / own != group) return;
        for (int64_t ty = 0; ty < kh; ++ty) {
            const auto ky = blocks.y.tapOf(conv.axes[0], o.y, i.y, ty);
            if (!ky) continue;
            for (int64_t tx = 0; tx < kw; ++tx) {
                const auto kx = blocks.x.tapOf(conv.axes[1], o.x, i.x, tx);
                if (!kx) continue;
                const int64_t source = ((o.channel * own + i.channel % own) * conv.axes[0].kernel + *ky) *
                                           conv.axes[1].kernel + *kx;
                std::memcpy(to + static_cast<size_t>(at + ty * kw + tx) * size,
                            filter.bytes() + static_cast<size_t>(source) * size, size);
            }
        }
    };
    for (int64_t o = 0; o < outCount; ++o)
        for (int64_t i = 0; i < inOf; ++i) {
            const PackedChannel& channel = blocks.out[static_cast<size_t>(o)];
            if (channel.channel >= 0)
                copyTaps(channel, blocks.in[static_cast<size_t>(o / outOf * inOf + i)], (o * inOf + i) * kh * kw);
        }
    return result;
}

} // namespace wb::codegen

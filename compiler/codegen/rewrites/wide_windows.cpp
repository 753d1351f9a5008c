// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/wide_windows.h"

#include "compiler/codegen/rewrites/steps.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace wb::codegen {
namespace {

using bm1684x::ceilDiv;
using bm1684x::kMaxPad;
using bm1684x::roundUp;
using ir::Attribute;
using ir::NodeId;
using ir::Shape;
using ir::ValueId;
using Pair = std::array<int64_t, 2>; ///< rows, columns

/// A convolution of pictures with a constant filter, or a pool.
struct Window {
    Pair in{}, out{}, kernel{}, stride{}, dilation{}, before{}, after{};
    int64_t images = 1, inChannels = 1, outChannels = 1, groups = 1;
    bool transposed = false, pool = false;
    int64_t zero = 0, kernelZero = 0; ///< codes that stand for nothing: between and around pixels, for a weight

    int64_t reach(size_t i) const { return (kernel[i] - 1) * dilation[i] + 1; }
};

std::optional<Window> windowOf(const ir::Graph& graph, const ir::Node& node) {
    Window w;
    w.transposed = node.op == "tpu.Deconv";
    w.pool = node.op == "tpu.Pool2D";
    if ((node.op != "tpu.Conv2D" && !w.transposed && !w.pool) || node.operands.empty() ||
        node.operands[0] == ir::kNoValue || graph.weight(node.operands[0]) != nullptr)
        return {};
    if (!w.pool && (node.operands.size() < 2 || graph.weight(node.operands[1]) == nullptr)) return {};
    const ir::TensorType& in = graph.value(node.operands[0]).type;
    const Shape& out = graph.value(node.results[0]).type.shape;
    if (in.shape.size() != 4 || out.size() != 4) return {};
    const auto& a = node.attributes;
    w.zero = in.uniform() == nullptr ? 0 : in.uniform()->zeroPoint();
    w.kernelZero = a.integer("kernel_zp", 0);
    const auto list = [&](const char* name, size_t size, int64_t otherwise) {
        auto values = a.integers(name);
        if (values.empty()) values.assign(size, otherwise);
        return values;
    };
    const auto kernel = list("kernel_shape", 0, 0), stride = list("strides", 2, 1), dilation = list("dilations", 2, 1),
               pads = list("pads", 4, 0);
    if (kernel.size() != 2 || stride.size() != 2 || dilation.size() != 2 || pads.size() != 4 || !a.integers("inserts").empty())
        return {};
    w.images = in.shape[0];
    w.inChannels = in.shape[1];
    w.outChannels = out[1];
    w.groups = a.integer("group", 1);
    for (size_t i = 0; i < 2; ++i) {
        w.in[i] = in.shape[2 + i];
        w.out[i] = out[2 + i];
        w.kernel[i] = kernel[i];
        w.stride[i] = stride[i];
        w.dilation[i] = dilation[i];
        w.before[i] = pads[i];
        w.after[i] = pads[2 + i];
        if (kernel[i] < 1 || stride[i] < 1 || dilation[i] < 1 || pads[i] < 0 || pads[2 + i] < 0) return {};
    }
    if (w.pool) return w;
    const int64_t own = w.groups < 1 ? 0 : w.inChannels / w.groups;
    if (own == 0 || w.outChannels % w.groups != 0 || w.inChannels % w.groups != 0 ||
        graph.weight(node.operands[1])->elementCount() != w.outChannels * own * kernel[0] * kernel[1])
        return {};
    return w;
}

void describe(ir::Node& node, const Window& w) {
    node.attributes.set("kernel_shape", Attribute::ints({w.kernel[0], w.kernel[1]}));
    node.attributes.set("strides", Attribute::ints({w.stride[0], w.stride[1]}));
    node.attributes.set("dilations", Attribute::ints({w.dilation[0], w.dilation[1]}));
    node.attributes.set("pads", Attribute::ints({w.before[0], w.before[1], w.after[0], w.after[1]}));
}

/// A filter [a, b, kernel] of another shape; element by element from where it was, or zero (all of whose bytes are alike).
template <class From> ir::Tensor rearranged(const ir::Tensor& filter, const Shape& shape, int64_t zero, const From& from) {
    ir::Tensor out(filter.type(), shape);
    const size_t size = ir::sizeInBytes(filter.type());
    std::memset(out.mutableBytes(), static_cast<uint8_t>(zero), out.byteSize());
    std::byte* to = out.mutableBytes();
    for (int64_t o = 0; o < shape[0]; ++o)
        for (int64_t c = 0; c < shape[1]; ++c)
            for (int64_t y = 0; y < shape[2]; ++y)
                for (int64_t x = 0; x < shape[3]; ++x, to += size)
                    if (const int64_t at = from(o, c, y, x); at >= 0)
                        std::memcpy(to, filter.bytes() + static_cast<size_t>(at) * size, size);
    return out;
}

void setFilter(Steps& steps, ir::Tensor filter) {
    const ir::TensorType type = steps.graph().value(steps.node().operands[1]).type;
    const ValueId id = steps.constant(std::move(filter), type);
    steps.node().operands[1] = id;
}

/// Rows and columns further apart than a stride can be become channels.
void splitStride(Steps& steps, Window& w) {
    const Pair f{w.stride[0] > kMaxPad ? w.stride[0] : 1, w.stride[1] > kMaxPad ? w.stride[1] : 1};
    Pair blocks{}, kernel{}, cut{};
    for (size_t i = 0; i < 2; ++i) {
        kernel[i] = f[i] == 1 ? w.kernel[i] : (w.reach(i) - 1) / f[i] + 1;
        blocks[i] = f[i] == 1 ? w.in[i] : w.out[i] - 1 + kernel[i];
        cut[i] = f[i] == 1 ? 0 : blocks[i] * f[i] - w.in[i] - w.before[i];
    }
    ValueId x = steps.node().operands[0];
    x = steps.pad(x, {f[0] == 1 ? 0 : w.before[0], f[1] == 1 ? 0 : w.before[1]}, {cut[0], cut[1]}, w.zero);
    x = steps.reshape(x, {w.images, w.inChannels, blocks[0], f[0], blocks[1], f[1]});
    x = steps.permute(x, {0, 1, 3, 5, 2, 4});
    const int64_t channels = f[0] * f[1];
    x = steps.reshape(x, {w.images, w.inChannels * channels, blocks[0], blocks[1]});
    const ir::Tensor filter = *steps.graph().weight(steps.node().operands[1]);
    const int64_t own = w.inChannels / w.groups;
    setFilter(steps, rearranged(filter, {w.outChannels, own * channels, kernel[0], kernel[1]}, w.kernelZero,
                                [&](int64_t o, int64_t c, int64_t ky, int64_t kx) -> int64_t {
        const Pair phase{c % channels / f[1], c % f[1]}, block{ky, kx};
        Pair tap{};
        for (size_t i = 0; i < 2; ++i) {
            const int64_t at = f[i] == 1 ? block[i] * w.dilation[i] : block[i] * f[i] + phase[i];
            if (at % w.dilation[i] != 0 || at / w.dilation[i] >= w.kernel[i]) return -1;
            tap[i] = at / w.dilation[i];
        }
        return ((o * own + c / channels) * w.kernel[0] + tap[0]) * w.kernel[1] + tap[1];
    }));
    steps.node().operands[0] = x;
    w.inChannels *= channels;
    w.in = blocks;
    for (size_t i = 0; i < 2; ++i) {
        if (f[i] == 1) continue;
        w.kernel[i] = kernel[i];
        w.stride[i] = w.dilation[i] = 1;
        w.before[i] = w.after[i] = 0;
    }
    describe(steps.node(), w);
}

/// Rows and columns further apart than a dilation can be become pictures.
void splitDilation(Steps& steps, Window w) {
    const auto wide = [&](size_t i) { return w.dilation[i] > kMaxPad + 1; };
    const Pair f{wide(0) ? w.dilation[0] : 1, wide(1) ? w.dilation[1] : 1};
    Pair blocks{}, before{}, after{}, result{};
    for (size_t i = 0; i < 2; ++i) {
        blocks[i] = w.in[i];
        result[i] = w.out[i];
        if (!wide(i)) continue;
        const int64_t padded = w.in[i] + w.before[i] + w.after[i];
        blocks[i] = ceilDiv(padded, f[i]);
        before[i] = w.before[i];
        after[i] = blocks[i] * f[i] - w.in[i] - w.before[i];
        result[i] = blocks[i] - (w.kernel[i] - 1);
        w.before[i] = w.after[i] = 0;
        w.dilation[i] = 1;
    }
    ValueId x = steps.pad(steps.node().operands[0], {before[0], before[1]}, {after[0], after[1]}, w.zero);
    x = steps.reshape(x, {w.images, w.inChannels, blocks[0], f[0], blocks[1], f[1]});
    x = steps.permute(x, {0, 3, 5, 1, 2, 4});
    const int64_t images = w.images * f[0] * f[1];
    x = steps.reshape(x, {images, w.inChannels, blocks[0], blocks[1]});
    steps.node().operands[0] = x;
    describe(steps.node(), w);
    ValueId y = steps.takeResult({images, w.outChannels, result[0], result[1]});
    steps.behind();
    y = steps.reshape(y, {w.images, f[0], f[1], w.outChannels, result[0], result[1]});
    y = steps.permute(y, {0, 3, 4, 1, 5, 2});
    y = steps.reshape(y, {w.images, w.outChannels, result[0] * f[0], result[1] * f[1]});
    steps.giveResult(steps.pad(y, {0, 0}, {w.out[0] - result[0] * f[0], w.out[1] - result[1] * f[1]}));
}

void padFirst(Steps& steps, Window w) {
    steps.node().operands[0] =
        steps.pad(steps.node().operands[0], {w.before[0], w.before[1]}, {w.after[0], w.after[1]}, w.zero);
    w.before = w.after = {0, 0};
    describe(steps.node(), w);
}

/// What each of `places` results of a channel gets where a filter with a zero point in its operand is split: the
/// taps that it does not see lie on that.
ir::Tensor splitBias(const ir::Tensor* bias, const ir::Tensor& filter, const Window& w) {
    const int64_t places = w.stride[0] * w.stride[1], own = w.inChannels / w.groups;
    ir::Tensor out(bias != nullptr ? bias->type() : ir::ElementType::I32, {1, w.outChannels * places, 1, 1});
    const size_t size = ir::sizeInBytes(out.type());
    const bool isSigned = ir::isSignedInteger(filter.type());
    for (int64_t o = 0; o < w.outChannels * places; ++o) {
        if (bias == nullptr) std::memset(out.mutableBytes() + static_cast<size_t>(o) * size, 0, size);
        else std::memcpy(out.mutableBytes() + static_cast<size_t>(o) * size, bias->bytes() + static_cast<size_t>(o / places) * size, size);
        if (w.zero == 0) continue;
        const Pair phase{o % places / w.stride[1], o % w.stride[1]};
        for (int64_t i = 0; i < own * w.kernel[0] * w.kernel[1]; ++i) {
            const Pair tap{i / w.kernel[1] % w.kernel[0] * w.dilation[0], i % w.kernel[1] * w.dilation[1]};
            if (tap[0] % w.stride[0] == phase[0] && tap[1] % w.stride[1] == phase[1]) continue;
            const uint8_t byte = filter.data<uint8_t>()[o / places * own * w.kernel[0] * w.kernel[1] + i];
            const int64_t weight = (isSigned ? int64_t{static_cast<int8_t>(byte)} : int64_t{byte}) - w.kernelZero;
            out.mutableData<int32_t>()[o] += static_cast<int32_t>(w.zero * weight);
        }
    }
    return out;
}

/// in · kernel blocks: result row q·s + r is the sum over j of input row q - j by tap j·s + r.
void splitTransposed(Steps& steps, Window w) {
    Pair kernel{}, full{};
    for (size_t i = 0; i < 2; ++i) {
        const int64_t last = w.before[i] + w.out[i]; // behind the last row that is wanted
        kernel[i] = std::max(ceilDiv(w.reach(i), w.stride[i]), ceilDiv(last, w.stride[i]) - w.in[i] + 1);
        full[i] = w.in[i] + kernel[i] - 1;
    }
    const int64_t places = w.stride[0] * w.stride[1], own = w.inChannels / w.groups;
    const ir::Tensor filter = *steps.graph().weight(steps.node().operands[1]);
    setFilter(steps, rearranged(filter, {w.outChannels * places, own, kernel[0], kernel[1]}, w.kernelZero,
                                [&](int64_t o, int64_t c, int64_t jy, int64_t jx) -> int64_t {
        const int64_t y = jy * w.stride[0] + o % places / w.stride[1], x = jx * w.stride[1] + o % w.stride[1];
        if (y >= w.reach(0) || x >= w.reach(1) || y % w.dilation[0] != 0 || x % w.dilation[1] != 0) return -1;
        return ((o / places * own + c) * w.kernel[0] + y / w.dilation[0]) * w.kernel[1] + x / w.dilation[1];
    }));
    std::vector<ValueId> operands = steps.node().operands;
    operands.resize(std::max<size_t>(operands.size(), 3), ir::kNoValue);
    if (operands[2] != ir::kNoValue || w.zero != 0) {
        const ir::Tensor* bias = operands[2] == ir::kNoValue ? nullptr : steps.graph().weight(operands[2]);
        ir::TensorType type = steps.graph().value(bias == nullptr ? operands[1] : operands[2]).type;
        if (bias == nullptr) type = {ir::ElementType::I32, {}, true, {}};
        const ValueId id = steps.constant(splitBias(bias, filter, w), type);
        steps.node().operands.resize(operands.size(), ir::kNoValue);
        steps.node().operands[2] = id;
        steps.node().attributes.set("with_bias", true);
    }
    const Window before = w;
    w.kernel = kernel;
    w.stride = w.dilation = {1, 1};
    w.before = w.after = {0, 0};
    describe(steps.node(), w);
    steps.node().attributes.set("output_padding", Attribute::ints({0, 0}));
    const Pair s = before.stride;
    ValueId y = steps.takeResult({w.images, w.outChannels * places, full[0], full[1]});
    steps.behind();
    y = steps.reshape(y, {w.images, w.outChannels, s[0], s[1], full[0], full[1]});
    y = steps.permute(y, {0, 1, 4, 2, 5, 3});
    y = steps.reshape(y, {w.images, w.outChannels, full[0] * s[0], full[1] * s[1]});
    steps.giveResult(steps.pad(y, {-before.before[0], -before.before[1]},
                               {w.out[0] + before.before[0] - full[0] * s[0], w.out[1] + before.before[1] - full[1] * s[1]}));
}

/// Pooling windows further apart than a stride can be, side by side or with gaps: each is a picture of its own.
void splitPool(Steps& steps, Window w) {
    Pair blocks{1, 1}, side = w.in, result = w.out;
    for (size_t i = 0; i < 2; ++i) {
        if (w.stride[i] <= kMaxPad || w.out[i] == 1) continue;
        blocks[i] = w.out[i];
        side[i] = w.stride[i];
        result[i] = w.stride[i] = 1;
    }
    ValueId x = steps.pad(steps.node().operands[0], {0, 0}, {blocks[0] * side[0] - w.in[0], blocks[1] * side[1] - w.in[1]});
    x = steps.reshape(x, {w.images, w.inChannels, blocks[0], side[0], blocks[1], side[1]});
    x = steps.permute(x, {0, 2, 4, 1, 3, 5});
    const int64_t images = w.images * blocks[0] * blocks[1];
    steps.node().operands[0] = steps.reshape(x, {images, w.inChannels, side[0], side[1]});
    steps.node().attributes.set("strides", Attribute::ints({w.stride[0], w.stride[1]}));
    ValueId y = steps.takeResult({images, w.inChannels, result[0], result[1]});
    steps.behind();
    y = steps.reshape(y, {w.images, blocks[0], blocks[1], w.inChannels, result[0], result[1]});
    y = steps.permute(y, {0, 3, 1, 4, 2, 5});
    steps.giveResult(steps.reshape(y, {w.images, w.inChannels, w.out[0], w.out[1]}));
}

bool beyond(const Pair& values, int64_t most) { return values[0] > most || values[1] > most; }

/// Some result sees nothing but what is put around: its sum is no zero where that has a code.
bool seesOnlyBorder(const Window& w) {
    for (size_t i = 0; i < 2; ++i)
        if (w.before[i] >= w.reach(i) || w.after[i] >= w.reach(i)) return true;
    return false;
}

bool transposedBeyond(const Window& w) {
    if (beyond(w.stride, kMaxPad + 1)) return true;
    for (size_t i = 0; i < 2; ++i)
        if (w.reach(i) - 1 < w.before[i] || w.reach(i) - 1 - std::min(w.before[i], w.after[i]) > kMaxPad) return true;
    return false;
}

} // namespace

ir::Graph narrowWindows(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto position = static_cast<NodeId>(i);
        auto window = windowOf(graph, graph.node(position));
        if (!window) continue;
        Steps steps(graph, position, graph.value(graph.node(position).results[0]).name);
        if (window->pool) {
            bool apart = false, simple = !beyond(window->dilation, 1);
            for (size_t axis = 0; axis < 2; ++axis) {
                if (window->stride[axis] <= kMaxPad || window->out[axis] == 1) continue;
                apart = true;
                simple = simple && window->before[axis] == 0 && window->kernel[axis] <= window->stride[axis] &&
                         (window->out[axis] - 1) * window->stride[axis] + window->kernel[axis] <= window->in[axis];
            }
            if (apart && simple) splitPool(steps, *window);
        } else if (window->transposed) {
            const bool bias = graph.node(position).operands.size() > 2 && graph.node(position).operands[2] != ir::kNoValue;
            const bool constant = !bias || graph.weight(graph.node(position).operands[2]) != nullptr;
            // The chip puts zeros between pixels, whatever stands for nothing.
            const bool between = window->zero != 0 && beyond(window->stride, 1);
            if (constant && (transposedBeyond(*window) || between)) splitTransposed(steps, *window);
        } else {
            // A stride with one position is never walked.
            const bool stride = (window->stride[0] > kMaxPad && window->out[0] > 1) ||
                                (window->stride[1] > kMaxPad && window->out[1] > 1);
            if (stride) splitStride(steps, *window);
            if (beyond(window->dilation, kMaxPad + 1) && !beyond(window->stride, 1)) splitDilation(steps, *window);
            else if (beyond(window->before, kMaxPad) || beyond(window->after, kMaxPad) || (window->zero != 0 && seesOnlyBorder(*window)))
                padFirst(steps, *window);
        }
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace wb::codegen

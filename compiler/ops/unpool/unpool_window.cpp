// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/ops/unpool/unpool_window.h"

#include <algorithm>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

ir::AttributeMap blocks(const std::vector<int64_t>& kernel, bool intoChannels) {
    ir::AttributeMap a;
    a.set("block_h", kernel[0]);
    a.set("block_w", kernel[1]);
    a.set("in_is_NCHW", true);
    a.set("is_CRD", false);
    a.set("is_inversed", intoChannels);
    a.set("out_is_NCHW", true);
    a.set("swap_cr", false);
    return a;
}

ir::AttributeMap maxForm(const ir::AttributeMap& window) {
    ir::AttributeMap a = poolAttributes(false);
    for (const char* key : {"kernel_shape", "strides", "pads"})
        a.set(key, ir::Attribute::ints(window.integers(key)));
    if (window.has("ceil_mode")) a.set("ceil_mode", window.boolean("ceil_mode"));
    return a;
}

Id enlarged(Composer& c, Id x, const std::vector<int64_t>& kernel) {
    ir::AttributeMap a = withRelu();
    a.set("scale_h", kernel[0]);
    a.set("scale_w", kernel[1]);
    return c.op("top.Upsample", {x}, std::move(a));
}

/// The last pixels of an axis once more, up to `size`: never the first of a window to be the greatest.
Id lengthened(Composer& c, Id x, size_t axis, int64_t size) {
    const int64_t have = c.shape(x).empty() ? size : c.shape(x)[axis];
    if (have >= size) return x;
    std::vector<Id> parts{x};
    const Id last = c.slice(x, axis, have - 1, have);
    parts.insert(parts.end(), static_cast<size_t>(size - have), last);
    return c.concat(std::move(parts), static_cast<int64_t>(axis));
}

} // namespace

Id poolPositions(const ir::Graph& graph, Id positions) {
    for (int step = 0; step < 2 && positions != ir::kNoValue; ++step) {
        const ir::Node* producer = graph.producer(positions);
        if (producer == nullptr) break;
        if (producer->op == "top.MaxPoolWithMask" && producer->results.back() == positions) return positions;
        if (producer->op != "top.Mod") break;
        positions = producer->operands.front();
    }
    return ir::kNoValue;
}

Id unpoolWindow(Composer& c, ImportBuilder& builder, Id x, Id positions, const ir::Shape& sizes) {
    const ir::Graph& graph = builder.graph();
    positions = poolPositions(graph, positions);
    if (positions == ir::kNoValue || x == ir::kNoValue) return ir::kNoValue;
    const ir::Node pool = *graph.producer(positions);
    if (pool.attributes.integer("storage_order", 0) != 0) return ir::kNoValue;
    const auto kernel = pool.attributes.integers("kernel_shape"), strides = pool.attributes.integers("strides"),
               pads = pool.attributes.integers("pads"), dilations = pool.attributes.integers("dilations");
    const ir::Shape small = c.shape(x);
    constexpr int64_t kMostPixels = 64; // of a window: each is nodes of its own
    if (kernel.size() != 2 || kernel != strides || small.size() != 4 || small != c.shape(positions) || sizes.size() != 4 ||
        kernel[0] > kMostPixels || kernel[1] > kMostPixels || kernel[0] * kernel[1] > kMostPixels || kernel[0] * kernel[1] < 2 || pads.size() != 4 || pads[0] != 0 ||
        pads[1] != 0 || std::any_of(dilations.begin(), dilations.end(), [](int64_t d) { return d != 1; }))
        return ir::kNoValue;
    const ir::Shape data = c.shape(pool.operands[0]);
    for (size_t d = 0; d < 4; ++d) {
        const int64_t most = d < 2 ? small[d] : small[d] * kernel[d - 2];
        const bool fits = d < 2 ? sizes[d] == most && data[d] == most : sizes[d] >= 1 && sizes[d] <= most && data[d] > most - kernel[d - 2] && data[d] <= most;
        if (!fits) return ir::kNoValue;
    }
    Id pixels = pool.operands[0];
    for (const size_t axis : {size_t{2}, size_t{3}})
        pixels = lengthened(c, pixels, axis, small[axis] * kernel[axis - 2]);
    // Values are compared and chosen as they are, never worked out first: what is rounded is rounded before all of it.
    const Id blocksOf = c.op("top.Depth2Space", {pixels}, blocks(kernel, true));
    Id best = ir::kNoValue, index = ir::kNoValue;
    const int64_t count = kernel[0] * kernel[1];
    for (int64_t k = 0; k < count; ++k) {
        const Id here = c.slice(blocksOf, 1, k * small[1], (k + 1) * small[1]);
        if (k == 0) {
            best = here;
            continue;
        }
        const Id greater = c.compare("Greater", here, best);
        index = k == 1 ? greater : c.whereNumber(c.compare("LessOrEqual", here, best), index, static_cast<double>(k));
        if (k + 1 < count) best = c.where(greater, here, best);
    }
    std::vector<Id> chosen;
    for (int64_t k = 0; k < count; ++k)
        chosen.push_back(c.compareNumber("Equal", index, static_cast<double>(k)));
    const Id mask = c.op("top.Depth2Space", {c.concat(std::move(chosen), 1)}, blocks(kernel, false));
    Id y = enlarged(c, x, kernel);
    const bool whole = c.shape(y) == sizes;
    y = (whole ? c.last() : c).mul(y, mask);
    for (const size_t axis : {size_t{2}, size_t{3}}) {
        if (c.failed() || c.shape(y)[axis] == sizes[axis]) continue;
        const bool isLast = axis == 3 || c.shape(y)[3] == sizes[3];
        y = (isLast ? c.last() : c).slice(y, axis, 0, sizes[axis]);
    }
    return y;
}

Status poolWithPositions(const SourceNode& node, ImportBuilder& builder, Id x, ir::AttributeMap attributes, bool inPlane) {
    ir::AttributeMap form = maxForm(attributes);
    SourceNode positions = node;
    positions.outputs = {node.outputs[0] + "_again", inPlane ? node.outputs[1] + "_whole" : node.outputs[1]};
    WB_ASSIGN(const auto both, builder.emitMany(positions, "top.MaxPoolWithMask", {x}, std::move(attributes)));
    if (inPlane) {
        const ir::Shape shape = builder.graph().value(x).type.shape;
        int64_t plane = 1;
        for (size_t d = 2; d < shape.size(); ++d)
            plane *= shape[d];
        const Id size = builder.addConstant(node.outputs[1] + "_plane", ir::Tensor::of<float>(ir::ElementType::F32, {1}, std::vector<float>{static_cast<float>(plane)}));
        SourceNode second = node;
        second.outputs = {node.outputs[1]};
        WB_TRY(builder.emit(second, "top.Mod", {both.at(1), size}, {}));
    }
    auto values = builder.emit(node, "top.MaxPool", {x}, std::move(form));
    if (!values) return std::move(values).error();
    return {};
}

} // namespace wb::ops

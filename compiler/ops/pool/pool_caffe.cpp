// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Pooling. Sizes round up, and a window that would begin in the padding behind the picture is dropped; an
// average counts padded pixels but none beyond them. SPP is a pyramid of such layers.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/import_compose.h"
#include "compiler/ops/unpool/unpool_window.h"

#include <algorithm>

namespace wb::ops {
namespace {

using Id = ir::ValueId;

struct CaffePool {
    std::vector<int64_t> kernel, stride, pad;
    bool up = true; ///< sizes round up
};

/// Pads on all sides as the graph has them: those behind the picture may be more than those in front (`beyond`).
struct Borders {
    std::vector<int64_t> pads;
    bool padded = false, beyond = false;
};

Result<Borders> bordersOf(const SourceNode& node, const ir::Shape& x, const CaffePool& p) {
    const size_t axes = p.kernel.size();
    Borders b;
    b.pads = p.pad;
    b.pads.resize(2 * axes, 0);
    for (size_t i = 0; i < axes; ++i) {
        constexpr int64_t kMost = 1 << 20; // larger windows are damaged files
        if (p.kernel[i] < 1 || p.stride[i] < 1 || p.pad[i] < 0 || p.kernel[i] > kMost || p.stride[i] > kMost || p.pad[i] >= p.kernel[i])
            return attributeError(node, "kernel " + std::to_string(p.kernel[i]) + ", stride " + std::to_string(p.stride[i]) +
                                            ", pad " + std::to_string(p.pad[i]));
        const int64_t room = x[i + 2] + 2 * p.pad[i] - p.kernel[i];
        if (room < 0) return attributeError(node, "the window is larger than the picture");
        int64_t count = (p.up ? (room + p.stride[i] - 1) / p.stride[i] : room / p.stride[i]) + 1;
        if (p.pad[i] > 0 && (count - 1) * p.stride[i] >= x[i + 2] + p.pad[i]) --count;
        b.pads[i + axes] = std::max<int64_t>(0, (count - 1) * p.stride[i] + p.kernel[i] - x[i + 2] - p.pad[i]);
        b.padded = b.padded || p.pad[i] > 0;
        b.beyond = b.beyond || b.pads[i + axes] > p.pad[i];
    }
    return b;
}

ir::AttributeMap poolForm(const CaffePool& p, const std::vector<int64_t>& pads, bool countPads) {
    ir::AttributeMap a = poolAttributes(countPads);
    a.set("kernel_shape", ir::Attribute::ints(p.kernel));
    a.set("strides", ir::Attribute::ints(p.stride));
    a.set("pads", ir::Attribute::ints(pads));
    return a;
}

/// Pools x; `isLast` gives the result the layer's name.
Id poolOf(const SourceNode& node, Composer& c, Id x, const std::string& method, const CaffePool& p, bool isLast) {
    const ir::Shape in = c.shape(x);
    if (c.failed()) return ir::kNoValue;
    const auto found = bordersOf(node, in, p);
    if (!found) {
        c.fail(found.error());
        return ir::kNoValue;
    }
    Borders b = *found;
    if (method == "STOCHASTIC") { // in use: the mean of what might be drawn, Σ x² / Σ x
        const Id squares = c.op("top.AvgPool", {c.mul(x, x)}, poolForm(p, b.pads, false));
        const Id mean = c.number("top.MaxConst", c.op("top.AvgPool", {x}, poolForm(p, b.pads, false)), 1e-6);
        return (isLast ? c.last() : c).div(squares, mean);
    }
    if (method == "AVE" && b.padded && b.beyond) {
        // Both kinds of pixels outside: the counted ones become data, the others stay padding.
        const size_t axes = p.kernel.size();
        std::vector<int64_t> paddings(2 * (axes + 2), 0);
        for (size_t i = 0; i < axes; ++i)
            paddings[2 + i] = paddings[axes + 4 + i] = p.pad[i];
        ir::AttributeMap a;
        a.set("mode", "constant");
        a.set("paddings", ir::Attribute::ints(paddings));
        a.set("val", 0.0);
        x = c.op("top.Pad", {x}, std::move(a));
        for (size_t i = 0; i < axes; ++i) {
            b.pads[i] = 0;
            b.pads[i + axes] = std::max<int64_t>(0, b.pads[i + axes] - p.pad[i]);
        }
    }
    return (isLast ? c.last() : c).op(method == "AVE" ? "top.AvgPool" : "top.MaxPool", {x}, poolForm(p, b.pads, !b.beyond));
}

/// The second top: where the maxima are, for an Upsample (resize_caffe.cpp).
Status withPositions(const SourceNode& node, ImportBuilder& builder, Id x, const CaffePool& p) {
    WB_ASSIGN(const Borders b, bordersOf(node, builder.graph().value(x).type.shape, p));
    ir::AttributeMap a;
    a.set("kernel_shape", ir::Attribute::ints(p.kernel));
    a.set("strides", ir::Attribute::ints(p.stride));
    a.set("pads", ir::Attribute::ints(b.pads));
    a.set("dilations", ir::Attribute::ints(std::vector<int64_t>(p.kernel.size(), 1)));
    a.set("ceil_mode", false);
    a.set("storage_order", 0);
    return poolWithPositions(node, builder, x, std::move(a), true);
}

Status importCaffePool(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    if (c.failed() || in.size() < 4 || in.size() > 5) return attributeError(node, "input of shape " + ir::toText(in));
    const std::string method = node.string("pool", "MAX");
    const size_t axes = in.size() - 2;
    CaffePool p;
    WB_ASSIGN(p.kernel, caffeWindow(node, "kernel", 0, axes));
    WB_ASSIGN(p.stride, caffeWindow(node, "stride", 1, axes));
    WB_ASSIGN(p.pad, caffeWindow(node, "pad", 0, axes));
    if (node.integer("global_pooling", 0) != 0) {
        p.kernel.assign(in.begin() + 2, in.end());
        p.stride.assign(axes, 1);
        p.pad.assign(axes, 0);
    }
    p.up = node.string("round_mode", "CEIL") == "CEIL" && node.integer("ceil_mode", 1) != 0;
    if (node.outputs.size() > 1) {
        if (method != "MAX") return attributeError(node, "positions of pool " + method);
        return withPositions(node, builder, x, p);
    }
    return c.done(poolOf(node, c, x, method, p, true));
}

/// Spatial pyramid: 1, 4, 16, … windows that cover the picture, each level flattened, behind one another.
Status importSpp(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const Id x = c.input(0);
    const ir::Shape in = c.shape(x);
    const int64_t levels = node.integer("pyramid_height", 0);
    if (c.failed() || in.size() != 4 || levels < 1 || levels > 12) return attributeError(node, std::to_string(levels) + " levels of " + ir::toText(in));
    std::vector<Id> parts;
    for (int64_t level = 0; level < levels; ++level) {
        const int64_t bins = int64_t{1} << level;
        CaffePool p;
        for (size_t d = 2; d < 4; ++d) {
            const int64_t kernel = (in[d] + bins - 1) / bins;
            p.kernel.push_back(kernel);
            p.pad.push_back((kernel * bins - in[d] + 1) / 2);
        }
        p.stride = p.kernel;
        const Id y = poolOf(node, c, x, node.string("pool", "MAX"), p, false);
        const ir::Shape out = c.shape(y);
        if (c.failed()) return c.done(y);
        parts.push_back((levels == 1 ? c.last() : c).reshape(y, {out[0], out[1] * out[2] * out[3]}));
    }
    return c.done(levels == 1 ? parts.front() : c.last().concat(std::move(parts), 1));
}

} // namespace

void caffe_pool(ImportTable& table);
void caffe_pool(ImportTable& table) {
    table.add(Framework::Caffe, "Pooling", importCaffePool);
    table.add(Framework::Caffe, "SPP", importSpp);
}

} // namespace wb::ops

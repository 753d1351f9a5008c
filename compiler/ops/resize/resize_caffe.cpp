// SPDX-License-Identifier: GPL-3.0-or-later
// Upsample (YOLOv3's fork: every pixel repeated; with positions: unpooling) and Interp (DeepLab's: linear, corners aligned, the padding negative).
#include "compiler/ops/import_compose.h"
#include "compiler/ops/unpool/unpool_window.h"

#include <algorithm>

namespace wb::ops {
namespace {

constexpr int64_t kMostPixels = 1 << 20; ///< in one direction; larger ones are damaged files

/// SegNet's and ENet's: every number goes back to where its pooling layer found it. Positions count through a plane of
/// the result, so that one has to be as wide as what was pooled.
Status importUnpool(const SourceNode& node, ImportBuilder& builder, Composer& c, ir::ValueId x) {
    const ir::ValueId given = c.input(1), positions = poolPositions(builder.graph(), given);
    const ir::Shape in = c.shape(x);
    if (c.failed()) return c.done(x);
    if (positions == ir::kNoValue || in.size() != 4 || c.shape(positions) != in)
        return attributeError(node, "positions " + ir::toText(c.shape(given)) + " that no pooling layer of this network gives");
    const ir::Shape pooled = c.shape(builder.graph().producer(positions)->operands[0]);
    const int64_t both = node.integer("scale", 2), h = node.integer("scale_h", both), w = node.integer("scale_w", both);
    if (h < 1 || w < 1 || h > kMostPixels || w > kMostPixels || in[2] > kMostPixels || in[3] > kMostPixels)
        return attributeError(node, "scale " + std::to_string(h) + "×" + std::to_string(w));
    const ir::Shape sizes{in[0], in[1], node.integer("upsample_h", in[2] * h), node.integer("upsample_w", in[3] * w)};
    if (sizes[3] != pooled[3] || sizes[2] < pooled[2] || sizes[2] > kMostPixels)
        return attributeError(node, "a result of " + ir::toText(sizes) + " for positions in " + ir::toText(pooled) +
                                        "; upsample_h and upsample_w have to be what was pooled");
    if (const ir::ValueId y = unpoolWindow(c, builder, x, positions, sizes); c.failed() || y != ir::kNoValue) return c.done(y);
    ir::AttributeMap a;
    a.set("sizes", ir::Attribute::ints(sizes));
    a.set("counted", ir::Attribute::ints(pooled));
    return c.done(c.last().op("top.MaxUnpool", {x, positions}, std::move(a)));
}

Status importCaffeUpsample(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId x = c.input(0);
    const ir::Shape in = c.shape(x);
    if (c.failed()) return c.done(x);
    if (node.inputs.size() > 1) return importUnpool(node, builder, c, x);
    const int64_t both = node.integer("scale", 2), h = node.integer("scale_h", both), w = node.integer("scale_w", both);
    if (in.size() != 4 || h < 1 || w < 1 || h > kMostPixels || w > kMostPixels ||
        node.integer("upsample_h", in[2] * h) != in[2] * h || node.integer("upsample_w", in[3] * w) != in[3] * w)
        return attributeError(node, "scale " + std::to_string(h) + "×" + std::to_string(w) + " of " + ir::toText(in));
    ir::AttributeMap a = withRelu();
    a.set("scale_h", h);
    a.set("scale_w", w);
    return c.done(c.last().op("top.Upsample", {x}, std::move(a)));
}

/// Result size of one axis, or 0. Shrinking comes before zooming; a given size goes before both.
int64_t interpSize(const SourceNode& node, const char* key, int64_t size) {
    const int64_t given = node.integer(key, 0), shrink = node.integer("shrink_factor", 1), zoom = node.integer("zoom_factor", 1);
    if (given > 0) return given;
    if (size < 1 || size > kMostPixels || shrink < 1 || zoom < 1 || zoom > kMostPixels) return 0;
    size = (size - 1) / shrink + 1;
    return size + (size - 1) * (zoom - 1);
}

Status importCaffeInterp(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    ir::ValueId x = c.input(0);
    ir::Shape in = c.shape(x);
    if (c.failed()) return c.done(x);
    if (in.size() != 4) return attributeError(node, "input of shape " + ir::toText(in));
    const int64_t begin = -node.integer("pad_beg", 0), end = -node.integer("pad_end", 0);
    if (begin < 0 || end < 0 || begin >= kMostPixels || end >= kMostPixels || begin + end >= std::min(in[2], in[3]))
        return attributeError(node, "pad_beg or pad_end");
    if (begin > 0 || end > 0)
        for (const size_t axis : {size_t{2}, size_t{3}})
            x = c.slice(x, axis, begin, in[axis] - end);
    in = c.shape(x);
    if (c.failed()) return c.done(x);
    const int64_t h = interpSize(node, "height", in[2]), w = interpSize(node, "width", in[3]);
    if (h < 1 || w < 1 || h > kMostPixels || w > kMostPixels)
        return attributeError(node, "a result of " + std::to_string(h) + "×" + std::to_string(w));
    ir::AttributeMap a;
    a.set("coord_mode", "align_corners");
    a.set("mode", "linear");
    a.set("scale_h", -1.0);
    a.set("scale_w", -1.0);
    const ir::ValueId size = c.tensor({2}, {static_cast<float>(h), static_cast<float>(w)});
    return c.done(c.last().op("top.Interp", {x, size}, std::move(a)));
}

} // namespace

void caffe_resize(ImportTable& table);
void caffe_resize(ImportTable& table) {
    table.add(Framework::Caffe, "Upsample", importCaffeUpsample);
    table.add(Framework::Caffe, "Interp", importCaffeInterp);
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's SPACE_TO_DEPTH and DEPTH_TO_SPACE (the block lies before the channels), and SPACE_TO_BATCH_ND,
// BATCH_TO_SPACE_ND where they do not stand around a convolution (those become its dilation in the reader).
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

Status importTfliteShuffle(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    if (x.size() != 4) return attributeError(node, "input of shape " + ir::toText(x));
    WB_ASSIGN(const ir::ValueId in, n.operand(0, Order::Picture));
    ir::AttributeMap a;
    a.set("block_h", node.integer("block_size", 0));
    a.set("block_w", node.integer("block_size", 0));
    a.set("in_is_NCHW", true);
    a.set("is_CRD", false);
    a.set("is_inversed", node.kind == "SPACE_TO_DEPTH");
    a.set("out_is_NCHW", true);
    a.set("swap_cr", false);
    return n.emit("top.Depth2Space", {in}, std::move(a), Order::Picture);
}

struct Blocks {
    int64_t h = 1, w = 1;
    std::vector<int64_t> borders; ///< top, bottom, left, right
};

Result<Blocks> readBlocks(TfliteNode& n, const ir::Shape& x) {
    const auto sizes = constantInts(n.source(), n.builder(), 1), borders = constantInts(n.source(), n.builder(), 2);
    if (!sizes || !borders) return attributeError(n.source(), "the blocks are known only at run time");
    if (x.size() != 4 || sizes->size() != 2 || borders->size() != 4)
        return attributeError(n.source(), "blocks of " + std::to_string(sizes->size()) + " axes of " + ir::toText(x));
    Blocks b{(*sizes)[0], (*sizes)[1], *borders};
    if (b.h < 1 || b.w < 1 || b.h > 4096 || b.w > 4096)
        return attributeError(n.source(), "blocks of " + ir::toText(*sizes));
    for (const int64_t border : *borders)
        if (border < 0 || border > INT32_MAX) return attributeError(n.source(), "a border of " + std::to_string(border));
    return b;
}

ir::AttributeMap reshapedTo(const ir::Shape& shape) {
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape));
    return a;
}

ir::AttributeMap permutedBy(const ir::Shape& order) {
    ir::AttributeMap a;
    a.set("order", ir::Attribute::ints(order));
    return a;
}

/// [n, c, h, w] → pad → [bh, bw, n, c, h/bh, w/bw] as one batch.
Status importSpaceToBatch(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const Blocks b, readBlocks(n, x));
    WB_ASSIGN(ir::ValueId value, n.operand(0, Order::Picture));
    const auto& p = b.borders;
    const int64_t h = x[1] + p[0] + p[1], w = x[2] + p[2] + p[3];
    if (h % b.h != 0 || w % b.w != 0) return nodeError(node, Code::ShapeMismatch, "blocks do not divide " + ir::toText({h, w}));
    if (p[0] + p[1] + p[2] + p[3] > 0) {
        ir::AttributeMap a;
        a.set("mode", "constant");
        a.set("paddings", ir::Attribute::ints({0, 0, p[0], p[2], 0, 0, p[1], p[3]}));
        a.set("val", 0.0);
        WB_ASSIGN(value, n.step("top.Pad", {value}, std::move(a), "_pad"));
    }
    WB_ASSIGN(value, n.step("top.Reshape", {value}, reshapedTo({x[0], x[3], h / b.h, b.h, w / b.w, b.w}), "_blocks"));
    WB_ASSIGN(value, n.step("top.Permute", {value}, permutedBy({3, 5, 0, 1, 2, 4}), "_turned"));
    return n.emit("top.Reshape", {value}, reshapedTo({x[0] * b.h * b.w, x[3], h / b.h, w / b.w}), Order::Picture);
}

Status importBatchToSpace(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const Blocks b, readBlocks(n, x));
    const auto& p = b.borders;
    if (x[0] % (b.h * b.w) != 0) return nodeError(node, Code::ShapeMismatch, "blocks do not divide a batch of " + std::to_string(x[0]));
    const int64_t batch = x[0] / (b.h * b.w), h = x[1] * b.h, w = x[2] * b.w;
    if (p[0] + p[1] > h || p[2] + p[3] > w) return nodeError(node, Code::ShapeMismatch, "crops more than there is");
    WB_ASSIGN(ir::ValueId value, n.operand(0, Order::Picture));
    WB_ASSIGN(value, n.step("top.Reshape", {value}, reshapedTo({b.h, b.w, batch, x[3], x[1], x[2]}), "_blocks"));
    WB_ASSIGN(value, n.step("top.Permute", {value}, permutedBy({2, 3, 4, 0, 5, 1}), "_turned"));
    if (p[0] + p[1] + p[2] + p[3] == 0) return n.emit("top.Reshape", {value}, reshapedTo({batch, x[3], h, w}), Order::Picture);
    WB_ASSIGN(value, n.step("top.Reshape", {value}, reshapedTo({batch, x[3], h, w}), "_whole"));
    ir::AttributeMap a;
    a.set("axes", ir::AttributeList{});
    a.set("ends", ir::Attribute::ints({batch, x[3], h - p[1], w - p[3]}));
    a.set("hasparamConvert_axes", ir::AttributeList{});
    a.set("offset", ir::Attribute::ints({0, 0, p[0], p[2]}));
    a.set("steps", ir::Attribute::ints({1, 1, 1, 1}));
    return n.emit("top.Slice", {value, ir::kNoValue, ir::kNoValue, ir::kNoValue}, std::move(a), Order::Picture);
}

} // namespace

void tflite_depth2space(ImportTable& table);
void tflite_depth2space(ImportTable& table) {
    table.add(Framework::TFLite, "SPACE_TO_DEPTH", importTfliteShuffle);
    table.add(Framework::TFLite, "DEPTH_TO_SPACE", importTfliteShuffle);
    table.add(Framework::TFLite, "SPACE_TO_BATCH_ND", importSpaceToBatch);
    table.add(Framework::TFLite, "BATCH_TO_SPACE_ND", importBatchToSpace);
}

} // namespace wb::ops

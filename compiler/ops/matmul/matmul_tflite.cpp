// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's FULLY_CONNECTED (filter [outputs, inputs]) and BATCH_MATMUL.
#include "compiler/ops/tflite_help.h"

#include <numeric>

namespace wb::ops {
namespace {

ir::AttributeMap shapeAttribute(const ir::Shape& shape) {
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape));
    return a;
}

/// Rows of `inner` numbers. A picture that is one row is not turned; the filter's rows are, in its place.
Status importFullyConnected(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    if (node.integer("weights_format", 0) != 0) return attributeError(node, "shuffled weights");
    WB_ASSIGN(const ir::Shape x, n.shape(0));
    WB_ASSIGN(const ir::Shape filter, n.shape(1));
    if (filter.size() != 2 || filter[1] < 1 || x.empty())
        return nodeError(node, Code::ShapeMismatch, "input " + ir::toText(x) + ", filter " + ir::toText(filter));
    const int64_t inner = filter[1];
    const auto count = ir::checkedElementCount(x);
    if (!count || *count % inner != 0)
        return nodeError(node, Code::ShapeMismatch, "rows of " + std::to_string(inner) + " from " + ir::toText(x));
    const bool keep = node.integer("keep_num_dims", 0) != 0 && x.back() == inner;
    const bool wholePicture = x.size() == 4 && n.order({0}) == Order::Picture && !keep && *count == x[0] * inner &&
                              n.isConstant(1);
    ir::ValueId left = ir::kNoValue, right = ir::kNoValue;
    if (wholePicture) {
        WB_ASSIGN(left, n.operand(0, Order::Picture));
        // [o, h, w, c] → [c, h, w, o]
        WB_ASSIGN(right, n.weight(1, {3, 1, 2, 0}, {filter[0], x[1], x[2], x[3]}));
        ir::Value& value = builder.graph().value(right);
        const std::string name = value.name;
        value.type.shape = {inner, filter[0]};
        builder.graph().weights[name] = builder.graph().weights[name].reshaped({inner, filter[0]});
        if (auto* quant = std::get_if<ir::UniformQuant>(&value.type.quant); quant != nullptr && quant->axis)
            quant->axis = 1;
    } else {
        WB_ASSIGN(left, n.inFileOrder(0));
        if (n.isConstant(1)) {
            WB_ASSIGN(right, n.weight(1, {1, 0}));
        } else {
            WB_ASSIGN(right, n.operand(1, Order::File));
            WB_ASSIGN(right, n.permuted(right, {1, 0}, builder.resultName(node, 0) + "_filter"));
        }
    }
    ir::Shape flat{*count / inner, inner};
    if (keep) flat = x;
    if (builder.graph().value(left).type.shape != flat) {
        WB_ASSIGN(left, n.step("top.Reshape", {left}, shapeAttribute(flat), "_rows", &node.inputs[0]));
    }
    ir::ValueId bias = ir::kNoValue;
    if (n.has(2)) {
        WB_ASSIGN(bias, n.isConstant(2) ? n.weight(2, {}) : n.operand(2, Order::File));
    }
    return n.emit("top.MatMul", {left, right, bias}, matmulAttributes(), Order::File, true);
}

Status importBatchMatmul(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TfliteNode n(node, builder);
    ir::ValueId sides[2] = {ir::kNoValue, ir::kNoValue};
    const char* keys[2] = {"adj_x", "adj_y"};
    for (size_t i = 0; i < 2; ++i) {
        WB_ASSIGN(const ir::Shape shape, n.shape(i));
        if (shape.size() < 2) return attributeError(node, "an operand of shape " + ir::toText(shape));
        std::vector<int64_t> axes(shape.size());
        std::iota(axes.begin(), axes.end(), 0);
        if (node.integer(keys[i], 0) != 0) std::swap(axes[axes.size() - 1], axes[axes.size() - 2]);
        if (n.isConstant(i)) {
            WB_ASSIGN(sides[i], n.weight(i, axes));
            continue;
        }
        WB_ASSIGN(sides[i], n.operand(i, Order::File));
        WB_ASSIGN(sides[i], n.permuted(sides[i], axes, builder.resultName(node, 0) + (i == 0 ? "_x" : "_y")));
    }
    return n.emit("top.MatMul", {sides[0], sides[1], ir::kNoValue}, matmulAttributes(), Order::File);
}

} // namespace

void tflite_matmul(ImportTable& table);
void tflite_matmul(ImportTable& table) {
    table.add(Framework::TFLite, "FULLY_CONNECTED", importFullyConnected);
    table.add(Framework::TFLite, "BATCH_MATMUL", importBatchMatmul);
}

} // namespace wb::ops

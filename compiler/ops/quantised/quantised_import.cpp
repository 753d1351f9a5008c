// SPDX-License-Identifier: GPL-3.0-or-later
// Quantised operators of a source network, written in real arithmetic on the codes (sums of products of 8-bit
// codes are exact in single precision up to 2^24): ONNX QuantizeLinear-10…21, DequantizeLinear-10…21,
// QLinearConv-10, QLinearMatMul-10…21, ConvInteger-10, MatMulInteger-10.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/onnx_window.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

using Id = ir::ValueId;
using ir::ElementType;

/// Smallest and largest code of a type; nothing for types that are no codes.
std::optional<std::pair<double, double>> codes(ElementType type) {
    switch (type) {
    case ElementType::Si8: return std::pair{-128.0, 127.0};
    case ElementType::Ui8: return std::pair{0.0, 255.0};
    case ElementType::Si16: return std::pair{-32768.0, 32767.0};
    case ElementType::Ui16: return std::pair{0.0, 65535.0};
    default: return {};
    }
}

/// A list of one number an index of `axis`, shaped so that it broadcasts; single numbers as they are.
Id along(Composer& c, Id list, size_t rank, int64_t axis) {
    const ir::Shape shape = c.shape(list);
    if (shape.size() != 1 || shape[0] == 1 || axis < 0 || axis >= static_cast<int64_t>(rank)) return list;
    ir::Shape wide(rank, 1);
    wide[static_cast<size_t>(axis)] = shape[0];
    return wide == shape ? list : c.reshape(list, wide);
}

/// x - zero point, if there is one.
Id centred(Composer& c, size_t x, size_t zero, int64_t axis) {
    const Id in = c.input(x);
    if (!c.has(zero)) return in;
    return c.sub(in, along(c, c.input(zero), c.shape(in).size(), axis));
}

/// round(real) + zero, within the codes of the type of input `zero`; becomes the node's result.
Status requantised(Composer& c, const SourceNode& node, ImportBuilder& builder, Id real, size_t zero, int64_t axis) {
    const auto range = codes(c.has(zero) ? builder.sourceType(node.inputs[zero]) : ElementType::Ui8);
    if (!range) return attributeError(node, "codes of another type than 8 or 16 bits");
    Id code = c.op("top.Round", {real});
    if (c.has(zero)) code = c.add(code, along(c, c.input(zero), c.shape(code).size(), axis));
    return c.done(c.last().clip(code, range->first, range->second));
}

int64_t axisOf(const SourceNode& node, size_t rank) {
    const int64_t axis = node.integer("axis", 1);
    return axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
}

Status importQuantize(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    if (node.integer("block_size", 0) != 0) return attributeError(node, "blocks of scales");
    Composer c(node, builder);
    const Id x = c.input(0);
    const size_t rank = c.shape(x).size();
    const int64_t axis = axisOf(node, rank);
    return requantised(c, node, builder, c.div(x, along(c, c.input(1), rank, axis)), 2, axis);
}

Status importDequantize(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    if (node.integer("block_size", 0) != 0) return attributeError(node, "blocks of scales");
    Composer c(node, builder);
    const size_t rank = c.shape(c.input(0)).size();
    const int64_t axis = axisOf(node, rank);
    const Id offset = centred(c, 0, 2, axis);
    return c.done(c.last().mul(offset, along(c, c.input(1), rank, axis)));
}

/// Convolution of x - zero with w - zero.
Result<Id> convolution(Composer& c, const SourceNode& node, Id x, Id w, Id bias, bool last) {
    if (c.failed()) return ir::kNoValue;
    const ir::Shape filter = c.shape(w);
    const std::vector<int64_t> kernel =
        filter.size() < 3 ? std::vector<int64_t>{} : ir::Shape(filter.begin() + 2, filter.end());
    WB_ASSIGN(const OnnxWindow window, readOnnxWindow(node, c.shape(x), kernel));
    ir::AttributeMap a =
        convAttributes({window.kernel, window.strides, window.pads, window.dilations, node.integer("group", 1)});
    a.set("weight_is_coeff", 0);
    if (last) c.last();
    return c.op("top.Conv", {x, w, bias}, std::move(a));
}

Status importConvInteger(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const Id x = centred(c, 0, 2, -1), w = centred(c, 1, 3, 0);
    WB_ASSIGN(const Id sum, convolution(c, node, x, w, ir::kNoValue, true));
    return c.done(sum);
}

Status importQLinearConv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 8));
    Composer c(node, builder);
    const Id x = centred(c, 0, 2, -1), w = centred(c, 3, 5, 0);
    const Id bias = c.has(8) ? c.input(8) : ir::kNoValue;
    WB_ASSIGN(const Id sum, convolution(c, node, x, w, bias, false));
    const Id scale = along(c, c.div(c.mul(c.input(1), c.input(4)), c.input(6)), c.shape(sum).size(), 1);
    return requantised(c, node, builder, c.mul(sum, scale), 7, 1);
}

/// Zero points of a left operand may be one a row.
Id rows(Composer& c, size_t x, size_t zero) {
    return centred(c, x, zero, static_cast<int64_t>(c.shape(c.input(x)).size()) - 2);
}
Id columns(Composer& c, size_t x, size_t zero) {
    return centred(c, x, zero, static_cast<int64_t>(c.shape(c.input(x)).size()) - 1);
}

Status importMatMulInteger(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    Composer c(node, builder);
    const Id a = rows(c, 0, 2), b = columns(c, 1, 3);
    return c.done(c.last().matmul(a, b));
}

Status importQLinearMatMul(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 8));
    Composer c(node, builder);
    const Id sum = c.matmul(rows(c, 0, 2), columns(c, 3, 5));
    const auto rank = static_cast<int64_t>(c.shape(sum).size());
    const Id left = along(c, c.input(1), static_cast<size_t>(rank), rank - 2);
    const Id scale = c.div(c.mul(left, c.input(4)), c.input(6));
    return requantised(c, node, builder, c.mul(sum, scale), 7, rank - 1);
}

} // namespace

void import_quantised(ImportTable& table);
void import_quantised(ImportTable& table) {
    table.add(Framework::Onnx, "QuantizeLinear", importQuantize);
    table.add(Framework::Onnx, "DequantizeLinear", importDequantize);
    table.add(Framework::Onnx, "ConvInteger", importConvInteger);
    table.add(Framework::Onnx, "QLinearConv", importQLinearConv);
    table.add(Framework::Onnx, "MatMulInteger", importMatMulInteger);
    table.add(Framework::Onnx, "QLinearMatMul", importQLinearMatMul);
}

} // namespace wb::ops

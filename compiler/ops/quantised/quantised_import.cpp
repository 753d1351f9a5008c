// SPDX-License-Identifier: GPL-3.0-or-later
// Quantised operators of a source network, written in real arithmetic on the codes (sums of products of 8-bit
// codes are exact in single precision up to 2^24): ONNX QuantizeLinear-10…21, DequantizeLinear-10…21,
// QLinearConv-10, QLinearMatMul-10…21, ConvInteger-10, MatMulInteger-10; onnxruntime's own QGemm, QLinearAdd, QLinearMul,
// QLinearConcat, QLinearSigmoid, QLinearLeakyRelu, QLinearSoftmax, QLinearGlobalAveragePool.
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
    const bool stated = node.kind == "QuantizeLinear" && !node.outputs.empty(); // by output_dtype, from operator set 21 on
    const auto range = codes(c.has(zero) ? builder.sourceType(node.inputs[zero]) : stated ? builder.sourceType(node.outputs.front()) : ElementType::Ui8);
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

/// A sum of `terms` products of codes reaches beyond what half precision holds: the right factors are made smaller by
/// this power of two, which changes no digit, and the sum's scale larger.
double evenly(int64_t terms) {
    constexpr double kMostProduct = 255.0 * 255.0, kHalf = 32768.0;
    double factor = 1;
    while (kMostProduct * static_cast<double>(terms) * factor > kHalf && factor > 1.0 / 4096)
        factor /= 2;
    return factor;
}
Id scaled(Composer& c, Id x, double factor) { return factor == 1 ? x : c.number("top.MulConst", x, factor); }

Status importQLinearConv(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 8));
    Composer c(node, builder);
    const ir::Shape filter = c.shape(c.input(3));
    int64_t terms = 1;
    for (size_t d = 1; d < filter.size(); ++d)
        terms *= filter[d];
    const double factor = evenly(terms);
    const Id x = centred(c, 0, 2, -1), w = scaled(c, centred(c, 3, 5, 0), factor);
    const Id bias = c.has(8) ? scaled(c, c.input(8), factor) : ir::kNoValue;
    WB_ASSIGN(const Id sum, convolution(c, node, x, w, bias, false));
    const Id scale = along(c, scaled(c, c.div(c.mul(c.input(1), c.input(4)), c.input(6)), 1 / factor), c.shape(sum).size(), 1);
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
    const ir::Shape rowsShape = c.shape(c.input(0));
    const double factor = evenly(rowsShape.empty() ? 1 : rowsShape.back());
    const Id sum = c.matmul(rows(c, 0, 2), scaled(c, columns(c, 3, 5), factor));
    const auto rank = static_cast<int64_t>(c.shape(sum).size());
    const Id left = along(c, c.input(1), static_cast<size_t>(rank), rank - 2);
    const Id scale = scaled(c, c.div(c.mul(left, c.input(4)), c.input(6)), 1 / factor);
    return requantised(c, node, builder, c.mul(sum, scale), 7, rank - 1);
}

/// (x - zero) · scale of the three inputs from `first` on.
Id realOf(Composer& c, size_t first) { return c.mul(centred(c, first, first + 2, -1), c.input(first + 1)); }

Id sigmoid(Composer& c, Id x) {
    const Id power = c.op("top.Exp", {c.number("top.MulConst", x, -1)});
    return c.div(c.tensor({1}, {1}), c.number("top.AddConst", power, 1));
}

Status importQLinearPair(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 7));
    Composer c(node, builder);
    const Id a = realOf(c, 0), b = realOf(c, 3);
    const Id real = node.kind.ends_with("Add") ? c.add(a, b) : c.mul(a, b);
    return requantised(c, node, builder, c.div(real, c.input(6)), 7, -1);
}

Status importQLinearFunction(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 4));
    Composer c(node, builder);
    Id x = realOf(c, 0);
    const ir::Shape shape = c.shape(x);
    if (node.kind.ends_with("Sigmoid")) {
        x = sigmoid(c, x);
    } else if (node.kind.ends_with("LeakyRelu")) {
        const Id below = c.number("top.MulConst", c.number("top.MinConst", x, 0), node.real("alpha", 0.01));
        x = c.add(c.number("top.MaxConst", x, 0), below);
    } else if (node.kind.ends_with("Softmax")) {
        const auto axis = normaliseAxis(node.integer("axis", -1), shape.size());
        if (!axis || (node.integer("opset", 13) < 13 && *axis + 1 != static_cast<int64_t>(shape.size())))
            return attributeError(node, "several axes at once");
        const Id power = c.op("top.Exp", {c.sub(x, c.reduce("ReduceMax", x, {*axis}, true))});
        x = c.div(power, c.reduce("ReduceSum", power, {*axis}, true));
    } else {
        if (shape.size() < 3) return attributeError(node, "a picture of shape " + ir::toText(shape));
        const bool last = node.integer("channels_last", 0) != 0;
        std::vector<int64_t> axes;
        for (size_t d = 1; d + 1 < shape.size(); ++d)
            axes.push_back(static_cast<int64_t>(last ? d : d + 1));
        x = c.reduce("ReduceMean", x, axes, true);
    }
    return requantised(c, node, builder, c.div(x, c.input(3)), 4, -1);
}

Status importQLinearConcat(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 5));
    if (node.inputs.size() % 3 != 2) return nodeError(node, Code::ModelDamaged, "its inputs are not codes, scale and zero point each");
    Composer c(node, builder);
    std::vector<Id> parts;
    for (size_t i = 2; i < node.inputs.size(); i += 3)
        parts.push_back(realOf(c, i));
    const auto axis = normaliseAxis(node.integer("axis", 1), c.shape(parts.front()).size());
    if (c.failed() || !axis) return attributeError(node, "its axis");
    return requantised(c, node, builder, c.div(c.concat(parts, *axis), c.input(0)), 1, -1);
}

Status importQGemm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 6));
    Composer c(node, builder);
    const bool turned = node.integer("transB", 0) != 0;
    const auto matrix = [&](Id x, bool turn) { return turn ? c.permute(x, {1, 0}) : x; };
    const Id a = centred(c, 0, 2, -1), b = centred(c, 3, 5, turned ? 0 : 1);
    if (c.failed() || c.shape(a).size() != 2 || c.shape(b).size() != 2) return attributeError(node, "operands of other than two axes");
    const double factor = evenly(c.shape(b)[turned ? 1 : 0]);
    Id sum = c.matmul(matrix(a, node.integer("transA", 0) != 0), matrix(scaled(c, b, factor), turned));
    const Id scale = scaled(c, c.mul(c.input(1), along(c, c.input(4), 2, 1)), 1 / factor);
    if (const double alpha = node.real("alpha", 1); alpha != 1) sum = c.number("top.MulConst", sum, alpha);
    if (c.has(6)) sum = c.add(sum, scaled(c, c.input(6), factor)); // at the scale of the sums
    if (!c.has(7)) return c.done(c.last().mul(sum, scale));
    return requantised(c, node, builder, c.mul(sum, c.div(scale, c.input(7))), 8, -1);
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
    const std::string own = "com.microsoft.";
    for (const char* kind : {"QLinearAdd", "QLinearMul"})
        table.add(Framework::Onnx, own + kind, importQLinearPair);
    for (const char* kind : {"QLinearSigmoid", "QLinearLeakyRelu", "QLinearSoftmax", "QLinearGlobalAveragePool"})
        table.add(Framework::Onnx, own + kind, importQLinearFunction);
    table.add(Framework::Onnx, own + "QLinearConcat", importQLinearConcat);
    table.add(Framework::Onnx, own + "QGemm", importQGemm);
}

} // namespace wb::ops

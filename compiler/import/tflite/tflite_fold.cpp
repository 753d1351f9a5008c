// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/tflite/tflite_fold.h"

#include "compiler/import/fold_arithmetic.h"
#include "compiler/import/fold_move.h"
#include "compiler/ops/tflite_help.h"

#include <algorithm>
#include <numeric>

namespace wb::importer {
namespace {

using ir::Tensor;
using TfliteInputs = std::vector<const Tensor*>;
using FoldedMany = std::optional<Result<std::vector<Tensor>>>;

struct OnnxTwin {
    const char* kind;
    const char* onnx;
};
/// Same operands, same meaning.
constexpr OnnxTwin kOnnxTwins[] = {
    {"ADD", "Add"}, {"SUB", "Sub"}, {"MUL", "Mul"},         {"MAXIMUM", "Max"}, {"MINIMUM", "Min"},
    {"POW", "Pow"}, {"NEG", "Neg"}, {"SQRT", "Sqrt"},       {"FLOOR", "Floor"}, {"CEIL", "Ceil"},
    {"LESS", "Less"}, {"LESS_EQUAL", "LessOrEqual"}, {"GREATER", "Greater"}, {"GREATER_EQUAL", "GreaterOrEqual"},
    {"EQUAL", "Equal"}, {"LOGICAL_AND", "And"}, {"LOGICAL_OR", "Or"}, {"LOGICAL_NOT", "Not"},
    {"ABS", "Abs"}, {"RESHAPE", "Reshape"}, {"EXPAND_DIMS", "Unsqueeze"}};
constexpr const char* kOtherFolds[] = {"STRIDED_SLICE", "SLICE",     "PACK",  "CONCATENATION", "GATHER",      "SQUEEZE",
                                   "TRANSPOSE",     "CAST",      "DIV",   "FLOOR_DIV",     "REDUCE_PROD", "SHAPE",
                                   "RANK",          "DEQUANTIZE", "DENSIFY", "RANGE", "FILL",          "BROADCAST_TO", "UNPACK"};

FoldedMany onlyOne(Result<Tensor> tensor) {
    if (!tensor) return Result<std::vector<Tensor>>(std::move(tensor).error());
    return Result<std::vector<Tensor>>(std::vector{std::move(*tensor)});
}

Tensor shapeList(const std::vector<int64_t>& values) {
    return Tensor::of<int64_t>(ir::ElementType::I64, {static_cast<int64_t>(values.size())}, values);
}

/// As an ONNX node, with these operands.
FoldedMany asOnnx(const ops::SourceNode& node, const char* kind, const TfliteInputs& in, Folder& folder,
            std::map<std::string, ops::SourceNode::Value, std::less<>> attributes = {}) {
    ops::SourceNode twin;
    twin.kind = kind;
    twin.name = node.name;
    twin.version = 13;
    twin.outputs = node.outputs;
    for (size_t i = 0; i < in.size(); ++i)
        twin.inputs.push_back("operand " + std::to_string(i));
    twin.attributes = std::move(attributes);
    return folder.fold(twin, in);
}

Tensor atLeastList(const Tensor& tensor) { return tensor.shape().empty() ? tensor.reshaped({1}) : tensor; }

/// The ranges as the import rule reads them, without ellipsis and new axes, which shapes are never cut with.
FoldedMany foldStridedSlice(const ops::SourceNode& node, const TfliteInputs& in) {
    if (in.size() < 4 || node.integer("ellipsis_mask", 0) != 0 || node.integer("new_axis_mask", 0) != 0 ||
        node.integer("offset", 0) != 0)
        return {};
    auto begins = ops::toInts(*in[1]), ends = ops::toInts(*in[2]), steps = ops::toInts(*in[3]);
    const size_t rank = in[0]->shape().size();
    if (!begins || !ends || !steps || begins->size() > rank || ends->size() != begins->size() ||
        steps->size() != begins->size())
        return {};
    std::vector<int64_t> axes(begins->size());
    std::iota(axes.begin(), axes.end(), 0);
    const auto bit = [&](const char* mask, size_t i) { return (node.integer(mask, 0) >> i & 1) != 0; };
    ir::Shape kept;
    for (size_t i = 0; i < axes.size(); ++i) {
        if (bit("shrink_axis_mask", i)) {
            (*ends)[i] = (*begins)[i] == -1 ? INT64_MAX : (*begins)[i] + 1;
            (*steps)[i] = 1;
            continue;
        }
        const bool up = (*steps)[i] > 0;
        if (bit("begin_mask", i)) (*begins)[i] = up ? 0 : INT64_MAX;
        if (bit("end_mask", i)) (*ends)[i] = up ? INT64_MAX : INT64_MIN;
    }
    auto part = sliceConstant(*in[0], *begins, *ends, axes, *steps);
    if (!part) return onlyOne(std::move(part));
    for (size_t d = 0; d < rank; ++d)
        if (d >= axes.size() || !bit("shrink_axis_mask", d)) kept.push_back(part->shape()[d]);
    if (ir::checkedElementCount(kept) != part->elementCount())
        return onlyOne(ops::nodeError(node, Code::ShapeMismatch, "an index outside of " + ir::toText(in[0]->shape())));
    return onlyOne(part->reshaped(kept));
}

/// Whole numbers of different widths as the widest; others as they are.
std::vector<Tensor> ofOneType(const TfliteInputs& in) {
    const bool differ = std::any_of(in.begin(), in.end(), [&](const Tensor* t) { return t->type() != in.front()->type(); });
    std::vector<Tensor> parts;
    for (const Tensor* t : in) {
        const auto values = differ && !ir::isFloat(t->type()) ? ops::toInts(*t) : std::nullopt;
        parts.push_back(values ? shapeList(*values).reshaped(t->shape()) : *t);
    }
    return parts;
}

FoldedMany joined(const ops::SourceNode& node, const TfliteInputs& in, bool newAxis, Folder& folder) {
    std::vector<Tensor> parts = ofOneType(in);
    int64_t axis = node.integer("axis", 0);
    for (Tensor& part : parts) {
        if (part.type() != parts.front().type()) return {};
        if (!newAxis) continue;
        if (part.shape() != in.front()->shape()) return {};
    }
    if (newAxis) {
        ir::Shape shape = parts.front().shape();
        if (axis < 0) axis += static_cast<int64_t>(shape.size()) + 1;
        if (axis < 0 || axis > static_cast<int64_t>(shape.size())) return {};
        shape.insert(shape.begin() + axis, 1);
        for (Tensor& part : parts)
            part = part.reshaped(shape);
    }
    std::vector<const Tensor*> pointers;
    for (const Tensor& part : parts)
        pointers.push_back(&part);
    return asOnnx(node, "Concat", pointers, folder, {{"axis", axis}});
}

/// Quotients of integers are rounded towards zero (DIV) or down (FLOOR_DIV).
FoldedMany foldQuotient(const ops::SourceNode& node, const TfliteInputs& in, Folder& folder) {
    if (ir::isFloat(in[0]->type())) return node.kind == "DIV" ? asOnnx(node, "Div", in, folder) : FoldedMany();
    if (node.kind == "DIV") return asOnnx(node, "Div", in, folder);
    const auto a = ops::toInts(*in[0]), b = ops::toInts(*in[1]);
    if (!a || !b || a->size() != 1 || b->size() != 1 || b->front() == 0) return {};
    const int64_t q = a->front() / b->front(), r = a->front() % b->front();
    return onlyOne(storeNumbers(in[0]->type(), in[0]->shape(), {}, {q - (r != 0 && (r < 0) != (b->front() < 0) ? 1 : 0)}));
}

FoldedMany foldUnpack(const ops::SourceNode& node, const TfliteInputs& in) {
    const ir::Shape& shape = in[0]->shape();
    if (shape.size() != 1 || shape[0] != static_cast<int64_t>(node.outputs.size())) return {};
    std::vector<Tensor> parts;
    for (int64_t i = 0; i < shape[0]; ++i) {
        auto part = sliceConstant(*in[0], {i}, {i + 1}, {0}, {1});
        if (!part) return Result<std::vector<Tensor>>(std::move(part).error());
        parts.push_back(part->reshaped({}));
    }
    return Result<std::vector<Tensor>>(std::move(parts));
}

FoldedMany foldTflite(const ops::SourceNode& node, const TfliteInputs& in, const SourceModel& model, Folder& folder) {
    const std::string& k = node.kind;
    if (in.empty() || std::any_of(in.begin(), in.end(), [](const Tensor* t) { return t == nullptr; })) return {};
    if (node.string("activation", "NONE") != "NONE") return {};
    const auto declared = [&](const std::string& name) -> const ir::UniformQuant* {
        const auto it = model.declared.find(name);
        return it == model.declared.end() ? nullptr : it->second.uniform();
    };
    if (k == "DENSIFY") return onlyOne(*in[0]); // written out when it was read
    if (k == "DEQUANTIZE") {
        const auto* quant = declared(node.inputs[0]);
        if (!folder.charge(in[0]->elementCount()))
            return onlyOne(ops::nodeError(node, Code::OutOfMemory, "the constants unpacked are too large"));
        return onlyOne(quant != nullptr ? ops::dequantised(*in[0], *quant) : ops::toFloat32(*in[0]));
    }
    // Sums and products of codes are not those of their numbers.
    for (const std::string& name : node.inputs)
        if (declared(name) != nullptr) return {};
    for (const OnnxTwin& twin : kOnnxTwins)
        if (k == twin.kind && k != "RESHAPE") {
            // Shapes are 64 bits wide here, what is computed with them 32.
            const std::vector<Tensor> numbers = k == "EXPAND_DIMS" ? std::vector<Tensor>{} : ofOneType(in);
            TfliteInputs operands = in;
            for (size_t i = 0; i < numbers.size(); ++i) operands[i] = &numbers[i];
            return asOnnx(node, twin.onnx, operands, folder);
        }
    if (k == "RESHAPE") {
        if (in.size() > 1) return asOnnx(node, "Reshape", in, folder);
        const Tensor shape = shapeList(node.integers("new_shape").value_or(std::vector<int64_t>{}));
        return asOnnx(node, "Reshape", {in[0], &shape}, folder);
    }
    if (k == "STRIDED_SLICE") return foldStridedSlice(node, in);
    if (k == "PACK") return joined(node, in, true, folder);
    if (k == "UNPACK") return foldUnpack(node, in);
    if (k == "CONCATENATION") return joined(node, in, false, folder);
    if (k == "SQUEEZE") {
        const auto axes = node.integers("axes").value_or(std::vector<int64_t>{});
        if (axes.empty()) return asOnnx(node, "Squeeze", in, folder);
        return asOnnx(node, "Squeeze", in, folder, {{"axes", axes}});
    }
    if (k == "CAST") {
        const std::string to = node.string("to", "");
        const int64_t onnx = to == "Int32" ? 6 : to == "Int64" ? 7 : to == "Float32" ? 1 : to == "Bool" ? 9 : 0;
        if (onnx == 0) return {};
        return asOnnx(node, "Cast", in, folder, {{"to", onnx}});
    }
    if (in.size() < 2) return {};
    if (k == "DIV" || k == "FLOOR_DIV") return foldQuotient(node, in, folder);
    if (k == "GATHER" && node.integer("batch_dims", 0) == 0)
        return asOnnx(node, "Gather", in, folder, {{"axis", node.integer("axis", 0)}});
    if (k == "TRANSPOSE") {
        const auto order = ops::toInts(*in[1]);
        return order ? asOnnx(node, "Transpose", {in[0]}, folder, {{"perm", *order}}) : FoldedMany();
    }
    if (k == "REDUCE_PROD") {
        const auto axes = ops::toInts(*in[1]);
        return axes ? asOnnx(node, "ReduceProd", {in[0]}, folder,
                             {{"axes", *axes}, {"keepdims", node.integer("keep_dims", 0)}})
                    : FoldedMany();
    }
    if (k == "BROADCAST_TO") return asOnnx(node, "Expand", in, folder);
    if (k == "FILL") { // the shape, the number
        const Tensor number = atLeastList(*in[1]);
        return asOnnx(node, "Expand", {&number, in[0]}, folder);
    }
    if (k == "RANGE") return in.size() == 3 ? asOnnx(node, "Range", in, folder) : FoldedMany();
    if (k == "SLICE" && in.size() >= 3) {
        const auto begins = ops::toInts(*in[1]), sizes = ops::toInts(*in[2]);
        if (!begins || !sizes || begins->size() != in[0]->shape().size() || sizes->size() != begins->size()) return {};
        std::vector<int64_t> ends, axes(begins->size());
        std::iota(axes.begin(), axes.end(), 0);
        for (size_t d = 0; d < begins->size(); ++d) {
            if ((*begins)[d] < 0 || (*begins)[d] > INT32_MAX || (*sizes)[d] > INT32_MAX) return {};
            ends.push_back((*sizes)[d] < 0 ? INT64_MAX : (*begins)[d] + (*sizes)[d]);
        }
        return onlyOne(sliceConstant(*in[0], *begins, ends, axes, std::vector<int64_t>(axes.size(), 1)));
    }
    return {};
}

} // namespace

bool tfliteFolds(const std::string& kind) {
    return std::any_of(std::begin(kOnnxTwins), std::end(kOnnxTwins), [&](const OnnxTwin& t) { return kind == t.kind; }) ||
           std::any_of(std::begin(kOtherFolds), std::end(kOtherFolds), [&](const char* k) { return kind == k; });
}

bool foldTfliteInto(GraphBuilder& builder, const ops::SourceNode& node, const TfliteInputs& constants, const SourceModel& model,
                    Folder& folder, Status& status) {
    if (!tfliteFolds(node.kind) || node.inputs.empty() || node.outputs.empty()) return false;
    if (node.kind == "SHAPE" || node.kind == "RANK") {
        const auto shape = constants[0] != nullptr ? std::optional(constants[0]->shape())
                                                   : ops::tfliteShape(builder, node.inputs.front());
        if (!shape) {
            status = ops::nodeError(node, Code::ModelDamaged, "nothing gives the operand '" + node.inputs.front() + "'");
            return true;
        }
        const bool rank = node.kind == "RANK";
        builder.setConstant(node.outputs.front(),
                            rank ? shapeList({static_cast<int64_t>(shape->size())}).reshaped({}) : shapeList(*shape));
        return true;
    }
    auto folded = foldTflite(node, constants, model, folder);
    if (!folded) return false;
    if (!*folded) {
        status = std::move(*folded).error();
        return true;
    }
    for (size_t i = 0; i < (*folded)->size() && i < node.outputs.size(); ++i)
        builder.setConstant(node.outputs[i], std::move((**folded)[i]));
    return true;
}

} // namespace wb::importer

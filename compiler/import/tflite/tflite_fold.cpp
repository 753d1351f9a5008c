// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/tflite/tflite_fold.h"

#include "compiler/import/fold_arithmetic.h"
#include "compiler/import/fold_move.h"
#include "compiler/numeric/multiplier.h"
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
                                   "RANK",          "DEQUANTIZE", "DENSIFY", "RANGE", "FILL",          "BROADCAST_TO", "UNPACK", "FULLY_CONNECTED",
                                   "ZEROS_LIKE"};

/// Elements of the result are elements of the operands.
constexpr const char* kMovingFolds[] = {"RESHAPE", "EXPAND_DIMS", "SQUEEZE", "STRIDED_SLICE", "SLICE", "PACK", "UNPACK", "CONCATENATION",
                                        "GATHER", "TRANSPOSE", "FILL", "BROADCAST_TO"};

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

int64_t codeAt(const Tensor& codes, int64_t i) {
    return codes.type() == ir::ElementType::Ui8 ? int64_t{codes.data<uint8_t>()[i]} : int64_t{codes.data<int8_t>()[i]};
}

/// Codes by codes in the format's arithmetic: recurrent layers begin with a state that is known.
FoldedMany foldDense(const ops::SourceNode& node, const TfliteInputs& in, const SourceModel& model, Folder& folder) {
    const auto typeOf = [&](const std::string& name) -> const ir::TensorType* {
        const auto it = model.declared.find(name);
        return it == model.declared.end() || it->second.uniform() == nullptr || ir::sizeInBytes(it->second.element) != 1 ? nullptr : &it->second;
    };
    if (in.size() < 2 || node.integer("weights_format", 0) != 0 || in[1]->shape().size() != 2 || in[0]->shape().empty()) return {};
    const ir::TensorType *x = typeOf(node.inputs[0]), *filter = typeOf(node.inputs[1]), *y = typeOf(node.outputs.front());
    if (x == nullptr || filter == nullptr || y == nullptr || x->uniform()->axis || (filter->uniform()->axis && *filter->uniform()->axis != 0) ||
        x->element != in[0]->type() || filter->element != in[1]->type())
        return {};
    const int64_t columns = in[1]->shape()[0], inner = in[1]->shape()[1], count = in[0]->elementCount();
    const Tensor* bias = in.size() > 2 ? in[2] : nullptr;
    if (inner < 1 || count < 1 || count % inner != 0 || (bias != nullptr && (bias->type() != ir::ElementType::I32 || bias->elementCount() != columns)) ||
        !folder.charge(count / inner * columns * inner))
        return {};
    ir::Shape shape{count / inner, columns};
    if (node.integer("keep_num_dims", 0) != 0) {
        if (in[0]->shape().back() != inner) return {};
        shape = in[0]->shape();
        shape.back() = columns;
    }
    auto result = Tensor::allocate(y->element, shape);
    if (!result) return onlyOne(std::move(result));
    const auto &qx = *x->uniform(), &qf = *filter->uniform(), &qy = *y->uniform();
    const bool isSigned = y->element != ir::ElementType::Ui8;
    for (int64_t i = 0; i < result->elementCount(); ++i) {
        const int64_t row = i / columns, j = i % columns;
        const size_t c = qf.scales.size() > 1 ? static_cast<size_t>(j) : 0;
        int64_t sum = bias == nullptr ? 0 : bias->data<int32_t>()[j];
        for (int64_t k = 0; k < inner; ++k)
            sum += (codeAt(*in[0], row * inner + k) - qx.zeroPoints[0]) * (codeAt(*in[1], j * inner + k) - qf.zeroPoints[c]);
        const int64_t code = qy.zeroPoints[0] + numeric::multiplyQuantised(sum, numeric::quantisedMultiplier(qx.scales[0] * qf.scales[c] / qy.scales[0]));
        result->mutableBytes()[i] = static_cast<std::byte>(isSigned ? std::clamp<int64_t>(code, -128, 127) : std::clamp<int64_t>(code, 0, 255));
    }
    return onlyOne(std::move(result));
}

FoldedMany foldNumbers(const ops::SourceNode& node, const TfliteInputs& in, Folder& folder);

FoldedMany foldTflite(const ops::SourceNode& node, const TfliteInputs& in, const SourceModel& model, Folder& folder) {
    const std::string& k = node.kind;
    if (node.string("activation", "NONE") != "NONE") return {};
    if (k == "FULLY_CONNECTED") { // with or without a bias
        const bool known = in.size() >= 2 && in[0] != nullptr && in[1] != nullptr && (in.size() < 3 || in[2] != nullptr || node.inputs[2].empty());
        return known ? foldDense(node, in, model, folder) : FoldedMany();
    }
    if (in.empty() || std::any_of(in.begin(), in.end(), [](const Tensor* t) { return t == nullptr; })) return {};
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
    // Sums and products of codes are not those of their numbers; what only moves them is.
    const auto sameScale = [&](const std::string& name) {
        const ir::UniformQuant *from = declared(name), *to = node.outputs.empty() ? nullptr : declared(node.outputs.front());
        return from != nullptr && to != nullptr && !from->axis && from->scales == to->scales && from->zeroPoints == to->zeroPoints;
    };
    const bool moves = std::any_of(std::begin(kMovingFolds), std::end(kMovingFolds), [&](const char* m) { return k == m; });
    // Activations of 16 bits are numbers, their constants codes with a scale.
    std::vector<Tensor> numbers;
    TfliteInputs operands = in;
    numbers.reserve(in.size());
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        const auto* quant = declared(node.inputs[i]);
        if (quant == nullptr || (moves && sameScale(node.inputs[i]))) continue;
        if (!moves || in[i]->type() != ir::ElementType::I16 || declared(node.outputs.front()) != nullptr || !folder.charge(in[i]->elementCount())) return {};
        auto real = ops::dequantised(*in[i], *quant);
        if (!real) return onlyOne(std::move(real));
        operands[i] = &numbers.emplace_back(std::move(*real));
    }
    return foldNumbers(node, operands, folder);
}

FoldedMany foldNumbers(const ops::SourceNode& node, const TfliteInputs& in, Folder& folder) {
    const std::string& k = node.kind;
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
    if (node.kind == "ZEROS_LIKE") {
        const auto shape = constants[0] != nullptr ? std::optional(constants[0]->shape()) : ops::tfliteShape(builder, node.inputs.front());
        const auto count = shape ? ir::checkedElementCount(*shape) : std::nullopt;
        const ir::TensorType* type = builder.declared(node.outputs.front());
        if (!count || !folder.charge(*count)) {
            status = ops::nodeError(node, Code::OutOfMemory, "zeros of a shape that is not known, or too large");
            return true;
        }
        // As codes zero is the zero point.
        const int64_t zero = type != nullptr && type->uniform() != nullptr ? type->uniform()->zeroPoints[0] : 0;
        auto zeros = storeNumbers(type != nullptr ? type->element : ir::ElementType::F32, *shape, std::vector<double>(static_cast<size_t>(*count), static_cast<double>(zero)),
                                  std::vector<int64_t>(static_cast<size_t>(*count), zero));
        if (!zeros) status = std::move(zeros).error();
        else builder.setConstant(node.outputs.front(), std::move(*zeros));
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

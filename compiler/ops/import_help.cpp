// SPDX-License-Identifier: GPL-3.0-or-later
// Shared parts of the import rules; see the header.
#include "compiler/ops/import_help.h"

#include "compiler/numeric/half.h"

#include <cmath>
#include <cstring>

namespace wb::ops {
namespace {

constexpr int64_t kListLimit = int64_t{1} << 20; ///< numbers in a shape-like constant

/// Calls each(i, number) for all elements; false for a type without numbers.
template <class Each> bool visitNumbers(const ir::Tensor& t, Each each) {
    using E = ir::ElementType;
    const auto loop = [&](const auto* data, auto convert) {
        for (int64_t i = 0; i < t.elementCount(); ++i)
            each(i, convert(data[i]));
        return true;
    };
    const auto plain = [](auto v) { return v; };
    switch (t.type()) {
    case E::F32:
        return loop(t.data<float>(), plain);
    case E::F64:
        return loop(t.data<double>(), plain);
    case E::F16:
        return loop(t.data<uint16_t>(), [](uint16_t v) { return numeric::fromHalf(v); });
    case E::BF16:
        return loop(t.data<uint16_t>(), [](uint16_t v) { return numeric::fromBfloat16(v); });
    case E::I1:
    case E::Ui8:
        return loop(t.data<uint8_t>(), plain);
    case E::I8:
    case E::Si8:
        return loop(t.data<int8_t>(), plain);
    case E::I16:
    case E::Si16:
        return loop(t.data<int16_t>(), plain);
    case E::Ui16:
        return loop(t.data<uint16_t>(), plain);
    case E::I32:
    case E::Si32:
        return loop(t.data<int32_t>(), plain);
    case E::Ui32:
        return loop(t.data<uint32_t>(), plain);
    case E::I64:
    case E::Si64:
        return loop(t.data<int64_t>(), plain);
    case E::Ui64:
        return loop(t.data<uint64_t>(), plain);
    default:
        return false;
    }
}

/// double → int64 without undefined behaviour for numbers outside the range.
int64_t saturate(double v) {
    if (std::isnan(v)) return 0;
    if (v >= 9.2233720368547758e18) return INT64_MAX;
    if (v <= -9.2233720368547758e18) return INT64_MIN;
    return static_cast<int64_t>(v);
}
template <class T> int64_t toInt(T v) {
    if constexpr (std::is_floating_point_v<T>)
        return saturate(static_cast<double>(v));
    else
        return static_cast<int64_t>(v);
}

} // namespace

ir::AttributeMap withRelu(ir::AttributeMap attributes) {
    attributes.set("do_relu", false);
    attributes.set("relu_limit", -1.0);
    return attributes;
}

ir::AttributeMap poolAttributes(bool countPads) {
    ir::AttributeMap a = withRelu();
    a.set("count_include_pad", countPads);
    a.set("first_round_mode", "HalfAwayFromZero");
    a.set("is_adaptive", false);
    a.set("keepdims", true);
    a.set("pad_value", 0);
    a.set("round_mode", "HalfAwayFromZero");
    return a;
}

ir::AttributeMap matmulAttributes() {
    ir::AttributeMap a = withRelu();
    for (const char* key : {"hdim_is_batch", "is_lora", "left_transpose", "output_transpose", "right_transpose"})
        a.set(key, false);
    a.set("keep_dims", true);
    a.set("dq_type", "NONE");
    a.set("q_group_size", 0);
    return a;
}

ir::AttributeMap convAttributes(const ConvForm& form) {
    ir::AttributeMap a = withRelu();
    a.set("dilations", ir::Attribute::ints(form.dilations));
    a.set("dynweight_reorderd", false);
    a.set("group", form.group);
    a.set("kernel_shape", ir::Attribute::ints(form.kernel));
    a.set("pads", ir::Attribute::ints(form.pads));
    a.set("strides", ir::Attribute::ints(form.strides));
    return a;
}

ir::AttributeMap arithmeticAttributes(bool reversible) {
    ir::AttributeMap attributes = withRelu();
    attributes.set("is_scalar", false);
    if (reversible) attributes.set("is_reverse", false);
    return attributes;
}

Error nodeError(const SourceNode& node, Code code, std::string what) {
    Error error{code, node.kind + ": " + std::move(what)};
    error.node = !node.name.empty() ? node.name : node.outputs.empty() ? "" : node.outputs.front();
    return error;
}

Status needInputs(const SourceNode& node, size_t inputs, size_t outputs) {
    if (node.inputs.size() < inputs)
        return nodeError(node, Code::ModelDamaged,
                         "the node has " + std::to_string(node.inputs.size()) + " inputs, " +
                             std::to_string(inputs) + " are needed");
    if (node.outputs.size() < outputs)
        return nodeError(node, Code::ModelDamaged,
                         "the node has " + std::to_string(node.outputs.size()) + " outputs, " +
                             std::to_string(outputs) + " are needed");
    return {};
}

std::string inputName(const SourceNode& node, size_t index) {
    return index < node.inputs.size() ? node.inputs[index] : std::string();
}

std::optional<std::vector<int64_t>> toInts(const ir::Tensor& tensor) {
    if (tensor.elementCount() > kListLimit) return {};
    std::vector<int64_t> values(static_cast<size_t>(tensor.elementCount()));
    const bool known =
        visitNumbers(tensor, [&](int64_t i, auto v) { values[static_cast<size_t>(i)] = toInt(v); });
    return known ? std::optional(std::move(values)) : std::nullopt;
}

std::optional<std::vector<double>> toReals(const ir::Tensor& tensor) {
    if (tensor.elementCount() > kListLimit) return {};
    std::vector<double> values(static_cast<size_t>(tensor.elementCount()));
    const bool known = visitNumbers(tensor, [&](int64_t i, auto v) {
        values[static_cast<size_t>(i)] = static_cast<double>(v);
    });
    return known ? std::optional(std::move(values)) : std::nullopt;
}

std::optional<std::vector<int64_t>> constantInts(const SourceNode& node, ImportBuilder& builder,
                                                 size_t index) {
    const std::string name = inputName(node, index);
    const ir::Tensor* tensor = name.empty() ? nullptr : builder.constant(name);
    return tensor == nullptr ? std::nullopt : toInts(*tensor);
}

std::optional<std::vector<double>> constantReals(const SourceNode& node, ImportBuilder& builder,
                                                 size_t index) {
    const std::string name = inputName(node, index);
    const ir::Tensor* tensor = name.empty() ? nullptr : builder.constant(name);
    return tensor == nullptr ? std::nullopt : toReals(*tensor);
}

std::optional<double> constantScalar(const std::string& sourceName, ImportBuilder& builder) {
    const ir::Tensor* tensor = sourceName.empty() ? nullptr : builder.constant(sourceName);
    if (tensor == nullptr || tensor->elementCount() != 1) return {};
    const auto values = toReals(*tensor);
    return values ? std::optional(values->front()) : std::nullopt;
}

Result<ir::Tensor> toFloat32(const ir::Tensor& tensor) {
    if (tensor.type() == ir::ElementType::F32) return tensor;
    WB_ASSIGN(ir::Tensor result, ir::Tensor::allocate(ir::ElementType::F32, tensor.shape()));
    float* out = result.mutableData<float>();
    const bool known =
        visitNumbers(tensor, [&](int64_t i, auto v) { out[i] = static_cast<float>(v); });
    if (!known)
        return Error{Code::ModelDamaged, std::string("a constant of type ") +
                                             ir::spelling(tensor.type()) + " has no float form"};
    return result;
}

Result<ir::Shape> shapeOf(const SourceNode& node, ImportBuilder& builder, size_t index) {
    const std::string name = inputName(node, index);
    if (!name.empty())
        if (const ir::Tensor* tensor = builder.constant(name)) return tensor->shape();
    WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, index));
    return builder.graph().value(id).type.shape;
}

Result<ir::ValueId> valueOf(const SourceNode& node, ImportBuilder& builder, size_t index) {
    const std::string name = inputName(node, index);
    const ir::ValueId id = name.empty() ? ir::kNoValue : builder.operand(name);
    if (id == ir::kNoValue)
        return nodeError(node, Code::ModelDamaged,
                         "input " + std::to_string(index) + " ('" + name + "') is not there");
    return id;
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/ops/torch_help.h"

namespace wb::ops {

std::optional<double> torchNumber(const SourceNode& node, std::string_view key) {
    const auto it = node.attributes.find(key);
    if (it == node.attributes.end()) return {};
    if (const auto* real = std::get_if<double>(&it->second)) return *real;
    if (const auto* integer = std::get_if<int64_t>(&it->second)) return static_cast<double>(*integer);
    return {};
}

std::optional<std::vector<int64_t>> torchInts(const SourceNode& node, std::string_view key, size_t count) {
    if (auto list = node.integers(key)) {
        if (list->empty()) return {};
        if (list->size() == 1) list->resize(count, list->front());
        return list;
    }
    if (!node.has(key)) return {};
    return std::vector<int64_t>(count, node.integer(key, 0));
}

std::optional<ir::Shape> torchResultShape(const SourceNode& node, size_t index) {
    const auto shapes = node.integers("result shapes");
    if (!shapes) return {};
    size_t at = 0;
    for (; at < shapes->size(); --index) {
        const int64_t rank = (*shapes)[at];
        if (rank < 0 || static_cast<size_t>(rank) > shapes->size() - at - 1) return {};
        const auto first = shapes->begin() + static_cast<ptrdiff_t>(at + 1);
        if (index == 0) return ir::Shape(first, first + static_cast<ptrdiff_t>(rank));
        at += static_cast<size_t>(rank) + 1;
    }
    return {};
}

bool torchResultIsInteger(const SourceNode& node) { return node.integer("result is integer", 0) != 0; }

std::optional<double> torchScalar(const SourceNode& node, ImportBuilder& builder, size_t index, size_t rank) {
    const std::string name = inputName(node, index);
    const ir::Tensor* tensor = name.empty() ? nullptr : builder.constant(name);
    if (tensor == nullptr || tensor->shape().size() > rank) return {};
    return constantScalar(name, builder);
}

Status torchBind(const SourceNode& node, ImportBuilder& builder, ir::ValueId value) {
    builder.bind(node.outputs.front(), value);
    return {};
}

Status torchEmit(const SourceNode& node, ImportBuilder& builder, std::string op, std::vector<ir::ValueId> operands,
                 ir::AttributeMap attributes) {
    auto id = builder.emit(node, std::move(op), std::move(operands), std::move(attributes));
    if (!id) return std::move(id).error();
    return {};
}

Status torchUnary(const SourceNode& node, ImportBuilder& builder, std::string op, ir::AttributeMap attributes) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    return torchEmit(node, builder, std::move(op), {in}, std::move(attributes));
}

Result<ir::ValueId> torchStep(const SourceNode& node, ImportBuilder& builder, std::string op,
                              std::vector<ir::ValueId> operands, ir::AttributeMap attributes, const std::string& suffix) {
    return builder.emitNamed(std::move(op), std::move(operands), node.outputs.front() + "_" + suffix, std::move(attributes));
}

Status torchAsOnnx(const SourceNode& node, ImportBuilder& builder, const std::string& kind,
                   std::vector<std::string> inputs, TorchAttributes attributes) {
    const ImportRule rule = importTable().find(Framework::Onnx, kind);
    if (rule == nullptr) return nodeError(node, Code::Internal, "no rule for " + kind);
    SourceNode other = node; // framework and names stay, so results keep TorchScript's
    other.kind = kind;
    other.version = 13;
    other.inputs = std::move(inputs);
    other.attributes = std::move(attributes);
    return rule(other, builder);
}

ir::AttributeMap torchReshape(const ir::Shape& shape) {
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape.empty() ? ir::Shape{1} : shape));
    return a;
}

ir::AttributeMap torchConstant(double value) {
    ir::AttributeMap a = withRelu();
    a.set("const_val", value);
    a.set("is_scalar", false);
    return a;
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/ops/torch_help.h"

#include "compiler/ops/op_def.h"

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
bool torchResultIsBool(const SourceNode& node) { return node.integer("result is integer", 0) == 2; }

bool torchIsChoice(const SourceNode& node, ImportBuilder& builder, size_t index) {
    if (const ir::Tensor* data = builder.constant(inputName(node, index)); data != nullptr) return data->type() == ir::ElementType::I1;
    ir::ValueId id = builder.operand(inputName(node, index));
    for (int step = 0; step < 32 && id != ir::kNoValue; ++step) {
        const ir::Node* producer = builder.graph().producer(id);
        if (producer == nullptr || producer->operands.empty()) return false;
        if (producer->op == "top.Compare" || producer->op == "top.CompareConst") return true;
        const auto* def = opTable().find(producer->op);
        if (producer->op != "top.Slice" && producer->op != "top.Reshape" && producer->op != "top.Permute" && (def == nullptr || !def->traits.movesData)) return false;
        id = producer->operands.front();
    }
    return false;
}

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

Status torchByMatrices(const SourceNode& node, ImportBuilder& builder, ir::ValueId x, ir::Tensor rows, ir::Tensor columns) {
    const std::string name = node.outputs.front();
    const ir::AttributeMap product = matmulAttributes();
    ir::AttributeMap turn;
    turn.set("order", ir::Attribute::ints({0, 1, 3, 2}));
    const ir::ValueId wide = builder.addConstant(name + "_columns", std::move(columns));
    const ir::ValueId high = builder.addConstant(name + "_rows", std::move(rows));
    WB_ASSIGN(x, torchStep(node, builder, "top.MatMul", {x, wide, ir::kNoValue}, product, "wide"));
    WB_ASSIGN(x, torchStep(node, builder, "top.Permute", {x}, turn, "turned"));
    WB_ASSIGN(x, torchStep(node, builder, "top.MatMul", {x, high, ir::kNoValue}, product, "high"));
    return torchEmit(node, builder, "top.Permute", {x}, std::move(turn));
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

// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/builder.h"

#include "compiler/ops/import_help.h"
#include "compiler/ops/op_def.h"

namespace wb::importer {

std::string GraphBuilder::unique(std::string name) {
    if (m_names.insert(name).second) return name;
    for (int i = 1;; ++i) {
        std::string other = name + "_" + std::to_string(i);
        if (m_names.insert(other).second) return other;
    }
}

ir::ValueId GraphBuilder::operand(const std::string& sourceName) {
    if (sourceName.empty()) return ir::kNoValue;
    if (const auto it = m_values.find(sourceName); it != m_values.end()) return it->second;
    const ir::Tensor* data = constant(sourceName);
    if (data == nullptr) return ir::kNoValue;
    // All top values are F32, and a scalar is a list of one (dossier 1.6).
    auto converted = ops::toFloat32(data->shape().empty() ? data->reshaped({1}) : *data);
    if (!converted) {
        if (!m_pending) m_pending = std::move(converted).error();
        return ir::kNoValue;
    }
    const ir::ValueId id = addConstant(sourceName, std::move(*converted));
    m_values[sourceName] = id;
    return id;
}

const ir::Tensor* GraphBuilder::constant(const std::string& sourceName) {
    const auto it = m_model.constants.find(sourceName);
    return it == m_model.constants.end() ? nullptr : &it->second;
}

void GraphBuilder::bind(const std::string& sourceName, ir::ValueId value) {
    if (!sourceName.empty()) m_values[sourceName] = value;
}

std::string GraphBuilder::resultName(const ops::SourceNode& node, size_t index) const {
    const std::string& base = index < node.outputs.size() ? node.outputs[index] : node.name;
    // ONNX only: other frameworks' results keep their names (dossier 1.1).
    return node.framework == ops::Framework::Onnx ? base + "_" + node.kind : base;
}

Result<ir::ValueId> GraphBuilder::emit(const ops::SourceNode& node, std::string op,
                                       std::vector<ir::ValueId> operands,
                                       ir::AttributeMap attributes) {
    WB_ASSIGN(const ir::ValueId id, emitNamed(std::move(op), std::move(operands),
                                              resultName(node, 0), std::move(attributes)));
    if (!node.outputs.empty()) bind(node.outputs.front(), id);
    return id;
}

Result<ir::ValueId> GraphBuilder::emitNamed(std::string op, std::vector<ir::ValueId> operands,
                                            std::string resultName, ir::AttributeMap attributes) {
    if (m_pending) return *m_pending;
    const ops::OpDef* def = ops::opTable().find(op);
    if (def == nullptr || def->infer == nullptr)
        return Error{Code::Internal, "the operator " + op + " has no definition"}.atNode(
            resultName);
    const ir::ValueId id =
        graph().add(std::move(op), std::move(operands), unique(std::move(resultName)),
                    ir::TensorType{ir::ElementType::F32, {}, false, {}}, std::move(attributes));
    const ir::Node& node = graph().node(graph().value(id).producer);
    WB_ASSIGN(const auto types, def->infer(graph(), node));
    if (types.size() != 1)
        return Error{Code::Internal,
                     node.op + " gives " + std::to_string(types.size()) + " results"};
    graph().value(id).type = types.front();
    if (def->verify != nullptr) WB_TRY(def->verify(graph(), node));
    return id;
}

ir::ValueId GraphBuilder::addConstant(std::string name, ir::Tensor data) {
    return graph().addWeight(unique(std::move(name)), std::move(data));
}

void GraphBuilder::setConstant(const std::string& sourceName, ir::Tensor data) {
    if (!sourceName.empty()) m_model.constants.insert_or_assign(sourceName, std::move(data));
}

std::optional<ir::Shape> GraphBuilder::runtimeShape(const std::string& sourceName) const {
    const auto it = m_values.find(sourceName);
    if (it == m_values.end() || it->second == ir::kNoValue) return {};
    return const_cast<GraphBuilder*>(this)->graph().value(it->second).type.shape;
}

ir::ValueId GraphBuilder::addInput(const std::string& name, ir::Shape shape,
                                   ir::AttributeMap attributes) {
    m_names.insert(name);
    const ir::ValueId id = graph().add(
        "top.Input", {}, name, ir::TensorType{ir::ElementType::F32, std::move(shape), true, {}},
        std::move(attributes));
    bind(name, id);
    return id;
}

} // namespace wb::importer

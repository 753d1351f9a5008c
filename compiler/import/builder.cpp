// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/builder.h"

#include "compiler/ops/import_help.h"
#include "compiler/ops/op_def.h"

namespace wb::importer {
namespace {

/// A whole number that changes as F32. The ends of the types pass: they stand for "no limit".
std::optional<int64_t> inexact(const ir::Tensor& data) {
    if (ir::isFloat(data.type()) || ir::sizeInBytes(data.type()) < 4) return {};
    const auto values = ops::toInts(data);
    if (!values) return {};
    for (int64_t v : *values) {
        if (v == INT64_MAX || v == INT32_MAX) continue;
        if (static_cast<double>(static_cast<float>(v)) != static_cast<double>(v)) return v;
    }
    return {};
}

} // namespace

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
    if (const auto number = inexact(*data); number && !m_pending)
        m_pending = Error{Code::UnsupportedAttribute,
                          "the constant '" + sourceName + "' holds " + std::to_string(*number)}
                        .because("values run in single precision, which holds whole numbers up to 2^24");
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

Result<ir::NodeId> GraphBuilder::addNode(std::string op, std::vector<ir::ValueId> operands,
                                         std::vector<std::string> names,
                                         ir::AttributeMap attributes) {
    if (m_pending) return *m_pending;
    const ops::OpDef* def = ops::opTable().find(op);
    if (def == nullptr || def->infer == nullptr)
        return Error{Code::Internal, "the operator " + op + " has no definition"}.atNode(
            names.front());
    for (std::string& name : names)
        name = unique(std::move(name));
    std::vector<ir::TensorType> types(names.size());
    const ir::NodeId id = graph().addNode(std::move(op), std::move(operands), std::move(names),
                                          std::move(types), std::move(attributes));
    const ir::Node& node = graph().node(id);
    WB_ASSIGN(const auto inferred, def->infer(graph(), node));
    if (inferred.size() != node.results.size())
        return Error{Code::Internal,
                     node.op + " gives " + std::to_string(inferred.size()) + " results"};
    for (size_t i = 0; i < inferred.size(); ++i)
        graph().value(node.results[i]).type = inferred[i];
    if (def->verify != nullptr) WB_TRY(def->verify(graph(), node));
    return id;
}

Result<ir::ValueId> GraphBuilder::emitNamed(std::string op, std::vector<ir::ValueId> operands,
                                            std::string resultName, ir::AttributeMap attributes) {
    WB_ASSIGN(const ir::NodeId id, addNode(std::move(op), std::move(operands),
                                           {std::move(resultName)}, std::move(attributes)));
    return graph().node(id).results.front();
}

Result<std::vector<ir::ValueId>> GraphBuilder::emitMany(const ops::SourceNode& node, std::string op,
                                                        std::vector<ir::ValueId> operands,
                                                        ir::AttributeMap attributes) {
    const ops::OpDef* def = ops::opTable().find(op);
    std::vector<std::string> names;
    for (size_t i = 0; i < static_cast<size_t>(def == nullptr ? 1 : def->results); ++i)
        names.push_back(i < node.outputs.size() && !node.outputs[i].empty()
                            ? resultName(node, i)
                            : resultName(node, 0) + "_unused" + std::to_string(i));
    WB_ASSIGN(const ir::NodeId id, addNode(std::move(op), std::move(operands), std::move(names),
                                           std::move(attributes)));
    const std::vector<ir::ValueId> results = graph().node(id).results;
    for (size_t i = 0; i < results.size() && i < node.outputs.size(); ++i)
        bind(node.outputs[i], results[i]);
    return results;
}

ir::ElementType GraphBuilder::sourceType(const std::string& sourceName) const {
    if (const auto data = m_model.constants.find(sourceName); data != m_model.constants.end())
        return data->second.type();
    const auto it = m_types.find(sourceName);
    return it == m_types.end() ? ir::ElementType::F32 : it->second;
}

const ir::TensorType* GraphBuilder::declared(const std::string& sourceName) const {
    const auto it = m_model.declared.find(sourceName);
    return it == m_model.declared.end() ? nullptr : &it->second;
}

void GraphBuilder::alias(const std::string& sourceName, const std::string& other) {
    m_types[sourceName] = sourceType(other);
    if (const ir::Tensor* data = constant(other)) setConstant(sourceName, *data);
    else bind(sourceName, operand(other));
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

// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/onnx/onnx_node.h"

#include "compiler/import/onnx/onnx_tensor.h"

#include <algorithm>
#include <set>

namespace wb::importer {
namespace {

using A = onnx::AttributeProto;

constexpr int kDeepestBody = 8;

/// Files of IR version 1 may leave out the type; then the filled field tells.
A::AttributeType typeOf(const A& proto) {
    if (proto.type() != A::UNDEFINED) return proto.type();
    return proto.ints_size() > 0     ? A::INTS
           : proto.floats_size() > 0 ? A::FLOATS
           : proto.has_t()           ? A::TENSOR
           : proto.has_sparse_tensor() ? A::SPARSE_TENSOR
           : proto.has_g()           ? A::GRAPH
           : proto.has_s()           ? A::STRING
           : proto.has_f()           ? A::FLOAT
                                     : A::INT;
}

/// Names that a body reads from around it: read there, and made by none of its nodes.
std::vector<std::string> capturedNames(const SourceBody& body) {
    std::set<std::string> own(body.inputs.begin(), body.inputs.end());
    for (const auto& [name, tensor] : body.constants)
        own.insert(name);
    for (const ops::SourceNode& node : body.nodes)
        own.insert(node.outputs.begin(), node.outputs.end());
    std::vector<std::string> names;
    const auto read = [&](const std::string& name) {
        if (!name.empty() && own.insert(name).second) names.push_back(name);
    };
    for (const ops::SourceNode& node : body.nodes) // inner bodies have added their own captures to these
        std::for_each(node.inputs.begin(), node.inputs.end(), read);
    std::for_each(body.outputs.begin(), body.outputs.end(), read);
    return names;
}

/// onnxruntime's operators that mean what ONNX's of the same name mean.
constexpr const char* kAsOnnx[] = {"QuantizeLinear", "DequantizeLinear", "Trilu", "Pad", "Range", "GridSample"};

Status readAttribute(const A& proto, NodeReader& reader, ops::SourceNode& node);

/// Attributes of a function with what they are where a caller leaves them out: a field that the installed
/// description of the format may not know yet.
void readDefaults(const onnx::FunctionProto& proto, NodeReader& reader, SourceBody& body) {
    constexpr int kAttributes = 11;
    const auto& unknown = proto.unknown_fields();
    for (int i = 0; i < unknown.field_count(); ++i) {
        const auto& field = unknown.field(i);
        if (field.number() != kAttributes || field.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) continue;
        A attribute;
        ops::SourceNode holder;
        if (!attribute.ParseFromString(field.length_delimited()) || typeOf(attribute) == A::GRAPH || !readAttribute(attribute, reader, holder)) continue;
        for (auto& [name, value] : holder.attributes)
            body.defaults.insert_or_assign(name, std::move(value));
    }
}

Result<SourceBody> readGraph(const onnx::GraphProto& graph, NodeReader& reader) {
    SourceBody body;
    if (++reader.depth > kDeepestBody)
        return Error{Code::ModelDamaged, "bodies of If and Loop are nested more than eight deep"};
    for (const auto& input : graph.input())
        body.inputs.push_back(input.name());
    for (const auto& output : graph.output())
        body.outputs.push_back(output.name());
    for (const auto& tensor : graph.initializer()) {
        WB_ASSIGN(ir::Tensor data, readTensor(tensor, reader.folder));
        body.constants.insert_or_assign(tensor.name(), std::move(data));
    }
    for (const auto& proto : graph.node()) {
        WB_ASSIGN(ops::SourceNode node, readNode(proto, reader));
        body.nodes.push_back(std::move(node));
    }
    --reader.depth;
    return body;
}

Status readAttribute(const A& proto, NodeReader& reader, ops::SourceNode& node) {
    ops::SourceNode::Value value;
    switch (typeOf(proto)) {
    case A::FLOAT:
        value = static_cast<double>(proto.f());
        break;
    case A::INT:
        value = static_cast<int64_t>(proto.i());
        break;
    case A::STRING:
        value = proto.s();
        break;
    case A::INTS:
        value = std::vector<int64_t>(proto.ints().begin(), proto.ints().end());
        break;
    case A::FLOATS:
        value = std::vector<double>(proto.floats().begin(), proto.floats().end());
        break;
    case A::STRINGS:
        value = std::vector<std::string>(proto.strings().begin(), proto.strings().end());
        break;
    case A::TENSOR: {
        WB_ASSIGN(ir::Tensor tensor, readTensor(proto.t(), reader.folder));
        value = std::move(tensor);
        break;
    }
    case A::GRAPH: {
        if (reader.model == nullptr) return {};
        WB_ASSIGN(SourceBody body, readGraph(proto.g(), reader));
        body.captures = capturedNames(body);
        body.firstCapture = node.inputs.size();
        node.inputs.insert(node.inputs.end(), body.captures.begin(), body.captures.end());
        value = static_cast<int64_t>(reader.model->bodies.size());
        reader.model->bodies.push_back(std::move(body));
        break;
    }
    case A::SPARSE_TENSOR: {
        WB_ASSIGN(ir::Tensor tensor, readSparse(proto.sparse_tensor(), reader.folder));
        node.attributes.insert_or_assign(proto.name() == "sparse_value" ? "value" : proto.name(), std::move(tensor));
        return {};
    }
    default:
        return {}; // lists of graphs and the like: the node that has them is not supported anyway
    }
    node.attributes.insert_or_assign(proto.name(), std::move(value));
    return {};
}

} // namespace

Result<ops::SourceNode> readNode(const onnx::NodeProto& proto, NodeReader& reader,
                                 std::vector<SourceBody::Reference>* references) {
    ops::SourceNode node;
    node.kind = proto.op_type();
    node.domain = proto.domain() == "ai.onnx" ? std::string() : proto.domain();
    if (node.domain == "com.microsoft" &&
        std::find(std::begin(kAsOnnx), std::end(kAsOnnx), node.kind) != std::end(kAsOnnx))
        node.domain.clear();
    node.name = proto.name();
    const auto opset = reader.opsets.find(node.domain);
    node.version = opset == reader.opsets.end() ? 0 : opset->second;
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    const bool body = std::any_of(proto.attribute().begin(), proto.attribute().end(),
                                  [](const A& a) { return typeOf(a) == A::GRAPH; });
    if (body) node.attributes["explicit_inputs"] = static_cast<int64_t>(node.inputs.size());
    for (const auto& attribute : proto.attribute()) {
        if (references != nullptr && !attribute.ref_attr_name().empty()) {
            references->push_back({0, attribute.name(), attribute.ref_attr_name()});
            continue;
        }
        if (auto status = readAttribute(attribute, reader, node); !status) {
            Error error = std::move(status).error();
            error.node =
                node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
            return error;
        }
    }
    return node;
}

Result<SourceBody> readFunction(const onnx::FunctionProto& proto, NodeReader& reader) {
    SourceBody body;
    body.inputs.assign(proto.input().begin(), proto.input().end());
    body.outputs.assign(proto.output().begin(), proto.output().end());
    readDefaults(proto, reader, body);
    for (const auto& one : proto.node()) {
        std::vector<SourceBody::Reference> references;
        WB_ASSIGN(ops::SourceNode node, readNode(one, reader, &references));
        for (SourceBody::Reference& reference : references) {
            reference.node = body.nodes.size();
            body.references.push_back(std::move(reference));
        }
        body.nodes.push_back(std::move(node));
    }
    return body;
}

} // namespace wb::importer

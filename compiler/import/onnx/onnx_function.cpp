// SPDX-License-Identifier: GPL-3.0-or-later
// See the header. The definitions are those of the installed libonnx; newer operator sets than it knows are
// looked up as its newest.
#include "compiler/import/onnx/onnx_function.h"

#include "compiler/import/onnx/body_writer.h"
#include "compiler/import/onnx/onnx_node.h"

#include <algorithm>
#include <onnx/defs/schema.h>

namespace wb::importer {
namespace {

/// The newest operator set whose definitions use only what this importer reads the same way.
constexpr int kNewestKnown = 17;

const onnx::OpSchema* schemaOf(const ops::SourceNode& node) {
    if (!node.domain.empty()) return nullptr;
    try { // the registry reports what it does not like by exception
        return onnx::OpSchemaRegistry::Schema(node.kind, std::clamp(node.version, 1, kNewestKnown), "");
    } catch (const std::exception&) {
        return nullptr;
    }
}

int onnxType(ir::ElementType type) {
    using E = ir::ElementType;
    using T = onnx::TensorProto;
    switch (type) {
    case E::F64: return T::DOUBLE;
    case E::F16: return T::FLOAT16;
    case E::BF16: return T::BFLOAT16;
    case E::I1: return T::BOOL;
    case E::I8:
    case E::Si8: return T::INT8;
    case E::Ui8: return T::UINT8;
    case E::I16:
    case E::Si16: return T::INT16;
    case E::Ui16: return T::UINT16;
    case E::I32:
    case E::Si32: return T::INT32;
    case E::Ui32: return T::UINT32;
    case E::I64:
    case E::Si64: return T::INT64;
    case E::Ui64: return T::UINT64;
    default: return T::FLOAT;
    }
}

onnx::NodeProto protoOf(const ops::SourceNode& node) {
    onnx::NodeProto proto;
    proto.set_op_type(node.kind);
    for (const std::string& name : node.inputs)
        proto.add_input(name);
    for (const std::string& name : node.outputs)
        proto.add_output(name);
    for (const auto& [key, value] : node.attributes) {
        onnx::AttributeProto attribute;
        attribute.set_name(key);
        if (const auto* i = std::get_if<int64_t>(&value)) {
            attribute.set_type(onnx::AttributeProto::INT);
            attribute.set_i(*i);
        } else if (const auto* f = std::get_if<double>(&value)) {
            attribute.set_type(onnx::AttributeProto::FLOAT);
            attribute.set_f(static_cast<float>(*f));
        } else if (const auto* s = std::get_if<std::string>(&value)) {
            attribute.set_type(onnx::AttributeProto::STRING);
            attribute.set_s(*s);
        } else if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) {
            attribute.set_type(onnx::AttributeProto::INTS);
            for (int64_t v : *list)
                attribute.add_ints(v);
        } else {
            continue; // no definition looks at lists of other things
        }
        *proto.add_attribute() = attribute;
    }
    return proto;
}

/// Null where there is none.
OwnDefinition ownRow(const ops::SourceNode& node) {
    const std::string kind = node.domain.empty() ? node.kind : node.domain + "." + node.kind;
    // Of some operators only a form.
    if (kind == "GroupNormalization" && node.version >= 21) return nullptr;
    if (kind == "BatchNormalization" && node.integer("training_mode", 0) == 0) return nullptr;
    if (kind == "Pad" && node.string("mode", "constant") != "wrap") return nullptr;
    for (const auto rows : {attentionDefinitions(), fusedDefinitions(), quantisedDefinitions(), newerDefinitions()})
        for (const OwnRow& row : rows)
            if (kind == row.kind) return row.write;
    return nullptr;
}

} // namespace

bool hasOwnDefinition(const ops::SourceNode& node) { return ownRow(node) != nullptr; }

Result<SourceBody> ownDefinition(const ops::SourceNode& node, const std::vector<KnownInput>& inputs) {
    BodyWriter writer(node, inputs);
    const OwnDefinition write = ownRow(node);
    if (write == nullptr) return Error{Code::Internal, "no definition of " + node.kind};
    WB_TRY(write(writer));
    return writer.take();
}

bool hasDefinition(const ops::SourceNode& node) {
    const onnx::OpSchema* schema = schemaOf(node);
    return schema != nullptr && (schema->HasFunction() || schema->HasContextDependentFunction());
}

std::optional<SourceBody> definitionOf(const ops::SourceNode& node, const std::vector<KnownInput>& inputs) {
    const onnx::OpSchema* schema = schemaOf(node);
    if (schema == nullptr) return {};
    onnx::FunctionProto function;
    if (schema->HasFunction()) {
        function = *schema->GetFunction();
    } else if (schema->HasContextDependentFunction()) {
        std::vector<onnx::TypeProto> types;
        for (const KnownInput& input : inputs) {
            auto* tensor = types.emplace_back().mutable_tensor_type();
            tensor->set_elem_type(onnxType(input.type));
            if (!input.shape) continue;
            tensor->mutable_shape();
            for (int64_t d : *input.shape)
                tensor->mutable_shape()->add_dim()->set_dim_value(d);
        }
        const onnx::NodeProto proto = protoOf(node);
        try {
            const onnx::FunctionBodyBuildContextImpl context(proto, types);
            if (!schema->BuildContextDependentFunction(context, function)) return {};
        } catch (const std::exception&) {
            return {};
        }
    } else {
        return {};
    }
    NodeReader reader{{}, readOpsets(function.opset_import()), nullptr, 0};
    reader.opsets.try_emplace("", node.version);
    auto body = readFunction(function, reader);
    if (!body) return {};
    for (const auto& [name, attribute] : schema->attributes()) {
        const auto& usual = attribute.default_value;
        if (usual.type() == onnx::AttributeProto::FLOAT) body->defaults[name] = static_cast<double>(usual.f());
        if (usual.type() == onnx::AttributeProto::INT) body->defaults[name] = static_cast<int64_t>(usual.i());
        if (usual.type() == onnx::AttributeProto::STRING) body->defaults[name] = usual.s();
        if (usual.type() == onnx::AttributeProto::INTS)
            body->defaults[name] = std::vector<int64_t>(usual.ints().begin(), usual.ints().end());
    }
    return std::move(*body);
}

} // namespace wb::importer

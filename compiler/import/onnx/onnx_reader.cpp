// SPDX-License-Identifier: GPL-3.0-or-later
// The ONNX container: parse, check, and hand over as plain nodes.
#include "compiler/import/onnx/onnx_reader.h"

#include "compiler/import/onnx/onnx_tensor.h"
#include "compiler/import/wire.h"

#include <google/protobuf/io/coded_stream.h>
#include <set>

namespace wb::importer {
namespace {

constexpr int kOldestOpset = 7;
constexpr int kNewestOpset = 21;

/// Protobuf prints parse problems to stderr by itself; a damaged file is reported once, by us.
struct SilentLog {
    google::protobuf::LogSilencer silencer;
};

Error damaged(std::string what) {
    return Error{Code::ModelDamaged, std::move(what)};
}

Status readAttribute(const onnx::AttributeProto& proto, const std::filesystem::path& folder,
                     ops::SourceNode& node) {
    using A = onnx::AttributeProto;
    ops::SourceNode::Value value;
    // Files of IR version 1 may leave out the type; then the filled field tells.
    auto type = proto.type();
    if (type == A::UNDEFINED)
        type = proto.ints_size() > 0     ? A::INTS
               : proto.floats_size() > 0 ? A::FLOATS
               : proto.has_t()           ? A::TENSOR
               : proto.has_s()           ? A::STRING
               : proto.has_f()           ? A::FLOAT
                                         : A::INT;
    switch (type) {
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
        WB_ASSIGN(ir::Tensor tensor, readTensor(proto.t(), folder));
        value = std::move(tensor);
        break;
    }
    default:
        return {}; // sub-graphs and the like: the node that has them is not supported anyway
    }
    node.attributes.insert_or_assign(proto.name(), std::move(value));
    return {};
}

Result<ops::SourceNode> readNode(const onnx::NodeProto& proto, const std::filesystem::path& folder,
                                 const std::map<std::string, int>& opsets) {
    ops::SourceNode node;
    node.kind = proto.op_type();
    node.domain = proto.domain() == "ai.onnx" ? std::string() : proto.domain();
    node.name = proto.name();
    const auto opset = opsets.find(node.domain);
    node.version = opset == opsets.end() ? 0 : opset->second;
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    for (const auto& attribute : proto.attribute())
        if (auto status = readAttribute(attribute, folder, node); !status) {
            Error error = std::move(status).error();
            error.node =
                node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
            return error;
        }
    return node;
}

SourceInput readInput(const onnx::ValueInfoProto& proto) {
    SourceInput input;
    input.name = proto.name();
    const auto& type = proto.type().tensor_type();
    input.shapeKnown = proto.type().has_tensor_type() && type.has_shape();
    for (const auto& dim : type.shape().dim()) {
        const bool known = dim.has_dim_value() && dim.dim_value() > 0;
        input.shape.push_back(known ? dim.dim_value() : -1);
        input.symbols.push_back(known ? std::string() : dim.dim_param());
    }
    return input;
}

Result<onnx::ModelProto> parse(std::span<const std::byte> bytes) {
    if (bytes.size() > size_t{INT32_MAX})
        return damaged(
            "the file has " + std::to_string(bytes.size()) +
            " bytes; an ONNX file holds 2 GB, larger networks keep weights in external data");
    const SilentLog silent;
    google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                  static_cast<int>(bytes.size()));
    stream.SetTotalBytesLimit(INT32_MAX);
    onnx::ModelProto model;
    if (model.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage()) return model;
    if (wireRunsPastEnd(bytes))
        return Error{Code::FileTruncated, "the file ends in the middle of the network, after " +
                                              std::to_string(bytes.size()) + " bytes"}
            .remedy("copy or download the file again");
    return damaged("the file is no readable ONNX network").remedy("export the network again");
}

} // namespace

Result<SourceModel> readOnnx(const std::filesystem::path& path, std::span<const std::byte> bytes,
                             const JobContext& context) {
    WB_ASSIGN(const onnx::ModelProto proto, parse(bytes));
    SourceModel model;
    model.format = "ONNX";
    model.producer = proto.producer_name();
    std::map<std::string, int> opsets;
    for (const auto& entry : proto.opset_import()) {
        const std::string domain = entry.domain() == "ai.onnx" ? std::string() : entry.domain();
        const bool sane = entry.version() >= 0 && entry.version() < 10000;
        opsets[domain] = sane ? static_cast<int>(entry.version()) : 0;
    }
    const auto& graph = proto.graph();
    if (!proto.has_graph() || graph.node_size() == 0)
        return Error{Code::ModelEmpty, "the network has no nodes"};
    model.opset = opsets.contains("") ? opsets[""] : 0;
    if (model.opset < kOldestOpset)
        return Error{Code::OpsetUnsupported,
                     "the network uses operator set " + std::to_string(model.opset) +
                         ", this version reads " + std::to_string(kOldestOpset) + " to " +
                         std::to_string(kNewestOpset)}
            .remedy("export it again with opset 12 or later")
            .field("opset", std::to_string(model.opset));
    if (model.opset > kNewestOpset)
        context.diagnostics().warn(Code::OpsetUnsupported,
                                   "the network uses operator set " + std::to_string(model.opset) +
                                       ", newer than the " + std::to_string(kNewestOpset) +
                                       " this version knows; it is read as that one");
    const std::filesystem::path folder = path.parent_path();
    for (const auto& tensor : graph.initializer()) {
        WB_TRY(context.checkStop());
        WB_ASSIGN(ir::Tensor data, readTensor(tensor, folder));
        model.constants.insert_or_assign(tensor.name(), std::move(data));
    }
    if (graph.sparse_initializer_size() > 0)
        return damaged("the network has sparse weights, which this version does not read");
    for (const auto& node : graph.node()) {
        WB_ASSIGN(ops::SourceNode read, readNode(node, folder, opsets));
        model.nodes.push_back(std::move(read));
    }
    std::set<std::string> seen;
    for (const auto& input : graph.input())
        if (!model.constants.contains(input.name()) && seen.insert(input.name()).second)
            model.inputs.push_back(readInput(input));
    for (const auto& output : graph.output())
        model.outputs.push_back(output.name());
    return model;
}

} // namespace wb::importer

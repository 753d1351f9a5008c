// SPDX-License-Identifier: GPL-3.0-or-later
// The ONNX container: parse, check, and hand over as plain nodes.
#include "compiler/import/onnx/onnx_reader.h"

#include "compiler/import/onnx/onnx_node.h"
#include "compiler/import/onnx/onnx_rewrite.h"
#include "compiler/import/onnx/onnx_tensor.h"
#include "compiler/import/wire.h"

#include <google/protobuf/io/coded_stream.h>
#include <set>

namespace wb::importer {
namespace {

constexpr int kOldestOpset = 1;
constexpr int kNumpyOpset = 7; ///< from here on operands broadcast as in numpy
constexpr int kNewestOpset = 24;

/// Protobuf prints parse problems to stderr by itself; a damaged file is reported once, by us.
struct SilentLog {
    google::protobuf::LogSilencer silencer;
};

Error damagedFile(std::string what) {
    return Error{Code::ModelDamaged, std::move(what)};
}

/// Before operator set 7 an attribute said where operands broadcast; without it they are equal in shape or
/// aligned at the end, as in numpy.
Status checkOld(const ops::SourceNode& node) {
    if (node.version >= kNumpyOpset || node.integer("broadcast", 0) == 0 || !node.has("axis")) return {};
    Error error{Code::OpsetUnsupported, node.kind + ": broadcasting from an axis on, as operator set " +
                                            std::to_string(node.version) + " has it"};
    error.node = node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
    return std::move(error).remedy("export it again with opset 12 or later");
}

SourceInput readInput(const onnx::ValueInfoProto& proto) {
    SourceInput input;
    input.name = proto.name();
    const auto& type = proto.type().tensor_type();
    if (const auto element = elementType(type.elem_type()); element != ir::ElementType::None) input.type = element;
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
        return damagedFile(
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
    return damagedFile("the file is no readable ONNX network").remedy("export the network again");
}

} // namespace

Result<SourceModel> readOnnx(const std::filesystem::path& path, std::span<const std::byte> bytes,
                             const JobContext& context) {
    WB_ASSIGN(const onnx::ModelProto proto, parse(bytes));
    SourceModel model;
    model.format = "ONNX";
    model.producer = proto.producer_name();
    std::map<std::string, int> opsets = readOpsets(proto.opset_import());
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
    for (const auto& tensor : graph.sparse_initializer()) {
        WB_ASSIGN(ir::Tensor data, readSparse(tensor, folder));
        model.constants.insert_or_assign(tensor.values().name(), std::move(data));
    }
    NodeReader reader{folder, opsets, &model, 0};
    for (const auto& function : proto.functions()) {
        NodeReader inner{folder, readOpsets(function.opset_import()), &model, 0};
        WB_ASSIGN(SourceBody body, readFunction(function, inner));
        model.functions.insert_or_assign(function.domain() + "." + function.name(), std::move(body));
    }
    for (const auto& node : graph.node()) {
        WB_ASSIGN(ops::SourceNode read, readNode(node, reader));
        WB_TRY(checkOld(read));
        model.nodes.push_back(std::move(read));
    }
    std::set<std::string> seen;
    for (const auto& input : graph.input())
        if (!model.constants.contains(input.name()) && seen.insert(input.name()).second)
            model.inputs.push_back(readInput(input));
    for (const auto& output : graph.output())
        model.outputs.push_back(output.name());
    rewriteQuantised(model.nodes, model.outputs, model.constants);
    return model;
}

} // namespace wb::importer

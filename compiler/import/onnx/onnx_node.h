// SPDX-License-Identifier: GPL-3.0-or-later
// NodeProto, GraphProto and FunctionProto → plain nodes and bodies. Only for the sources of this folder: it
// shows protobuf types.
#pragma once

#include "compiler/import/source_model.h"

#include <filesystem>
#include <map>
#include <onnx/onnx_pb.h>

namespace wb::importer {

/// What nodes are read with: where external data lies, operator set by domain, and where bodies of control flow
/// go (SourceModel::bodies; the attribute then holds the index, SourceNode::inputs the captured names too).
struct NodeReader {
    std::filesystem::path folder;
    std::map<std::string, int> opsets;
    SourceModel* model = nullptr;
    int depth = 0; ///< of nested bodies; more than 8 are refused
};

/// ModelDamaged for arrays that do not parse. `references`: attributes that take their value from the function's
/// caller are listed there, or refused when null.
Result<ops::SourceNode> readNode(const onnx::NodeProto& proto, NodeReader& reader,
                                 std::vector<SourceBody::Reference>* references = nullptr);
Result<SourceBody> readFunction(const onnx::FunctionProto& proto, NodeReader& reader);
/// Operator sets by domain, "ai.onnx" as ""; senseless numbers are 0.
template <class Entries> std::map<std::string, int> readOpsets(const Entries& entries) {
    std::map<std::string, int> opsets;
    for (const auto& entry : entries) {
        const std::string domain = entry.domain() == "ai.onnx" ? std::string() : entry.domain();
        const bool sane = entry.version() >= 0 && entry.version() < 10000;
        opsets[domain] = sane ? static_cast<int>(entry.version()) : 0;
    }
    return opsets;
}

} // namespace wb::importer

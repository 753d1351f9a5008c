// SPDX-License-Identifier: GPL-3.0-or-later
// A network as a format reader gives it: nodes with names, constants, declared inputs and outputs.
// Nothing here knows protobuf; everything was checked for sizes against the bytes that were
// present.
#pragma once

#include "compiler/ops/import_rule.h"

#include <map>
#include <string>
#include <vector>

namespace wb::importer {

struct SourceInput {
    std::string name;
    ir::Shape shape;                  ///< -1 where the file leaves a dimension free
    std::vector<std::string> symbols; ///< name of each free dimension, "" if it has none
    bool shapeKnown = true;           ///< false: not even the rank is declared
    ir::ElementType type = ir::ElementType::F32; ///< as declared; the value itself runs as F32
};

/// Nodes with formal inputs and outputs: a branch of If, the body of Loop, a function.
struct SourceBody {
    /// Attribute `name` of nodes[node] is attribute `from` of the node that calls the function.
    struct Reference {
        size_t node = 0;
        std::string name, from;
    };
    std::vector<std::string> inputs, outputs;
    /// Names read from around it; the node that has the body reads them, too, from input `firstCapture` on.
    std::vector<std::string> captures;
    size_t firstCapture = 0;
    std::map<std::string, ir::Tensor, std::less<>> constants;
    std::vector<ops::SourceNode> nodes;
    std::vector<Reference> references;
    std::map<std::string, ops::SourceNode::Value, std::less<>> defaults; ///< of attributes referred to
};

struct SourceModel {
    std::string format;
    std::string producer;
    int opset = 0;
    ops::Framework framework = ops::Framework::Onnx;
    std::vector<SourceInput> inputs;
    std::vector<std::string> outputs;
    std::map<std::string, ir::Tensor, std::less<>> constants;
    std::map<std::string, ir::TensorType, std::less<>> declared; ///< tensors that are codes with scales (TFLite)
    std::vector<ops::SourceNode> nodes;
    std::vector<SourceBody> bodies; ///< of control flow; attributes hold the index
    std::map<std::string, SourceBody, std::less<>> functions; ///< of the file itself, by "domain.kind"
};

/// Nodes in an order in which each comes after those it reads, by file order where free. GraphCycle
/// names a node of the cycle; ModelDamaged when two nodes write one name.
Status sortNodes(SourceModel& model);

/// Drops the nodes and inputs that `outputs` do not need. OutputNotFound with near matches.
Status cutAt(SourceModel& model, const std::vector<std::string>& outputs);

} // namespace wb::importer

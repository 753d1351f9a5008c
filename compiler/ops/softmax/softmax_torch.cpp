// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's softmax and log_softmax.
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchSoftmax(const SourceNode& node, ImportBuilder& builder) {
    const bool log = node.kind.find("log") != std::string::npos;
    return torchAsOnnx(node, builder, log ? "LogSoftmax" : "Softmax", {inputName(node, 0)}, {{"axis", node.integer("dim", -1)}});
}

} // namespace

void torch_softmax(ImportTable& table);
void torch_softmax(ImportTable& table) {
    for (const char* kind : {"aten::softmax", "aten::_softmax", "aten::log_softmax", "aten::_log_softmax"})
        table.add(Framework::Torch, kind, torchSoftmax);
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's borders: pairs of before and after, the last axis first.
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchPad(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const auto given = node.integers(node.has("pad") ? "pad" : "padding");
    if (!given || given->size() % 2 != 0 || given->size() / 2 > x.size()) return attributeError(node, "borders that do not fit " + ir::toText(x));
    std::vector<int64_t> pads(2 * x.size(), 0);
    for (size_t i = 0; i < given->size() / 2; ++i) {
        pads[x.size() - 1 - i] = (*given)[2 * i];
        pads[2 * x.size() - 1 - i] = (*given)[2 * i + 1];
    }
    std::string mode = node.string("mode", "constant");
    if (node.kind.find("reflection") != std::string::npos) mode = "reflect";
    if (node.kind.find("replication") != std::string::npos || mode == "replicate") mode = "edge";
    return torchAsOnnx(node, builder, "Pad", {node.inputs[0]},
                       {{"pads", pads}, {"mode", mode}, {"value", torchNumber(node, "value").value_or(0.0)}});
}

} // namespace

void torch_pad(ImportTable& table);
void torch_pad(ImportTable& table) {
    for (const char* kind : {"aten::pad", "aten::constant_pad_nd", "aten::reflection_pad1d", "aten::reflection_pad2d",
                             "aten::replication_pad1d", "aten::replication_pad2d"})
        table.add(Framework::Torch, kind, torchPad);
}

} // namespace wb::ops

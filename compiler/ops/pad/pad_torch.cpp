// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's borders: pairs of before and after, the last axis first.
#include "compiler/ops/import_compose.h"
#include "compiler/ops/torch_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

/// What leaves on one side of an axis comes in on the other; negative borders take away.
Status torchWrap(const SourceNode& node, ImportBuilder& builder, const std::vector<int64_t>& pads) {
    Composer c(node, builder);
    ir::ValueId x = c.input(0);
    const ir::Shape shape = c.shape(x);
    for (size_t d = 0; d < shape.size() && !c.failed(); ++d) {
        const int64_t before = pads[d], after = pads[shape.size() + d], size = shape[d];
        if (before == 0 && after == 0) continue;
        if (before > size || after > size || before + after + size < 1 || before < -size || after < -size)
            return attributeError(node, "borders of " + std::to_string(before) + " and " + std::to_string(after) + " around " + std::to_string(size));
        std::vector<ir::ValueId> parts;
        if (before > 0) parts.push_back(c.slice(x, d, size - before, size));
        parts.push_back(before < 0 || after < 0 ? c.slice(x, d, std::max<int64_t>(0, -before), size - std::max<int64_t>(0, -after)) : x);
        if (after > 0) parts.push_back(c.slice(x, d, 0, after));
        x = c.concat(std::move(parts), static_cast<int64_t>(d));
    }
    return c.done(x);
}

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
    if (mode == "circular") return torchWrap(node, builder, pads);
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

// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's operators that leave numbers as they are in inference, and conversions of type.
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchIdentity(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    return torchBind(node, builder, in);
}

/// Conversions between float types change nothing here: every value is single precision.
Status torchTo(const SourceNode& node, ImportBuilder& builder) {
    constexpr int64_t kBool = 11; // c10/core/ScalarType.h
    WB_TRY(needInputs(node, 1));
    if (!torchResultIsInteger(node) || !node.has("dtype")) return torchIdentity(node, builder);
    ir::AttributeMap a;
    a.set("round_mode", "TowardsZero");
    a.set("to", node.integer("dtype", 0) == kBool ? "BOOL" : "INT32");
    return torchUnary(node, builder, "top.Cast", std::move(a));
}

} // namespace

void torch_cast(ImportTable& table);
void torch_cast(ImportTable& table) {
    for (const char* kind : {"aten::contiguous", "aten::clone", "aten::detach", "aten::alias", "aten::dropout",
                             "aten::feature_dropout", "aten::alpha_dropout", "aten::feature_alpha_dropout", "aten::type_as", "aten::requires_grad",
                             "aten::lift_fresh", "aten::positive", "aten::cpu"})
        table.add(Framework::Torch, kind, torchIdentity);
    table.add(Framework::Torch, "aten::to", torchTo);
    table.add(Framework::Torch, "aten::_to_copy", torchTo);
}

} // namespace wb::ops

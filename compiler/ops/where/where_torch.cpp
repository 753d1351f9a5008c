// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's selection: where(condition, self, other) and masked_fill(self, mask, value), each with tensors or
// numbers.
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

struct TorchChoice {
    ir::ValueId value = ir::kNoValue;
    std::optional<double> number;
};

Status torchChoose(const SourceNode& node, ImportBuilder& builder, ir::ValueId condition, const TorchChoice& yes, const TorchChoice& no) {
    ir::AttributeMap a;
    a.set("x_is_const", yes.number.has_value());
    a.set("x_const_val", yes.number.value_or(0.0));
    a.set("y_is_const", no.number.has_value());
    a.set("y_const_val", no.number.value_or(0.0));
    return torchEmit(node, builder, "top.Where", {condition, yes.value, no.value}, std::move(a));
}

/// The number under `key`, or else the next input (a constant of one element counts as a number).
Result<TorchChoice> torchNext(const SourceNode& node, ImportBuilder& builder, const char* key, size_t& next) {
    TorchChoice choice;
    choice.number = torchNumber(node, key);
    if (choice.number) return choice;
    const size_t index = next++;
    choice.number = constantScalar(inputName(node, index), builder);
    if (!choice.number) {
        WB_ASSIGN(choice.value, valueOf(node, builder, index));
    }
    return choice;
}

Status torchWhere(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId condition, valueOf(node, builder, 0));
    size_t next = 1;
    WB_ASSIGN(const TorchChoice yes, torchNext(node, builder, "self", next));
    WB_ASSIGN(const TorchChoice no, torchNext(node, builder, "other", next));
    return torchChoose(node, builder, condition, yes, no);
}

Status torchMaskedFill(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    TorchChoice self;
    WB_ASSIGN(self.value, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId mask, valueOf(node, builder, 1));
    size_t next = 2;
    WB_ASSIGN(const TorchChoice value, torchNext(node, builder, "value", next));
    return torchChoose(node, builder, mask, value, self);
}

} // namespace

void torch_where(ImportTable& table);
void torch_where(ImportTable& table) {
    table.add(Framework::Torch, "aten::where", torchWhere);
    table.add(Framework::Torch, "aten::masked_fill", torchMaskedFill);
}

} // namespace wb::ops

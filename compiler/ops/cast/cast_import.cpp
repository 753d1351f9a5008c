// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of what leaves numbers as they are: ONNX Identity, Dropout (not training), Cast
// and CastLike to a float type; and to integers, bool or bfloat16, which changes them.
#include "compiler/ops/import_compose.h"

namespace wb::ops {
namespace {

Status importIdentity(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    builder.bind(node.outputs.front(), in);
    return {};
}

/// Networks in half precision are run as if they were in single: only bfloat16 rounds.
Status importCast(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    constexpr int64_t kString = 8, kComplex64 = 14, kComplex128 = 15, kLast = 16; // numbers of ONNX's types
    const int64_t asked = node.integer("to", 1);
    if (asked == kString || asked == kComplex64 || asked == kComplex128 || asked > kLast)
        return attributeError(node, "to a type of strings, complex numbers, or numbers of eight bits and less (" + std::to_string(asked) + ")")
            .remedy("export the network in float32 or float16, and quantise it here");
    const ir::ElementType to = builder.sourceType(node.outputs.front());
    if (to == builder.sourceType(node.inputs[0]) || (ir::isFloat(to) && to != ir::ElementType::BF16)) {
        builder.bind(node.outputs.front(), in);
        return {};
    }
    ir::AttributeMap a;
    a.set("round_mode", "TowardsZero");
    a.set("to", to == ir::ElementType::BF16 ? "BF16" : to == ir::ElementType::I1 ? "BOOL" : "INT32");
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Cast", {in}, std::move(a)));
    return {};
}

/// Without training nothing is dropped: the mask, if asked for, is all true.
Status importDropout(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const auto training = constantReals(node, builder, 2), ratio = constantReals(node, builder, 1);
    const bool drops = training && !training->empty() && training->front() != 0;
    if (drops && !(ratio && ratio->size() == 1 && ratio->front() == 0)) return attributeError(node, "training_mode");
    WB_TRY(importIdentity(node, builder));
    if (node.outputs.size() < 2 || node.outputs[1].empty()) return {};
    Composer c(node, builder);
    const ir::Shape shape = c.shape(c.input(0));
    ir::AttributeMap a;
    a.set("shape", ir::Attribute::ints(shape));
    return c.done(c.op("top.Expand", {c.tensor(ir::Shape(shape.size(), 1), {1.0F})}, std::move(a)), 1);
}

} // namespace

void import_cast(ImportTable& table);
void import_cast(ImportTable& table) {
    table.add(Framework::Onnx, "Identity", importIdentity);
    table.add(Framework::Onnx, "Dropout", importDropout);
    table.add(Framework::Onnx, "Cast", importCast);
    table.add(Framework::Onnx, "CastLike", importCast);
}

} // namespace wb::ops

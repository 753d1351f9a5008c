// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of what leaves numbers as they are: ONNX Identity, Dropout (not training), Cast
// to a float type; and Cast to integers or bool, which changes them.
#include "compiler/ops/import_help.h"

namespace wb::ops {
namespace {

Status importIdentity(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    builder.bind(node.outputs.front(), in);
    return {};
}

Status importCast(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    constexpr int64_t kFloat = 1, kBool = 9, kHalf = 10, kDouble = 11, kBfloat = 16;
    const int64_t to = node.integer("to", kFloat);
    if (to == kFloat || to == kHalf || to == kDouble || to == kBfloat) {
        builder.bind(node.outputs.front(), in);
        return {};
    }
    ir::AttributeMap a;
    a.set("round_mode", "TowardsZero");
    a.set("to", to == kBool ? "BOOL" : "INT32");
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Cast", {in}, std::move(a)));
    return {};
}

} // namespace

void import_cast(ImportTable& table);
void import_cast(ImportTable& table) {
    table.add(Framework::Onnx, "Identity", importIdentity);
    table.add(Framework::Onnx, "Dropout", importIdentity);
    table.add(Framework::Onnx, "Cast", importCast);
}

} // namespace wb::ops

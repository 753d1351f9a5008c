// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings: ONNX Acos-7 … Sinh-9, IsNaN-9…13, IsInf-10.
#include "compiler/ops/import_help.h"

namespace wb::ops {
namespace {

struct Spelling {
    const char* kind;
    const char* op;
};

constexpr Spelling kSpellings[] = {
    {"Acos", "top.Arccos"},   {"Asin", "top.Arcsin"},   {"Atan", "top.Arctan"},   {"Cosh", "top.Cosh"},
    {"Sinh", "top.Sinh"},     {"Acosh", "top.Arccosh"}, {"Asinh", "top.Arcsinh"}, {"Atanh", "top.Arctanh"},
    {"IsNaN", "top.IsNaN"},   {"IsInf", "top.IsInf"},
};

Status importElementary(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    ir::AttributeMap a;
    if (node.kind == "IsInf") {
        a.set("detect_negative", node.integer("detect_negative", 1) != 0);
        a.set("detect_positive", node.integer("detect_positive", 1) != 0);
    }
    for (const Spelling& row : kSpellings)
        if (node.kind == row.kind) {
            WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, row.op, {in}, std::move(a)));
            return {};
        }
    return nodeError(node, Code::Internal, "no row for this function");
}

} // namespace

void import_elementary(ImportTable& table);
void import_elementary(ImportTable& table) {
    for (const Spelling& row : kSpellings)
        table.add(Framework::Onnx, row.kind, importElementary);
}

} // namespace wb::ops

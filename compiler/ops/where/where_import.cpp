// SPDX-License-Identifier: GPL-3.0-or-later
// Source spelling of selection: ONNX Where-9…16.
#include "compiler/ops/import_help.h"

namespace wb::ops {
namespace {

Status importWhere(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    std::vector<ir::ValueId> operands;
    ir::AttributeMap a;
    const char* prefix[] = {"", "x", "y"};
    for (size_t i = 0; i < 3; ++i) {
        const auto number = i == 0 ? std::nullopt : constantScalar(node.inputs[i], builder);
        if (i > 0) {
            a.set(std::string(prefix[i]) + "_is_const", number.has_value());
            a.set(std::string(prefix[i]) + "_const_val", number.value_or(0.0));
        }
        if (number) {
            operands.push_back(ir::kNoValue);
            continue;
        }
        WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, i));
        operands.push_back(id);
    }
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Where", std::move(operands), std::move(a)));
    return {};
}

} // namespace

void import_where(ImportTable& table);
void import_where(ImportTable& table) {
    table.add(Framework::Onnx, "Where", importWhere);
}

} // namespace wb::ops

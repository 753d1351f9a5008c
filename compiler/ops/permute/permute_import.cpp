// SPDX-License-Identifier: GPL-3.0-or-later
// Source spelling of axis reordering: ONNX Transpose-1…21.
#include "compiler/ops/import_help.h"

namespace wb::ops {
namespace {

Status importTranspose(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const auto rank = static_cast<int64_t>(builder.graph().value(in).type.shape.size());
    std::vector<int64_t> order = node.integers("perm").value_or(std::vector<int64_t>{});
    if (order.empty())
        for (int64_t d = rank; d-- > 0;)
            order.push_back(d);
    for (int64_t& axis : order)
        if (axis < 0) axis += rank;
    ir::AttributeMap a;
    a.set("order", ir::Attribute::ints(order));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Permute", {in}, std::move(a)));
    return {};
}

} // namespace

void import_permute(ImportTable& table);
void import_permute(ImportTable& table) {
    table.add(Framework::Onnx, "Transpose", importTranspose);
}

} // namespace wb::ops

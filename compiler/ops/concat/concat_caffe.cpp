// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Concat (`concat_dim` before `axis` existed).
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status importCaffeConcat(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    std::vector<ir::ValueId> parts;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, i));
        parts.push_back(id);
    }
    if (parts.size() == 1) {
        builder.bind(node.outputs.front(), parts.front());
        return {};
    }
    const int64_t given = node.integer("axis", node.integer("concat_dim", 1));
    const auto axis = normaliseAxis(given, builder.graph().value(parts.front()).type.shape.size());
    if (!axis) return attributeError(node, "axis " + std::to_string(given));
    ir::AttributeMap a = withRelu();
    a.set("axis", ir::Attribute::si32(*axis));
    a.set("only_merge", false);
    a.set("round_mode", "HalfAwayFromZero");
    return done(builder.emit(node, "top.Concat", std::move(parts), std::move(a)));
}

} // namespace

void caffe_concat(ImportTable& table);
void caffe_concat(ImportTable& table) { table.add(Framework::Caffe, "Concat", importCaffeConcat); }

} // namespace wb::ops

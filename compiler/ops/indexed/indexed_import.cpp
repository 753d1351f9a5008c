// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings: ONNX GatherElements-11, GatherND-11…13, Scatter-9, ScatterElements-11…18, ScatterND-11…18.
#include "compiler/ops/import_help.h"

namespace wb::ops {
namespace {

Status emitAll(const SourceNode& node, ImportBuilder& builder, const char* op, size_t count, ir::AttributeMap a) {
    WB_TRY(needInputs(node, count));
    std::vector<ir::ValueId> operands;
    for (size_t i = 0; i < count; ++i) {
        WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, i));
        operands.push_back(id);
    }
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, op, std::move(operands), std::move(a)));
    return {};
}

Status importGatherElements(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("axis", node.integer("axis", 0));
    return emitAll(node, builder, "top.GatherElements", 2, std::move(a));
}

Status importGatherNd(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("batch_dims", node.integer("batch_dims", 0));
    return emitAll(node, builder, "top.GatherND", 2, std::move(a));
}

Status importScatter(const SourceNode& node, ImportBuilder& builder) {
    const bool elements = node.kind != "ScatterND";
    ir::AttributeMap a;
    if (elements) a.set("axis", node.integer("axis", 0));
    a.set("reduction", node.string("reduction", "none"));
    return emitAll(node, builder, elements ? "top.ScatterElements" : "top.ScatterND", 3, std::move(a));
}

} // namespace

void import_indexed(ImportTable& table);
void import_indexed(ImportTable& table) {
    table.add(Framework::Onnx, "GatherElements", importGatherElements);
    table.add(Framework::Onnx, "GatherND", importGatherNd);
    table.add(Framework::Onnx, "Scatter", importScatter);
    table.add(Framework::Onnx, "ScatterElements", importScatter);
    table.add(Framework::Onnx, "ScatterND", importScatter);
}

} // namespace wb::ops

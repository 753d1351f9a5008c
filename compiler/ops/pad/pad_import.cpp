// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of borders: ONNX Pad-2 (attributes), Pad-11…21 (inputs, axes since 18).
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status importPad(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const size_t rank = builder.graph().value(in).type.shape.size();
    const auto given =
        node.integers("pads") ? node.integers("pads") : constantInts(node, builder, 1);
    if (!given) return attributeError(node, "the border is known only at run time");
    std::vector<int64_t> pads = *given;
    if (!inputName(node, 3).empty()) {
        const auto axes = constantInts(node, builder, 3);
        if (!axes || pads.size() != 2 * axes->size())
            return attributeError(node, "axes that do not fit the border");
        pads.assign(2 * rank, 0);
        for (size_t i = 0; i < axes->size(); ++i) {
            const auto axis = normaliseAxis((*axes)[i], rank);
            if (!axis) return attributeError(node, "axis " + std::to_string((*axes)[i]));
            pads[static_cast<size_t>(*axis)] = (*given)[i];
            pads[static_cast<size_t>(*axis) + rank] = (*given)[i + axes->size()];
        }
    }
    const std::string mode = node.string("mode", "constant");
    if (mode != "constant" && mode != "reflect" && mode != "edge")
        return attributeError(node, "mode '" + mode + "'");
    double value = node.real("value", 0.0);
    if (const std::string name = inputName(node, 2); !name.empty()) {
        const auto number = constantScalar(name, builder);
        if (!number) return attributeError(node, "the border's value is known only at run time");
        value = *number;
    }
    ir::AttributeMap a;
    a.set("mode", mode);
    a.set("paddings", ir::Attribute::ints(pads));
    a.set("val", value);
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Pad", {in}, std::move(a)));
    return {};
}

} // namespace

void import_pad(ImportTable& table);
void import_pad(ImportTable& table) {
    table.add(Framework::Onnx, "Pad", importPad);
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings: ONNX GridSample-16…20, RoiAlign-10…16.
#include "compiler/ops/import_help.h"

namespace wb::ops {
namespace {

int64_t numberOf(const std::string& word, std::initializer_list<const char*> words) {
    int64_t number = 0;
    for (const char* known : words) {
        if (word == known) return number;
        ++number;
    }
    return -1;
}

Status importGridSample(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId grid, valueOf(node, builder, 1));
    std::string mode = node.string("mode", "bilinear");
    if (mode == "linear") mode = "bilinear"; // opset 20's words
    if (mode == "cubic") mode = "bicubic";
    const std::string border = node.string("padding_mode", "zeros");
    const int64_t modeNumber = numberOf(mode, {"bilinear", "nearest", "bicubic"});
    const int64_t borderNumber = numberOf(border, {"zeros", "border", "reflection"});
    if (modeNumber < 0) return attributeError(node, "mode '" + mode + "'");
    if (borderNumber < 0) return attributeError(node, "padding_mode '" + border + "'");
    if (builder.graph().value(x).type.shape.size() != 4) return attributeError(node, "pictures of other than two axes");
    ir::AttributeMap a;
    a.set("align_corners", node.integer("align_corners", 0) != 0);
    a.set("mode", modeNumber);
    a.set("padding_mode", borderNumber);
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, "top.GridSampler", {x, grid}, std::move(a)));
    return {};
}

Status importRoiAlign(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    std::vector<ir::ValueId> operands;
    for (size_t i = 0; i < 3; ++i) {
        WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, i));
        operands.push_back(id);
    }
    const std::string mode = node.string("mode", "avg");
    if (mode != "avg" && mode != "max") return attributeError(node, "mode '" + mode + "'");
    const int64_t ratio = node.integer("sampling_ratio", 0);
    if (ratio < 0 || ratio > 1024) return attributeError(node, "sampling_ratio " + std::to_string(ratio));
    ir::AttributeMap a;
    a.set("half_pixel", node.string("coordinate_transformation_mode",
                                    node.version < 16 ? "output_half_pixel" : "half_pixel") == "half_pixel");
    a.set("mode", mode);
    a.set("output_height", node.integer("output_height", 1));
    a.set("output_width", node.integer("output_width", 1));
    a.set("sampling_ratio", ratio);
    a.set("spatial_scale", asFloat32(node.real("spatial_scale", 1.0)));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, "top.RoiAlign", std::move(operands), std::move(a)));
    return {};
}

} // namespace

void import_sampling(ImportTable& table);
void import_sampling(ImportTable& table) {
    table.add(Framework::Onnx, "GridSample", importGridSample);
    table.add(Framework::Onnx, "RoiAlign", importRoiAlign);
}

} // namespace wb::ops

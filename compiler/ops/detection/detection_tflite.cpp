// SPDX-License-Identifier: GPL-3.0-or-later
// TensorFlow Lite's custom operator TFLite_Detection_PostProcess: offsets [1,N,4], scores [1,N,C], anchors [N,4].
#include "compiler/ops/tflite_help.h"

namespace wb::ops {
namespace {

/// Anchors as numbers, whatever the file holds them as: the operator runs in float.
Result<ir::ValueId> anchorNumbers(TfliteNode& n, ImportBuilder& builder) {
    const std::string name = inputName(n.source(), 2);
    const ir::Tensor* data = builder.constant(name);
    if (data == nullptr) return n.operand(2, Order::File);
    const ir::TensorType* type = builder.declared(name);
    const auto* quant = type == nullptr ? nullptr : type->uniform();
    if (quant == nullptr) {
        WB_ASSIGN(ir::Tensor numbers, toFloat32(*data));
        return builder.addConstant(name, std::move(numbers));
    }
    WB_ASSIGN(ir::Tensor numbers, dequantised(*data, *quant));
    return builder.addConstant(name, std::move(numbers));
}

Status importTfliteDetection(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    TfliteNode n(node, builder);
    WB_ASSIGN(const ir::ValueId offsets, n.operand(0, Order::File));
    WB_ASSIGN(const ir::ValueId scores, n.operand(1, Order::File));
    WB_ASSIGN(const ir::ValueId anchors, anchorNumbers(n, builder));
    ir::AttributeMap a;
    for (const char* name : {"max_detections", "num_classes", "nms_score_threshold", "nms_iou_threshold", "y_scale", "x_scale",
                             "h_scale", "w_scale"})
        if (!node.has(name)) return attributeError(node, std::string(name) + " is not given");
    for (const char* name : {"max_detections", "num_classes"})
        a.set(name, node.integer(name, 0));
    a.set("max_classes_per_detection", node.integer("max_classes_per_detection", 1));
    a.set("detections_per_class", node.integer("detections_per_class", 100)); // what files of before have
    a.set("use_regular_nms", node.integer("use_regular_nms", 0) != 0);
    for (const char* name : {"nms_score_threshold", "nms_iou_threshold", "y_scale", "x_scale", "h_scale", "w_scale"})
        a.set(name, node.real(name, static_cast<double>(node.integer(name, 0))));
    WB_ASSIGN([[maybe_unused]] const auto ids, builder.emitMany(node, "top.DetectionPostProcess", {offsets, scores, anchors}, std::move(a)));
    return {};
}

} // namespace

void tflite_detection(ImportTable& table);
void tflite_detection(ImportTable& table) {
    table.add(Framework::TFLite, "TFLite_Detection_PostProcess", importTfliteDetection);
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// YoloDetection(heads…) → [N,1,keep_topk,7]: picture, class, score, centre x, centre y, width, height, the best first;
// unused rows are zeros. Places and sizes are pixels of the network's input, of the older versions (yolov3…, yolov4)
// parts of it, as the vendor's operator has them. Attributes as the vendor's: version ("yolov3", "yolov3_tiny",
// "yolov4", "yolov5", "yolov7", "yolov8"), anchors (w, h pairs in pixels, num_boxes a head, in the order of the heads),
// class_num, net_input_h, net_input_w, obj_threshold, nms_threshold, keep_topk, agnostic_nms. A head is [N,A·(5+C),H,W] or
// [N,A,H,W,5+C]; version "yolov8" has one, decoded already: [N,4+C,P]. It runs on the host, behind the chip's last layer.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Types inferYolo(const ir::Graph& graph, const ir::Node& node) {
    const auto& a = node.attributes;
    const int64_t classes = a.integer("class_num", 0), boxes = a.integer("num_boxes", 3), keep = a.integer("keep_topk", 0);
    const int64_t height = a.integer("net_input_h", 0), width = a.integer("net_input_w", 0);
    const bool decoded = a.string("version", "yolov5") == "yolov8";
    if (classes < 1 || classes > (1 << 20) || boxes < 1 || boxes > 64 || keep < 1 || keep > (1 << 20) || height < 1 || width < 1)
        return shapeError(graph, node, std::to_string(classes) + " classes, " + std::to_string(keep) + " rows");
    if (!decoded && a.reals("anchors").size() != node.operands.size() * static_cast<size_t>(boxes) * 2)
        return shapeError(graph, node, std::to_string(a.reals("anchors").size()) + " anchor numbers for " +
                                           std::to_string(node.operands.size()) + " heads");
    int64_t pictures = 0;
    for (size_t i = 0; i < node.operands.size(); ++i) {
        WB_ASSIGN(const ir::TensorType head, operandType(graph, node, i));
        const ir::Shape& s = head.shape;
        const bool planes = s.size() == 4 && s[1] == boxes * (5 + classes);
        const bool cells = s.size() == 5 && s[1] == boxes && s[4] == 5 + classes;
        const bool columns = s.size() == 3 && s[1] == 4 + classes && node.operands.size() == 1;
        if (s.empty() || (decoded ? !columns : !planes && !cells) || (i > 0 && s[0] != pictures))
            return shapeError(graph, node, "a head of " + ir::toText(s));
        pictures = s[0];
        if (!decoded && (s[2] < 1 || s[3] < 1)) return shapeError(graph, node, "a head of " + ir::toText(s));
    }
    return floatResult(graph, node, {pictures, 1, keep, 7});
}

} // namespace

void define_yolo(OpTable& table);
void define_yolo(OpTable& table) {
    table.add({.name = "top.YoloDetection",
               .summary = "boxes from the heads of a YOLO, the best of overlapping ones",
               .infer = inferYolo,
               .flops = flopsPerElement<16>,
               .minOperands = 1,
               .maxOperands = -1});
}

} // namespace wb::ops

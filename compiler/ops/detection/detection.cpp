// SPDX-License-Identifier: GPL-3.0-or-later
// What ends detection networks. Both give a table of fixed size whose unused rows hold -1, since how many boxes there are
// only shows at run time. They run on the host, behind the last layer of the chip (quantise/host_part.h).
// Nms(boxes [N,P,4], scores [N,C,P]) {center_point_box, max_output_size, iou_threshold, score_threshold} →
// [N·C·min(max_output_size, P), 3]: picture, class, box; in the order of pictures, classes, falling scores.
// DetectionOutput(loc [N,P·4·(C or 1)], conf [N,P·C], prior [1,2,P·4]: corners, variances) → [N,1,K,7]: picture, class,
// score, x0, y0, x1, y1; attributes as Caffe's SSD names them, K is keep_top_k.
// DetectionPostProcess(offsets [1,N,4], scores [1,N,C], anchors [N,4]) → boxes [1,K,4]: y0, x0, y1, x1; classes [1,K]; scores
// [1,K]; how many boxes [1]. Rows that are not used hold 0. Attributes as TensorFlow Lite names them, K is max_detections ·
// max_classes_per_detection.
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

Types inferNms(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType boxes, operandType(graph, node, 0, 3));
    WB_ASSIGN(const ir::TensorType scores, operandType(graph, node, 1, 3));
    const int64_t most = node.attributes.integer("max_output_size", 0);
    if (boxes.shape[0] != scores.shape[0] || boxes.shape[1] != scores.shape[2] || boxes.shape[2] != 4 || most < 0)
        return shapeError(graph, node, "boxes " + ir::toText(boxes.shape) + ", scores " + ir::toText(scores.shape));
    const auto pairs = ir::checkedElementCount({scores.shape[0], scores.shape[1], std::min(most, boxes.shape[1])});
    if (!pairs) return shapeError(graph, node, "scores " + ir::toText(scores.shape));
    return floatResult(graph, node, {*pairs, 3});
}

Types inferDetectionOutput(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType loc, operandType(graph, node, 0));
    WB_ASSIGN(const ir::TensorType conf, operandType(graph, node, 1));
    WB_ASSIGN(const ir::TensorType prior, operandType(graph, node, 2, 3));
    const int64_t classes = node.attributes.integer("num_classes", 0), keep = node.attributes.integer("keep_top_k", 0);
    const auto wrong = [&] {
        return shapeError(graph, node, "locations " + ir::toText(loc.shape) + ", scores " + ir::toText(conf.shape) +
                                           ", priors " + ir::toText(prior.shape) + ", " + std::to_string(classes) + " classes");
    };
    if (loc.shape.empty() || conf.shape.empty() || classes < 1 || classes > (1 << 20) || keep < 1 || keep > (1 << 24) ||
        prior.shape[0] != 1 || prior.shape[1] != 2 || prior.shape[2] % 4 != 0 || prior.shape[2] > int64_t{1} << 30)
        return wrong();
    const int64_t pictures = loc.shape[0], priors = prior.shape[2] / 4;
    const int64_t sets = node.attributes.boolean("share_location", true) ? 1 : classes;
    if (pictures < 1 || conf.shape[0] != pictures || loc.elementCount() != pictures * priors * 4 * sets ||
        conf.elementCount() != pictures * priors * classes)
        return wrong();
    return floatResult(graph, node, {pictures, 1, keep, 7});
}

Types inferDetectionPostProcess(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType offsets, operandType(graph, node, 0, 3));
    WB_ASSIGN(const ir::TensorType scores, operandType(graph, node, 1, 3));
    WB_ASSIGN(const ir::TensorType anchors, operandType(graph, node, 2, 2));
    const auto& a = node.attributes;
    const int64_t most = a.integer("max_detections", 0), labels = a.integer("max_classes_per_detection", 1);
    const int64_t classes = a.integer("num_classes", 0), boxes = scores.shape[1];
    constexpr int64_t kMost = 1 << 20; // far beyond what anyone shows
    if (scores.shape[0] != 1 || offsets.shape != ir::Shape{1, boxes, 4} || anchors.shape != ir::Shape{boxes, 4} || classes < 1 ||
        classes > scores.shape[2] || most < 1 || most > kMost || labels < 1 ||
        labels > kMost / most || a.integer("detections_per_class", 1) < 1)
        return shapeError(graph, node, "offsets " + ir::toText(offsets.shape) + ", scores " + ir::toText(scores.shape) + ", anchors " +
                                           ir::toText(anchors.shape) + ", " + std::to_string(classes) + " classes, " +
                                           std::to_string(most) + " × " + std::to_string(labels) + " results");
    std::vector<ir::TensorType> types;
    for (const ir::Shape& shape : {ir::Shape{1, most * labels, 4}, ir::Shape{1, most * labels}, ir::Shape{1, most * labels}, ir::Shape{1}}) {
        WB_ASSIGN(const auto one, floatResult(graph, node, shape));
        types.push_back(one.front());
    }
    return types;
}

} // namespace

void define_detection(OpTable& table);
void define_detection(OpTable& table) {
    table.add({.name = "top.Nms",
               .summary = "of overlapping boxes the best, a class at a time",
               .infer = inferNms,
               .flops = flopsPerElement<8>,
               .minOperands = 2,
               .maxOperands = 2});
    table.add({.name = "top.DetectionOutput",
               .summary = "boxes from the offsets to prior boxes, the best of overlapping ones",
               .infer = inferDetectionOutput,
               .flops = flopsPerElement<8>,
               .minOperands = 3,
               .maxOperands = 3});
    table.add({.name = "top.DetectionPostProcess",
               .summary = "boxes from the offsets to anchors, the best of overlapping ones with their classes",
               .infer = inferDetectionPostProcess,
               .flops = flopsPerElement<8>,
               .minOperands = 3,
               .maxOperands = 3,
               .results = 4});
}

} // namespace wb::ops

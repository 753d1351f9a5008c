// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/add_postprocess.h"

#include "compiler/evaluate/detect.h"
#include "compiler/ops/op_def.h"

#include <algorithm>

namespace wb::jobs {
namespace {

using evaluate::Family;
using ir::ValueId;

constexpr int64_t kRows = 200;     ///< keep_topk of the vendor's tool
constexpr double kLimit = 0.5;     ///< of score and of overlap, also its

struct Kind {
    const char* type;
    Family family;
    const char* version;
};
constexpr Kind kKinds[] = {{"yolo", Family::Auto, ""},           {"yolov3", Family::Yolov3, "yolov3"},
                           {"yolov3_tiny", Family::Yolov3, "yolov3_tiny"}, {"yolov5", Family::Yolov5, "yolov5"},
                           {"yolov7", Family::Yolov5, "yolov7"}, {"yolov8", Family::Yolov8, "yolov8"},
                           {"yolov11", Family::Yolov8, "yolov8"}};

Error notThere(const std::string& type) {
    std::string known;
    for (const Kind& kind : kKinds)
        known += (known.empty() ? "" : ", ") + std::string(kind.type);
    return Error{Code::UsageError, "there is no post-processing '" + type + "'"}
        .because("known are " + known)
        .remedy("leave --post_handle_type out; `tpuwb detect` decodes the network's own outputs");
}

const char* versionOf(const Kind& kind, Family family) {
    if (*kind.version != 0) return kind.version;
    return family == Family::Yolov3 ? "yolov3" : family == Family::Yolov8 ? "yolov8" : "yolov5";
}

/// [N,A·(5+C),H,W] and [N,A,H,W,5+C] are what the operator reads.
bool readable(const ir::Shape& s, int64_t fields) {
    return (s.size() == 4 && s[1] == 3 * fields) || (s.size() == 5 && s[1] == 3 && s[4] == fields);
}

} // namespace

Result<std::string> addPostprocess(ir::Graph& top, const std::string& type) {
    if (type.empty() || type == "none") return std::string();
    const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& k) { return type == k.type; });
    if (kind == std::end(kKinds)) return notThere(type);
    const auto inputs = top.inputs();
    const ir::Shape input = inputs.empty() ? ir::Shape{} : top.value(inputs.front()).type.shape;
    if (input.size() != 4) return Error{Code::DetectHeadUnknown, "the network's input is no picture: " + ir::toText(input)};
    std::vector<evaluate::Output> outputs;
    for (const ValueId id : top.outputs)
        outputs.push_back({top.value(id).name, top.value(id).type.shape});
    evaluate::DetectOptions options;
    options.family = kind->family;
    WB_ASSIGN(const evaluate::DetectPlan plan, evaluate::planDetection(outputs, input[2], input[3], options));

    std::vector<ValueId> heads;
    std::vector<double> anchors;
    for (const evaluate::RawHead& head : plan.heads) {
        heads.push_back(top.find(head.name));
        if (!readable(top.value(heads.back()).type.shape, 5 + plan.classes))
            return Error{Code::DetectHeadUnknown, "the head '" + head.name + "' of shape " +
                                                      ir::toText(top.value(heads.back()).type.shape) + " keeps its fields otherwise"}
                .remedy("cut the network at its head convolutions with --output_names");
        anchors.insert(anchors.end(), head.anchors.begin(), head.anchors.end());
    }
    if (heads.empty() && plan.family == Family::Yolov8) heads.push_back(top.find(plan.decoded));
    if (heads.empty())
        return Error{Code::DetectHeadUnknown, "the network decodes its boxes itself"}
            .because("the output '" + plan.decoded + "' holds boxes already")
            .remedy("leave --post_handle_type out")
            .remedy("cut the network at its head convolutions with --output_names");
    ir::AttributeMap a;
    a.set("agnostic_nms", false);
    a.set("anchors", ir::Attribute::floats(anchors));
    a.set("class_num", static_cast<int64_t>(plan.classes));
    a.set("keep_topk", kRows);
    a.set("net_input_h", input[2]);
    a.set("net_input_w", input[3]);
    a.set("nms_threshold", kLimit);
    a.set("num_boxes", 3);
    a.set("obj_threshold", kLimit);
    const std::string version = versionOf(*kind, plan.family);
    a.set("version", version);
    if (top.find(kPostprocessResult) != ir::kNoValue)
        return Error{Code::UsageError, std::string("the network has a tensor '") + kPostprocessResult + "' already"};
    ir::TensorType rows{ir::ElementType::F32, {input[0], 1, kRows, 7}, true, {}};
    const ValueId result = top.add("top.YoloDetection", heads, kPostprocessResult, std::move(rows), std::move(a));
    const ops::OpDef* def = ops::opTable().find("top.YoloDetection");
    WB_ASSIGN(const auto types, def->infer(top, *top.producer(result)));
    top.value(result).type = types.front();
    std::erase_if(top.outputs, [&](ValueId id) { return std::find(heads.begin(), heads.end(), id) != heads.end(); });
    top.outputs.insert(top.outputs.begin(), result);
    return version + " boxes of " + std::to_string(heads.size()) + (heads.size() == 1 ? " head" : " heads") + " appended as '" +
           kPostprocessResult + "'" + (plan.note.empty() ? "" : " (" + plan.note + ")");
}

} // namespace wb::jobs

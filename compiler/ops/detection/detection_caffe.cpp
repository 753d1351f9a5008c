// SPDX-License-Identifier: GPL-3.0-or-later
// SSD's layers. Prior boxes depend on sizes only: they are a constant, and so is what joins them (concat_caffe.cpp).
#include "compiler/ops/caffe_help.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

struct Priors {
    std::vector<float> widths, heights; ///< of the boxes at every place, in pixels of the picture
    std::vector<double> variance;
    double stepX = 0, stepY = 0, imageWidth = 0, imageHeight = 0, offset = 0.5;
    bool clip = false;
};

/// Smallest and largest sizes, each ratio but 1 and, with `flip`, what it is the other way round.
Status readSizes(const SourceNode& node, Priors& p) {
    const auto smallest = node.reals("min_size").value_or(std::vector<double>{});
    const auto largest = node.reals("max_size").value_or(std::vector<double>{});
    const bool flip = node.integer("flip", 1) != 0;
    std::vector<double> ratios{1.0};
    for (const double ratio : node.reals("aspect_ratio").value_or(std::vector<double>{})) {
        if (!(ratio > 0)) return attributeError(node, "aspect_ratio " + std::to_string(ratio));
        if (std::any_of(ratios.begin(), ratios.end(), [&](double known) { return std::fabs(known - ratio) < 1e-6; })) continue;
        ratios.push_back(ratio);
        if (flip) ratios.push_back(1.0 / ratio);
    }
    if (smallest.empty() || (!largest.empty() && largest.size() != smallest.size()) || ratios.size() * smallest.size() > 4096)
        return attributeError(node, std::to_string(smallest.size()) + " min_size, " + std::to_string(largest.size()) + " max_size");
    const auto add = [&](double w, double h) {
        p.widths.push_back(static_cast<float>(w));
        p.heights.push_back(static_cast<float>(h));
    };
    for (size_t i = 0; i < smallest.size(); ++i) {
        if (!(smallest[i] > 0) || (!largest.empty() && !(largest[i] > smallest[i])))
            return attributeError(node, "min_size " + std::to_string(smallest[i]));
        add(smallest[i], smallest[i]);
        if (!largest.empty()) add(std::sqrt(smallest[i] * largest[i]), std::sqrt(smallest[i] * largest[i]));
        for (size_t r = 1; r < ratios.size(); ++r)
            add(smallest[i] * std::sqrt(ratios[r]), smallest[i] / std::sqrt(ratios[r]));
    }
    p.variance = node.reals("variance").value_or(std::vector<double>{});
    if (p.variance.empty()) p.variance = {0.1};
    if (p.variance.size() == 1) p.variance.assign(4, p.variance.front());
    if (p.variance.size() != 4) return attributeError(node, std::to_string(p.variance.size()) + " variances");
    return {};
}

/// "<name>_h" and "<name>_w", or one number for both.
std::array<double, 2> sizePair(const SourceNode& node, const std::string& name, const std::string& both) {
    const auto number = [&](const std::string& key) {
        return node.has(key) ? node.real(key, static_cast<double>(node.integer(key, 0))) : 0.0;
    };
    if (node.has(both)) return {number(both), number(both)};
    return {number(name + "_h"), number(name + "_w")};
}

Status importPriorBox(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::Shape map, shapeOf(node, builder, 0));
    WB_ASSIGN(const ir::Shape picture, shapeOf(node, builder, 1));
    if (map.size() != 4 || picture.size() != 4) return attributeError(node, "inputs " + ir::toText(map) + ", " + ir::toText(picture));
    Priors p;
    WB_TRY(readSizes(node, p));
    const auto size = sizePair(node, "img", "img_size"), step = sizePair(node, "step", "step");
    p.imageHeight = size[0] > 0 ? size[0] : static_cast<double>(picture[2]);
    p.imageWidth = size[1] > 0 ? size[1] : static_cast<double>(picture[3]);
    p.stepY = step[0] > 0 ? step[0] : p.imageHeight / static_cast<double>(map[2]);
    p.stepX = step[1] > 0 ? step[1] : p.imageWidth / static_cast<double>(map[3]);
    p.offset = node.real("offset", 0.5);
    p.clip = node.integer("clip", 0) != 0;
    const auto boxes = ir::checkedElementCount({map[2], map[3], static_cast<int64_t>(p.widths.size())});
    if (!boxes || *boxes < 1 || *boxes > 1 << 22) return attributeError(node, "prior boxes on " + ir::toText(map));
    WB_ASSIGN(ir::Tensor values, ir::Tensor::allocate(ir::ElementType::F32, {1, 2, *boxes * 4}));
    float* out = values.mutableData<float>();
    for (int64_t y = 0; y < map[2]; ++y)
        for (int64_t x = 0; x < map[3]; ++x) {
            const auto cx = static_cast<float>((static_cast<double>(x) + p.offset) * p.stepX);
            const auto cy = static_cast<float>((static_cast<double>(y) + p.offset) * p.stepY);
            for (size_t k = 0; k < p.widths.size(); ++k) {
                const auto w = static_cast<float>(p.imageWidth), h = static_cast<float>(p.imageHeight);
                *out++ = (cx - p.widths[k] / 2) / w;
                *out++ = (cy - p.heights[k] / 2) / h;
                *out++ = (cx + p.widths[k] / 2) / w;
                *out++ = (cy + p.heights[k] / 2) / h;
            }
        }
    if (p.clip)
        for (float* v = values.mutableData<float>(); v != out; ++v)
            *v = std::clamp(*v, 0.0F, 1.0F);
    for (int64_t i = 0; i < *boxes; ++i)
        for (const double variance : p.variance)
            *out++ = static_cast<float>(variance);
    builder.bind(node.outputs.front(), builder.addConstant(node.outputs.front(), std::move(values)));
    return {};
}

Status importDetectionOutput(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    WB_ASSIGN(const ir::ValueId loc, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId conf, valueOf(node, builder, 1));
    WB_ASSIGN(const ir::ValueId prior, valueOf(node, builder, 2));
    const ir::Shape& shape = builder.graph().value(prior).type.shape;
    const int64_t classes = node.integer("num_classes", 0), background = node.integer("background_label_id", 0);
    int64_t keep = node.integer("keep_top_k", -1);
    if (keep < 0 && shape.size() == 3 && classes > 0) // all that can be left
        keep = std::min<int64_t>(shape[2] / 4 * (classes - (background >= 0 && background < classes ? 1 : 0)), 1 << 24);
    ir::AttributeMap a;
    a.set("background_label_id", background);
    a.set("code_type", node.string("code_type", "CORNER"));
    if (node.has("confidence_threshold")) a.set("confidence_threshold", asFloat32(node.real("confidence_threshold", 0)));
    a.set("eta", asFloat32(node.real("eta", 1.0)));
    a.set("keep_top_k", keep);
    a.set("nms_threshold", asFloat32(node.real("nms_threshold", 0.3)));
    a.set("num_classes", classes);
    a.set("share_location", node.integer("share_location", 1) != 0);
    a.set("top_k", node.integer("top_k", -1));
    a.set("variance_encoded_in_target", node.integer("variance_encoded_in_target", 0) != 0);
    return done(builder.emit(node, "top.DetectionOutput", {loc, conf, prior}, std::move(a)));
}

} // namespace

void caffe_detection(ImportTable& table);
void caffe_detection(ImportTable& table) {
    table.add(Framework::Caffe, "PriorBox", importPriorBox);
    table.add(Framework::Caffe, "DetectionOutput", importDetectionOutput);
}

} // namespace wb::ops

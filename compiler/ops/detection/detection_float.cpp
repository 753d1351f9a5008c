// SPDX-License-Identifier: GPL-3.0-or-later
// Formulas: ONNX NonMaxSuppression-11; W. Liu et al., "SSD: Single Shot MultiBox Detector" (ECCV 2016), with the code types
// of the authors' Caffe: how four numbers and their variances move a prior box.
#include "compiler/ops/detection/anchored.h"
#include "compiler/ops/detection/boxes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::ops {
namespace {

/// Two opposite corners in any order (y, x first), or centre and size (x, y first).
Corners boxCorners(const float* p, bool centre) {
    if (centre) return {p[0] - p[2] / 2, p[1] - p[3] / 2, p[0] + p[2] / 2, p[1] + p[3] / 2};
    return {std::min(p[1], p[3]), std::min(p[0], p[2]), std::max(p[1], p[3]), std::max(p[0], p[2])};
}

Prepared prepareNms(const PrepareContext& c) {
    const ir::Shape scores = operandShape(c, 1), result = resultShape(c);
    const auto& a = c.node->attributes;
    const bool centre = a.integer("center_point_box", 0) != 0;
    const auto overlap = static_cast<float>(a.real("iou_threshold", 0));
    const auto limit = static_cast<float>(a.real("score_threshold", std::numeric_limits<float>::lowest()));
    const int64_t most = std::min(a.integer("max_output_size", 0), scores[2]);
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const int64_t places = scores[2];
        auto* row = out[0].as<float>();
        std::fill_n(row, result[0] * 3, -1.0F);
        std::vector<Corners> boxes(static_cast<size_t>(places));
        for (int64_t n = 0; n < scores[0]; ++n) {
            for (int64_t i = 0; i < places; ++i)
                boxes[static_cast<size_t>(i)] = boxCorners(in[0].as<float>() + (n * places + i) * 4, centre);
            for (int64_t k = 0; k < scores[1]; ++k) {
                if (work.job != nullptr && work.job->stopRequested()) return;
                std::vector<Scored> scored;
                const float* from = in[1].as<float>() + (n * scores[1] + k) * places;
                for (int64_t i = 0; i < places; ++i)
                    if (from[i] > limit) scored.push_back({from[i], i});
                for (const Scored& kept : suppress(boxes, bestFirst(std::move(scored), limit, -1), overlap, most)) {
                    *row++ = static_cast<float>(n);
                    *row++ = static_cast<float>(k);
                    *row++ = static_cast<float>(kept.index);
                }
            }
        }
    });
}

enum class Code4 : uint8_t { Corner, CenterSize, CornerSize };

struct Decoding {
    Code4 code = Code4::Corner;
    bool varianceInTarget = false;
};

Corners decode(const float* prior, const float* variance, const float* loc, const Decoding& how) {
    const float w = prior[2] - prior[0], h = prior[3] - prior[1];
    float d[4];
    for (int i = 0; i < 4; ++i)
        d[i] = how.varianceInTarget ? loc[i] : variance[i] * loc[i];
    switch (how.code) {
    case Code4::Corner: return {prior[0] + d[0], prior[1] + d[1], prior[2] + d[2], prior[3] + d[3]};
    case Code4::CornerSize: return {prior[0] + d[0] * w, prior[1] + d[1] * h, prior[2] + d[2] * w, prior[3] + d[3] * h};
    case Code4::CenterSize: break;
    }
    const float cx = d[0] * w + (prior[0] + prior[2]) / 2, cy = d[1] * h + (prior[1] + prior[3]) / 2;
    const float bw = std::exp(d[2]) * w, bh = std::exp(d[3]) * h;
    return {cx - bw / 2, cy - bh / 2, cx + bw / 2, cy + bh / 2};
}

struct Detection {
    int64_t label = 0;
    float score = 0;
    Corners box;
};

Prepared prepareDetectionOutput(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    const int64_t priors = operandShape(c, 2)[2] / 4, classes = a.integer("num_classes", 0), pictures = resultShape(c)[0];
    const int64_t background = a.integer("background_label_id", 0), keep = resultShape(c)[2];
    const bool shared = a.boolean("share_location", true);
    const std::string code = a.string("code_type", "CORNER");
    const Decoding how{code == "CENTER_SIZE" ? Code4::CenterSize : code == "CORNER_SIZE" ? Code4::CornerSize : Code4::Corner,
                       a.boolean("variance_encoded_in_target", false)};
    const int64_t topK = a.integer("top_k", -1);
    const auto overlap = static_cast<float>(a.real("nms_threshold", 0)), eta = static_cast<float>(a.real("eta", 1.0));
    const auto limit = static_cast<float>(a.real("confidence_threshold", std::numeric_limits<float>::lowest()));
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const auto* prior = in[2].as<float>();
        std::fill_n(out[0].as<float>(), pictures * keep * 7, -1.0F);
        std::vector<Corners> boxes(static_cast<size_t>(priors));
        for (int64_t n = 0; n < pictures; ++n) {
            std::vector<Detection> found;
            const int64_t sets = shared ? 1 : classes;
            for (int64_t k = 0; k < classes; ++k) {
                if (work.job != nullptr && work.job->stopRequested()) return;
                if (k == background) continue;
                std::vector<Scored> scored;
                for (int64_t i = 0; i < priors; ++i)
                    if (const float s = in[1].as<float>()[(n * priors + i) * classes + k]; s > limit) scored.push_back({s, i});
                scored = bestFirst(std::move(scored), limit, topK);
                for (const Scored& s : scored)
                    boxes[static_cast<size_t>(s.index)] =
                        decode(prior + s.index * 4, prior + (priors + s.index) * 4,
                               in[0].as<float>() + ((n * priors + s.index) * sets + (shared ? 0 : k)) * 4, how);
                for (const Scored& s : suppress(boxes, scored, overlap, priors, eta))
                    found.push_back({k, s.score, boxes[static_cast<size_t>(s.index)]});
            }
            if (static_cast<int64_t>(found.size()) > keep) { // the best of all classes, in the order of classes again
                std::stable_sort(found.begin(), found.end(), [](const Detection& x, const Detection& y) { return x.score > y.score; });
                found.resize(static_cast<size_t>(keep));
                std::stable_sort(found.begin(), found.end(), [](const Detection& x, const Detection& y) { return x.label < y.label; });
            }
            float* row = out[0].as<float>() + n * keep * 7;
            for (const Detection& d : found) {
                const float values[7]{static_cast<float>(n), static_cast<float>(d.label), d.score, d.box.x0, d.box.y0, d.box.x1, d.box.y1};
                row = std::copy_n(values, 7, row);
            }
        }
    });
}

} // namespace

void float_detection(KernelTable& table);
void float_detection(KernelTable& table) {
    table.add({.op = "top.Nms", .prepare = prepareNms});
    table.add({.op = "top.DetectionOutput", .prepare = prepareDetectionOutput});
    table.add({.op = "top.DetectionPostProcess", .prepare = prepareAnchoredDetection});
}

} // namespace wb::ops

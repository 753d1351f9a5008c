// SPDX-License-Identifier: GPL-3.0-or-later
// Facts: TensorFlow Lite's TFLite_Detection_PostProcess, as its interpreter computes it (tests/import/tst_interop_tflite).
#include "compiler/ops/detection/anchored.h"
#include "compiler/ops/detection/boxes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::ops {
namespace {

struct AnchoredSettings {
    int64_t boxes = 0, columns = 0;  ///< of the scores
    int64_t classes = 0;             ///< the last columns; those before are background
    int64_t most = 0;                ///< boxes found
    int64_t labels = 1;              ///< of each box, without regard to classes
    int64_t mostOfClass = 0;         ///< with regard to classes
    bool byClass = false;
    float score = 0, overlap = 0;
    float scale[4] = {1, 1, 1, 1};   ///< y, x, h, w
};

/// One row of the result.
struct AnchoredFind {
    float score = 0;
    int64_t box = 0, label = 0;
};

/// Offsets and anchors are (y, x, h, w) of centres.
Corners boxAtAnchor(const float* offset, const float* anchor, const float* scale) {
    const float y = offset[0] / scale[0] * anchor[2] + anchor[0], x = offset[1] / scale[1] * anchor[3] + anchor[1];
    const float h = 0.5F * std::exp(offset[2] / scale[2]) * anchor[2], w = 0.5F * std::exp(offset[3] / scale[3]) * anchor[3];
    return {x - w, y - h, x + w, y + h};
}

/// A score equal to the limit is kept.
float justBelow(float limit) { return std::nextafter(limit, -std::numeric_limits<float>::infinity()); }

/// Each class by itself; of all that is found the best.
std::vector<AnchoredFind> bestByClass(const AnchoredSettings& s, std::span<const Corners> boxes, const float* scores,
                                      const kernels::Work& work) {
    std::vector<AnchoredFind> found;
    for (int64_t label = 0; label < s.classes; ++label) {
        if (work.job != nullptr && work.job->stopRequested()) return {};
        std::vector<Scored> scored;
        for (int64_t i = 0; i < s.boxes; ++i)
            scored.push_back({scores[i * s.columns + s.columns - s.classes + label], i});
        for (const Scored& kept : suppress(boxes, bestFirst(std::move(scored), justBelow(s.score), -1), s.overlap, s.mostOfClass))
            found.push_back({kept.score, kept.index, label});
        std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
        if (static_cast<int64_t>(found.size()) > s.most) found.resize(static_cast<size_t>(s.most));
    }
    return found;
}

/// Boxes by the best of their scores; each kept one with its best labels.
std::vector<AnchoredFind> bestOfAll(const AnchoredSettings& s, std::span<const Corners> boxes, const float* scores) {
    const auto row = [&](int64_t box) { return scores + box * s.columns + s.columns - s.classes; };
    std::vector<Scored> scored;
    for (int64_t i = 0; i < s.boxes; ++i)
        scored.push_back({*std::max_element(row(i), row(i) + s.classes), i});
    std::vector<AnchoredFind> found;
    for (const Scored& kept : suppress(boxes, bestFirst(std::move(scored), justBelow(s.score), -1), s.overlap, s.most)) {
        std::vector<Scored> labels;
        for (int64_t label = 0; label < s.classes; ++label)
            labels.push_back({row(kept.index)[label], label});
        labels = bestFirst(std::move(labels), -std::numeric_limits<float>::infinity(), s.labels);
        for (int64_t i = 0; i < s.labels; ++i) // rows that no label fills stay empty
            found.push_back(i < static_cast<int64_t>(labels.size())
                                ? AnchoredFind{labels[static_cast<size_t>(i)].score, kept.index, labels[static_cast<size_t>(i)].index}
                                : AnchoredFind{0, -1, 0});
    }
    return found;
}

} // namespace

Prepared prepareAnchoredDetection(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    AnchoredSettings s;
    s.boxes = operandShape(c, 1)[1];
    s.columns = operandShape(c, 1)[2];
    s.classes = a.integer("num_classes", 0);
    s.most = a.integer("max_detections", 0);
    s.labels = a.integer("max_classes_per_detection", 1);
    s.mostOfClass = a.integer("detections_per_class", 100);
    s.byClass = a.boolean("use_regular_nms", false);
    s.score = static_cast<float>(a.real("nms_score_threshold", 0));
    s.overlap = static_cast<float>(a.real("nms_iou_threshold", 0));
    const char* names[] = {"y_scale", "x_scale", "h_scale", "w_scale"};
    for (size_t i = 0; i < 4; ++i)
        s.scale[i] = static_cast<float>(a.real(names[i], 1));
    const int64_t rows = resultShape(c, 1)[1];
    return makeKernel([s, rows](Inputs in, Outputs out, const kernels::Work& work) {
        std::vector<Corners> boxes;
        for (int64_t i = 0; i < s.boxes; ++i)
            boxes.push_back(boxAtAnchor(in[0].as<float>() + i * 4, in[2].as<float>() + i * 4, s.scale));
        const auto* scores = in[1].as<float>();
        const auto found = s.byClass ? bestByClass(s, boxes, scores, work) : bestOfAll(s, boxes, scores);
        auto *corners = out[0].as<float>(), *labels = out[1].as<float>(), *best = out[2].as<float>();
        std::fill_n(corners, rows * 4, 0.0F);
        std::fill_n(labels, rows, 0.0F);
        std::fill_n(best, rows, 0.0F);
        for (size_t i = 0; i < found.size() && static_cast<int64_t>(i) < rows; ++i) {
            if (found[i].box < 0) continue;
            const Corners& box = boxes[static_cast<size_t>(found[i].box)];
            const float values[4]{box.y0, box.x0, box.y1, box.x1};
            std::copy_n(values, 4, corners + 4 * i);
            labels[i] = static_cast<float>(found[i].label);
            best[i] = found[i].score;
        }
        const auto boxesFound = static_cast<int64_t>(found.size()) / (s.byClass ? 1 : s.labels);
        out[3].as<float>()[0] = static_cast<float>(boxesFound);
    });
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Decoding of YOLO heads (J. Redmon, A. Farhadi, "YOLOv3", 2018; Ultralytics' YOLOv5 and YOLOv8 for their newer forms).
#include "compiler/ops/detection/boxes.h"
#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace wb::ops {
namespace {

float logistic(float x) { return 1.0F / (1.0F + std::exp(-x)); }

/// One head: where its numbers lie and how large its cells are.
struct HeadForm {
    int64_t rows = 0, columns = 0, perPicture = 0;
    int64_t stepAnchor = 0, stepField = 0, stepRow = 0, stepColumn = 0;
    float strideX = 0, strideY = 0;
    std::vector<float> anchors;
};

struct Found {
    int64_t label = 0;
    float score = 0;
    float cx = 0, cy = 0, w = 0, h = 0;
};

struct Settings {
    int64_t classes = 0, anchors = 0;
    bool newer = false; ///< YOLOv5's formulas
    float least = 0;
};

template <class At> std::pair<int64_t, float> bestOf(int64_t classes, const At& at) {
    std::pair<int64_t, float> best{0, at(0)};
    for (int64_t k = 1; k < classes; ++k)
        if (at(k) > best.second) best = {k, at(k)};
    return best;
}

void decodeHead(const HeadForm& head, const Settings& s, const float* data, std::vector<Found>& found) {
    for (int64_t a = 0; a < s.anchors; ++a)
        for (int64_t y = 0; y < head.rows; ++y)
            for (int64_t x = 0; x < head.columns; ++x) {
                const float* cell = data + a * head.stepAnchor + y * head.stepRow + x * head.stepColumn;
                const auto field = [&](int64_t k) { return cell[k * head.stepField]; };
                const float objectness = logistic(field(4));
                if (!(objectness > s.least)) continue; // no score is above it
                const auto [label, logit] = bestOf(s.classes, [&](int64_t k) { return field(5 + k); });
                const float score = objectness * logistic(logit);
                if (!(score > s.least)) continue;
                const auto gx = static_cast<float>(x), gy = static_cast<float>(y);
                const float aw = head.anchors[static_cast<size_t>(2 * a)], ah = head.anchors[static_cast<size_t>(2 * a + 1)];
                const float sx = logistic(field(0)), sy = logistic(field(1));
                Found f{label, score, (sx + gx) * head.strideX, (sy + gy) * head.strideY, std::exp(field(2)) * aw, std::exp(field(3)) * ah};
                if (s.newer) {
                    const float w = 2 * logistic(field(2)), h = 2 * logistic(field(3));
                    f = {label, score, (2 * sx - 0.5F + gx) * head.strideX, (2 * sy - 0.5F + gy) * head.strideY, w * w * aw, h * h * ah};
                }
                found.push_back(f);
            }
}

/// Columns of centre, size and class scores, in pixels already.
void readColumns(int64_t places, const Settings& s, const float* data, std::vector<Found>& found) {
    for (int64_t i = 0; i < places; ++i) {
        const auto field = [&](int64_t k) { return data[k * places + i]; };
        const auto [label, score] = bestOf(s.classes, [&](int64_t k) { return field(4 + k); });
        if (score > s.least) found.push_back({label, score, field(0), field(1), field(2), field(3)});
    }
}

/// The boxes that stay, best first: suppressed within their class, or all among each other.
std::vector<Scored> keptOf(const std::vector<Found>& found, float overlap, float least, bool agnostic, int64_t most) {
    std::vector<Corners> boxes;
    std::map<int64_t, std::vector<Scored>> classes;
    for (const Found& f : found) {
        classes[agnostic ? 0 : f.label].push_back({f.score, static_cast<int64_t>(boxes.size())});
        boxes.push_back({f.cx - f.w / 2, f.cy - f.h / 2, f.cx + f.w / 2, f.cy + f.h / 2});
    }
    std::vector<Scored> all;
    for (auto& [label, scored] : classes) {
        const auto kept = suppress(boxes, bestFirst(std::move(scored), least, -1), overlap, most);
        all.insert(all.end(), kept.begin(), kept.end());
    }
    return bestFirst(std::move(all), least, most);
}

Prepared prepareYolo(const PrepareContext& c) {
    const auto& a = c.node->attributes;
    const std::string version = a.string("version", "yolov5");
    const bool decoded = version == "yolov8";
    const Settings settings{a.integer("class_num", 0), a.integer("num_boxes", 3), version == "yolov5" || version == "yolov7",
                            static_cast<float>(a.real("obj_threshold", 0.5))};
    const auto anchors = a.reals("anchors");
    const int64_t fields = 5 + settings.classes;
    std::vector<HeadForm> heads;
    for (size_t i = 0; i < c.node->operands.size(); ++i) {
        const ir::Shape s = operandShape(c, i);
        HeadForm head;
        head.perPicture = product(s, 1, s.size());
        head.rows = decoded ? 1 : s[2], head.columns = decoded ? s[2] : s[3];
        const int64_t cells = head.rows * head.columns;
        const bool planes = s.size() == 4;
        head.stepAnchor = fields * cells;
        head.stepField = planes ? cells : 1;
        head.stepRow = head.columns * (planes ? 1 : fields);
        head.stepColumn = planes ? 1 : fields;
        const auto width = static_cast<float>(a.integer("net_input_w", 0)), height = static_cast<float>(a.integer("net_input_h", 0));
        const bool parts = !decoded && !settings.newer;
        head.strideX = (parts ? 1.0F : width) / static_cast<float>(head.columns);
        head.strideY = (parts ? 1.0F : height) / static_cast<float>(head.rows);
        const size_t numbers = static_cast<size_t>(settings.anchors) * 2;
        for (size_t k = 0; k < numbers && !decoded; ++k)
            head.anchors.push_back(static_cast<float>(anchors[i * numbers + k]) / (!parts ? 1.0F : k % 2 == 0 ? width : height));
        heads.push_back(std::move(head));
    }
    const int64_t pictures = resultShape(c)[0], rows = resultShape(c)[2];
    const auto overlap = static_cast<float>(a.real("nms_threshold", 0.5));
    const bool agnostic = a.boolean("agnostic_nms", false);
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        std::fill_n(out[0].as<float>(), pictures * rows * 7, 0.0F);
        for (int64_t n = 0; n < pictures; ++n) {
            if (work.job != nullptr && work.job->stopRequested()) return;
            std::vector<Found> found;
            for (size_t i = 0; i < heads.size(); ++i) {
                const float* data = in[i].as<float>() + n * heads[i].perPicture;
                if (decoded) readColumns(heads[i].columns, settings, data, found);
                else decodeHead(heads[i], settings, data, found);
            }
            float* row = out[0].as<float>() + n * rows * 7;
            for (const Scored& kept : keptOf(found, overlap, settings.least, agnostic, rows)) {
                const Found& f = found[static_cast<size_t>(kept.index)];
                const float values[7]{static_cast<float>(n), static_cast<float>(f.label), f.score, f.cx, f.cy, f.w, f.h};
                row = std::copy_n(values, 7, row);
            }
        }
    });
}

} // namespace

void float_yolo(KernelTable& table);
void float_yolo(KernelTable& table) { table.add({.op = "top.YoloDetection", .prepare = prepareYolo}); }

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Which outputs are detection heads. A raw head is recognised by its grid, which divides the network's
// input into equal square cells, and by its channels, three times (5 + classes).
#include "compiler/evaluate/detect.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

namespace wb::evaluate {
namespace {

constexpr int64_t kAnchors = 3;
constexpr int64_t kBoxFields = 5; ///< x, y, w, h, objectness

// Pixels; three a head, finest grid first. YOLOv5 and YOLOv3 for strides 8, 16, 32; tiny YOLOv3 (its finer
// head uses the pairs 1 to 3, as trained); YOLO-Fastest 1.1 and 1.1-xl at 320.
const std::vector<double> kYolov5Anchors{10, 13, 16,  30,  33, 23,  30,  61,  62,
                                         45, 59, 119, 116, 90, 156, 198, 373, 326};
const std::vector<double> kTinyAnchors{23, 27, 37, 58, 81, 82, 81, 82, 135, 169, 344, 319};
const std::vector<double> kFastestAnchors{12, 18, 37, 49, 52, 132, 115, 73, 119, 199, 242, 238};

/// The stride when ny x nx cells cover the input exactly, else nothing.
std::optional<double> strideOf(int64_t ny, int64_t nx, int64_t height, int64_t width) {
    if (ny < 1 || nx < 1 || height % ny != 0 || width % nx != 0 || height / ny != width / nx)
        return {};
    const int64_t stride = height / ny;
    if (stride < 2 || stride > 256)
        return {};
    return static_cast<double>(stride);
}

/// All ways to read a shape as a raw head, most usual first, each with its number of classes.
struct Reading {
    RawHead head;
    int64_t classes = 0;
};

std::optional<Reading> reading(const Output& output, int64_t height, int64_t width, int64_t ny, int64_t nx,
                               int64_t fields, std::array<int64_t, 4> steps) {
    const auto stride = strideOf(ny, nx, height, width);
    if (!stride || fields <= kBoxFields)
        return {};
    Reading r;
    r.head = {output.name, ny, nx, *stride, steps[0], steps[1], steps[2], steps[3], {}};
    r.classes = fields - kBoxFields;
    return r;
}

std::optional<Reading> readRawHead(const Output& output, int64_t height, int64_t width) {
    const ir::Shape& s = output.shape;
    if (std::any_of(s.begin(), s.end(), [](int64_t d) { return d < 1; }))
        return {};
    if (s.size() == 5 && s[1] == kAnchors) // [n,3,ny,nx,5+c]
        return reading(output, height, width, s[2], s[3], s[4],
                       {s[2] * s[3] * s[4], 1, s[3] * s[4], s[4]});
    if (s.size() != 4)
        return {};
    if (s[1] % kAnchors == 0) // [n,3(5+c),ny,nx]
        if (auto r = reading(output, height, width, s[2], s[3], s[1] / kAnchors,
                             {s[1] / kAnchors * s[2] * s[3], s[2] * s[3], s[3], 1}))
            return r;
    if (s[3] % kAnchors == 0) // [n,ny,nx,3(5+c)]
        if (auto r = reading(output, height, width, s[1], s[2], s[3] / kAnchors,
                             {s[3] / kAnchors, 1, s[2] * s[3], s[3]}))
            return r;
    if (s[1] == kAnchors && s[2] > 0 && height % s[2] == 0) { // [n,3,ny,nx(5+c)]
        const int64_t nx = width / (height / s[2]);
        if (nx > 0 && s[3] % nx == 0)
            return reading(output, height, width, s[2], nx, s[3] / nx,
                           {s[2] * s[3], 1, s[3], s[3] / nx});
    }
    return {};
}

/// Rows of a decoded YOLOv5 tensor: three for every cell of grids whose strides are powers of two.
bool fitsDecoded(int64_t rows, int64_t height, int64_t width) {
    const auto cells = [&](int64_t stride) { return (height / stride) * (width / stride); };
    const int64_t usual = cells(8) + cells(16) + cells(32);
    return rows == kAnchors * usual || rows == kAnchors * (usual + cells(64)) ||
           rows == kAnchors * (cells(16) + cells(32));
}

std::string listShapes(const std::vector<Output>& outputs) {
    std::string text;
    for (const Output& output : outputs)
        text += (text.empty() ? "" : ", ") + output.name + " " + ir::toText(output.shape);
    return text.empty() ? "none" : text;
}

Error headUnknown(const std::vector<Output>& outputs, std::string why) {
    return Error{Code::DetectHeadUnknown, "the outputs are no known detection head: " + listShapes(outputs)}
        .because(std::move(why))
        .remedy("choose the family of the detector")
        .remedy("cut the network at its head convolutions with --output_names")
        .remedy("compare tensors instead of boxes")
        .field("shapes", listShapes(outputs));
}

/// The tensor [1,N,5+c] that a YOLOv5 with its decoding returns, if there is one.
const Output* findDecodedV5(const std::vector<Output>& outputs, int64_t height, int64_t width, bool sure) {
    for (const Output& output : outputs)
        if (output.shape.size() == 3 && output.shape[0] >= 1 && output.shape[2] > kBoxFields &&
            (fitsDecoded(output.shape[1], height, width) || (sure && output.shape[1] > 0)))
            return &output;
    return nullptr;
}

/// The tensor [1,4+c,N] of a YOLOv8: one row for every cell of strides 8, 16, 32.
const Output* findDecodedV8(const std::vector<Output>& outputs, int64_t height, int64_t width, bool sure) {
    const int64_t cells = (height / 8) * (width / 8) + (height / 16) * (width / 16) +
                          (height / 32) * (width / 32);
    for (const Output& output : outputs)
        if (output.shape.size() == 3 && output.shape[0] >= 1 && output.shape[1] > 4 &&
            (output.shape[2] == cells || (sure && output.shape[2] > 0)))
            return &output;
    return nullptr;
}

std::optional<DetectPlan> planBoxesScores(const std::vector<Output>& outputs) {
    for (const Output& boxes : outputs) {
        if (boxes.shape.size() != 3 || boxes.shape[2] != 4 || boxes.shape[1] < 16)
            continue;
        for (const Output& scores : outputs)
            if (&scores != &boxes && scores.shape.size() == 3 && scores.shape[1] == boxes.shape[1] &&
                scores.shape[2] >= 2) {
                DetectPlan plan;
                plan.family = Family::BoxesScores;
                plan.classes = static_cast<int>(std::min<int64_t>(scores.shape[2] - 1, 1 << 20));
                plan.decoded = boxes.name;
                plan.scores = scores.name;
                plan.note = "boxes as corners in 0 to 1, class 0 of the scores is the background";
                return plan;
            }
    }
    return {};
}

std::vector<Reading> rawHeads(const std::vector<Output>& outputs, int64_t height, int64_t width) {
    std::vector<Reading> heads;
    for (const Output& output : outputs)
        if (auto r = readRawHead(output, height, width))
            heads.push_back(std::move(*r));
    std::stable_sort(heads.begin(), heads.end(), [](const Reading& a, const Reading& b) {
        return a.head.stride < b.head.stride;
    });
    return heads;
}

/// Family, anchors and note of raw heads.
Status chooseAnchors(DetectPlan& plan, const DetectOptions& options, const std::vector<Output>& outputs) {
    const size_t count = plan.heads.size();
    if (plan.family == Family::Auto) {
        // Shapes do not tell the two apart. Ultralytics' exports name their nodes "model.…"; otherwise three
        // strides from 8 are what YOLOv5 has and two from 16 what the small YOLOv3s have.
        const bool named = std::any_of(plan.heads.begin(), plan.heads.end(), [](const RawHead& head) {
            return head.name.find("model.") != std::string::npos;
        });
        plan.family = named || count != 2 ? Family::Yolov5 : Family::Yolov3;
        plan.note = std::string("family ") + spelling(plan.family) + " assumed from " +
                    (named ? "the output names" : std::to_string(count) + " heads");
    }
    std::vector<double> anchors = options.anchors;
    const size_t wanted = count * 2 * static_cast<size_t>(kAnchors);
    if (anchors.empty()) {
        const bool full = count == 3 && plan.heads[0].stride == 8 && plan.heads[2].stride == 32;
        const bool two = plan.family == Family::Yolov3 && count == 2 && plan.heads[0].stride == 16;
        if (full) {
            anchors = kYolov5Anchors;
        } else if (two) {
            const bool fastest = plan.networkHeight == 320 && plan.networkWidth == 320;
            anchors = fastest ? kFastestAnchors : kTinyAnchors;
            plan.note += std::string(plan.note.empty() ? "" : "; ") + "anchors of " +
                         (fastest ? "YOLO-Fastest" : "tiny YOLOv3") + " assumed from the input size";
        } else {
            return headUnknown(outputs, "the anchors of " + std::to_string(count) + " heads with stride " +
                                            std::to_string(static_cast<int64_t>(plan.heads[0].stride)) +
                                            " and up are not known")
                .remedy("give the anchors, three pairs for each head");
        }
    }
    if (anchors.size() != wanted)
        return Error{Code::UsageError, std::to_string(anchors.size()) + " anchor numbers for " +
                                           std::to_string(count) + " heads, should be " +
                                           std::to_string(wanted)}
            .remedy("give three pairs w,h for each head, those of the finest grid first");
    if (std::any_of(anchors.begin(), anchors.end(), [](double a) { return !(a > 0) || !std::isfinite(a); }))
        return Error{Code::UsageError, "anchors must be positive numbers of pixels"};
    for (size_t i = 0; i < count; ++i)
        plan.heads[i].anchors.assign(anchors.begin() + static_cast<std::ptrdiff_t>(i * 6),
                                     anchors.begin() + static_cast<std::ptrdiff_t>(i * 6 + 6));
    return {};
}

constexpr std::array<std::pair<Family, const char*>, 6> kSpellings{{{Family::Auto, "auto"},
                                                                    {Family::Yolov5, "yolov5"},
                                                                    {Family::Yolov3, "yolov3"},
                                                                    {Family::Yolov8, "yolov8"},
                                                                    {Family::BoxesScores, "boxes-scores"},
                                                                    {Family::None, "none"}}};

} // namespace

const char* spelling(Family family) {
    for (const auto& [value, text] : kSpellings)
        if (value == family)
            return text;
    return "";
}

std::optional<Family> familyFromSpelling(std::string_view text) {
    for (const auto& [value, name] : kSpellings)
        if (text == name)
            return value;
    return {};
}

Result<DetectPlan> planDetection(const std::vector<Output>& outputs, int64_t height, int64_t width,
                                 const DetectOptions& options) {
    const Family family = options.family;
    if (family == Family::None)
        return headUnknown(outputs, "the detector family is none");
    DetectPlan plan;
    if (height < 1 || width < 1)
        return headUnknown(outputs, "the network's input is not a picture");
    const bool any = family == Family::Auto;
    if (any || family == Family::Yolov5)
        if (const Output* decoded = findDecodedV5(outputs, height, width, !any)) {
            plan.family = Family::Yolov5;
            plan.decoded = decoded->name;
            plan.classes = static_cast<int>(std::min<int64_t>(decoded->shape[2] - kBoxFields, 1 << 20));
        }
    if (plan.decoded.empty() && (any || family == Family::Yolov8))
        if (const Output* decoded = findDecodedV8(outputs, height, width, !any)) {
            plan.family = Family::Yolov8;
            plan.decoded = decoded->name;
            plan.classes = static_cast<int>(std::min<int64_t>(decoded->shape[1] - 4, 1 << 20));
        }
    if (plan.decoded.empty() && (any || family == Family::Yolov5 || family == Family::Yolov3)) {
        auto heads = rawHeads(outputs, height, width);
        // Heads of one detector agree on the number of classes; what differs is something else.
        if (!heads.empty())
            std::erase_if(heads, [&, classes = heads.front().classes](const Reading& r) {
                return r.classes != classes;
            });
        std::set<double> strides;
        for (const Reading& r : heads)
            strides.insert(r.head.stride);
        if (!heads.empty() && strides.size() == heads.size()) {
            plan.family = family;
            plan.classes = static_cast<int>(std::min<int64_t>(heads.front().classes, 1 << 20));
            plan.networkHeight = height;
            plan.networkWidth = width;
            for (Reading& r : heads)
                plan.heads.push_back(std::move(r.head));
            WB_TRY(chooseAnchors(plan, options, outputs));
        }
    }
    if (plan.decoded.empty() && plan.heads.empty() && (any || family == Family::BoxesScores))
        if (auto found = planBoxesScores(outputs))
            plan = std::move(*found);
    if (plan.decoded.empty() && plan.heads.empty())
        return headUnknown(outputs, any ? "none of the known layouts fits"
                                        : std::string("they do not fit the family ") + spelling(family));
    plan.networkHeight = height;
    plan.networkWidth = width;
    return plan;
}

Task guessTask(const std::vector<Output>& outputs, int64_t height, int64_t width) {
    if (planDetection(outputs, height, width))
        return Task::Detection;
    if (outputs.size() == 1) {
        // [1,K], [1,K,1,1] or [K] with at least two classes.
        const ir::Shape& s = outputs[0].shape;
        const auto large = std::count_if(s.begin(), s.end(), [](int64_t d) { return d != 1; });
        const auto longest = s.empty() ? 0 : *std::max_element(s.begin(), s.end());
        if (large == 1 && longest >= 2 && s.size() <= 4)
            return Task::Classification;
    }
    return Task::Tensors;
}

} // namespace wb::evaluate

// SPDX-License-Identifier: GPL-3.0-or-later
// Decoding of planned heads (detect.h). Objectness is tested first, so that the eighty class scores of an
// empty cell are never computed.
#include "compiler/evaluate/detect.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace wb::evaluate {
namespace {

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

bool isFinite(const Box& b) {
    return std::isfinite(b.x) && std::isfinite(b.y) && std::isfinite(b.w) && std::isfinite(b.h) &&
           std::isfinite(b.score);
}

Box fromCentre(double cx, double cy, double w, double h) { return {0, 0, cx - w / 2, cy - h / 2, w, h}; }

/// The best of `classes` values read through `at`; the first one wins a tie.
template <class At> std::pair<int, double> bestClass(int classes, const At& at) {
    int best = 0;
    double value = static_cast<double>(at(0));
    for (int c = 1; c < classes; ++c)
        if (static_cast<double>(at(c)) > value) {
            best = c;
            value = static_cast<double>(at(c));
        }
    return {best, value};
}

class Collector {
public:
    explicit Collector(const DetectOptions& options) : m_options(options) {}

    bool wants(double score) const { return score >= m_options.lowScore; }
    void add(Box box, int classId, double score) {
        box.classId = classId;
        box.score = score;
        if (wants(score) && isFinite(box))
            m_boxes.push_back(box);
    }
    std::vector<Box> best() && {
        std::stable_sort(m_boxes.begin(), m_boxes.end(),
                         [](const Box& a, const Box& b) { return a.score > b.score; });
        if (m_boxes.size() > m_options.maxCandidates)
            m_boxes.resize(m_options.maxCandidates);
        return std::move(m_boxes);
    }

private:
    const DetectOptions& m_options;
    std::vector<Box> m_boxes;
};

void decodeHead(const RawHead& head, Family family, int classes, const float* data, Collector& found) {
    for (int64_t a = 0; a < static_cast<int64_t>(head.anchors.size() / 2); ++a) {
        const double anchorW = head.anchors[static_cast<size_t>(a) * 2];
        const double anchorH = head.anchors[static_cast<size_t>(a) * 2 + 1];
        for (int64_t row = 0; row < head.rows; ++row)
            for (int64_t column = 0; column < head.columns; ++column) {
                const float* cell =
                    data + a * head.stepAnchor + row * head.stepRow + column * head.stepColumn;
                const auto field = [&](int64_t k) { return static_cast<double>(cell[k * head.stepField]); };
                const double objectness = sigmoid(field(4));
                if (!found.wants(objectness))
                    continue;
                // σ grows with its argument: the best logit is the best class.
                const auto [classId, logit] = bestClass(classes, [&](int c) { return field(5 + c); });
                const double sx = sigmoid(field(0)), sy = sigmoid(field(1));
                const double gx = static_cast<double>(column), gy = static_cast<double>(row);
                Box box;
                if (family == Family::Yolov3) {
                    box = fromCentre((sx + gx) * head.stride, (sy + gy) * head.stride,
                                     std::exp(field(2)) * anchorW, std::exp(field(3)) * anchorH);
                } else {
                    const double w = 2 * sigmoid(field(2)), h = 2 * sigmoid(field(3));
                    box = fromCentre((2 * sx - 0.5 + gx) * head.stride, (2 * sy - 0.5 + gy) * head.stride,
                                     w * w * anchorW, h * h * anchorH);
                }
                found.add(box, classId, objectness * sigmoid(logit));
            }
    }
}

/// Rows of x, y, w, h, objectness, classes in network pixels.
void decodeRows(const ir::Tensor& tensor, int classes, Collector& found) {
    const int64_t rows = tensor.shape()[1], width = tensor.shape()[2];
    const auto* data = tensor.data<float>();
    for (int64_t i = 0; i < rows; ++i, data += width) {
        const double objectness = static_cast<double>(data[4]);
        if (!found.wants(objectness))
            continue;
        const auto [classId, score] = bestClass(classes, [&](int c) { return data[5 + c]; });
        found.add(fromCentre(static_cast<double>(data[0]), static_cast<double>(data[1]),
                             static_cast<double>(data[2]), static_cast<double>(data[3])),
                  classId, objectness * score);
    }
}

/// Columns of x, y, w, h, classes in network pixels.
void decodeColumns(const ir::Tensor& tensor, int classes, Collector& found) {
    const int64_t count = tensor.shape()[2];
    const auto* data = tensor.data<float>();
    for (int64_t i = 0; i < count; ++i) {
        const auto field = [&](int64_t k) { return static_cast<double>(data[k * count + i]); };
        const auto [classId, score] = bestClass(classes, [&](int c) { return field(4 + c); });
        found.add(fromCentre(field(0), field(1), field(2), field(3)), classId, score);
    }
}

void decodeCorners(const ir::Tensor& boxes, const ir::Tensor& scores, const DetectPlan& plan,
                   Collector& found) {
    const int64_t count = boxes.shape()[1], width = scores.shape()[2];
    const double w = static_cast<double>(plan.networkWidth), h = static_cast<double>(plan.networkHeight);
    for (int64_t i = 0; i < count; ++i) {
        const float* corner = boxes.data<float>() + i * 4;
        const float* score = scores.data<float>() + i * width;
        const auto [classId, value] = bestClass(plan.classes, [&](int c) { return score[1 + c]; });
        const double x0 = static_cast<double>(corner[0]) * w, y0 = static_cast<double>(corner[1]) * h;
        const double x1 = static_cast<double>(corner[2]) * w, y1 = static_cast<double>(corner[3]) * h;
        found.add({0, 0, x0, y0, x1 - x0, y1 - y0}, classId, value);
    }
}

/// The output, if it is there as F32 with at least `need` elements.
Result<const ir::Tensor*> outputNamed(const Outputs& outputs, const std::string& name, size_t rank,
                                      int64_t need) {
    const auto it = outputs.find(name);
    if (it == outputs.end())
        return Error{Code::InputShapeWrong, "the detection head \"" + name + "\" is not among the results"};
    const ir::Tensor& tensor = it->second;
    if (tensor.type() != ir::ElementType::F32 || (rank != 0 && tensor.shape().size() != rank) ||
        tensor.elementCount() < need)
        return Error{Code::InputShapeWrong, "the detection head \"" + name + "\" has the shape " +
                                                ir::toText(tensor.shape()) + ", which is not the planned one"};
    return &tensor;
}

} // namespace

Result<std::vector<Box>> decodeCandidates(const DetectPlan& plan, const Outputs& outputs,
                                          const DetectOptions& options) {
    Collector found(options);
    for (const RawHead& head : plan.heads) {
        const int64_t need = head.rows * head.columns * 3 * (5 + plan.classes);
        WB_ASSIGN(const ir::Tensor* tensor, outputNamed(outputs, head.name, 0, need));
        decodeHead(head, plan.family, plan.classes, tensor->data<float>(), found);
    }
    if (!plan.decoded.empty()) {
        WB_ASSIGN(const ir::Tensor* tensor, outputNamed(outputs, plan.decoded, 3, 1));
        const auto& shape = tensor->shape();
        const auto wrong = [&] {
            return Error{Code::InputShapeWrong, "the detection head \"" + plan.decoded + "\" has the shape " +
                                                    ir::toText(shape) + ", which is not the planned one"};
        };
        if (plan.family == Family::Yolov5) {
            if (shape[2] != 5 + plan.classes)
                return wrong();
            decodeRows(*tensor, plan.classes, found);
        } else if (plan.family == Family::Yolov8) {
            if (shape[1] != 4 + plan.classes)
                return wrong();
            decodeColumns(*tensor, plan.classes, found);
        } else {
            WB_ASSIGN(const ir::Tensor* scores, outputNamed(outputs, plan.scores, 3, 1));
            if (shape[2] != 4 || scores->shape()[1] != shape[1] || scores->shape()[2] != 1 + plan.classes)
                return wrong();
            decodeCorners(*tensor, *scores, plan, found);
        }
    }
    return std::move(found).best();
}

std::vector<ClassScore> topClasses(const ir::Tensor& output, size_t count) {
    std::vector<ClassScore> classes;
    if (output.type() != ir::ElementType::F32 || output.empty())
        return classes;
    const int64_t batch = output.shape().size() >= 2 ? std::max<int64_t>(1, output.shape()[0]) : 1;
    const auto values = output.span<float>().first(static_cast<size_t>(output.elementCount() / batch));
    double sum = 0, low = 0, high = -INFINITY;
    for (const float v : values) {
        sum += static_cast<double>(v);
        low = std::min(low, static_cast<double>(v));
        high = std::max(high, static_cast<double>(v));
    }
    const bool probabilities = low >= 0 && std::abs(sum - 1) < 0.02;
    double total = 0;
    for (const float v : values)
        total += probabilities ? 0 : std::exp(static_cast<double>(v) - high);
    for (size_t i = 0; i < values.size(); ++i) {
        const double v = static_cast<double>(values[i]);
        if (std::isfinite(v))
            classes.push_back({static_cast<int>(i), probabilities ? v : std::exp(v - high) / total});
    }
    count = std::min(count, classes.size());
    std::partial_sort(classes.begin(), classes.begin() + static_cast<std::ptrdiff_t>(count), classes.end(),
                      [](const ClassScore& a, const ClassScore& b) {
                          return a.score != b.score ? a.score > b.score : a.classId < b.classId;
                      });
    classes.resize(count);
    return classes;
}

} // namespace wb::evaluate

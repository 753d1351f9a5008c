// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing with OpenCV, in the vendor's style (dossier section 9.1, item 6).
#include "compiler/evaluate/draw.h"

#include "compiler/evaluate/detect_names.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <opencv2/imgproc.hpp>

namespace wb::evaluate {
namespace {

using Triple = std::array<float, 3>;

/// The palette that object detectors' tools share, by its rule: seven line colours, two greys, six pure
/// ones, the cube of thirds at three levels of the last component, ramps of each component, greys, and
/// three more. The vendor hands the triples to OpenCV as blue, green, red.
std::vector<Triple> makePalette() {
    std::vector<Triple> p{{0, 0.447F, 0.741F},      {0.850F, 0.325F, 0.098F}, {0.929F, 0.694F, 0.125F},
                          {0.494F, 0.184F, 0.556F}, {0.466F, 0.674F, 0.188F}, {0.301F, 0.745F, 0.933F},
                          {0.635F, 0.078F, 0.184F}, {0.3F, 0.3F, 0.3F},       {0.6F, 0.6F, 0.6F},
                          {1, 0, 0},                {1, 0.5F, 0},             {0.749F, 0.749F, 0},
                          {0, 1, 0},                {0, 0, 1},                {0.667F, 0, 1}};
    const std::array<float, 4> thirds{0, 0.333F, 0.667F, 1};
    for (const float third : {0.0F, 0.5F, 1.0F})
        for (const float first : thirds)
            for (const float second : thirds) {
                const bool black = first == 0 && second == 0, white = first + second + third == 3;
                const bool edge = third == 0 && (first == 0 || second == 0);
                if (!black && !white && !edge)
                    p.push_back({first, second, third});
            }
    for (size_t component = 0; component < 3; ++component)
        for (const float level : {0.167F, 0.333F, 0.5F, 0.667F, 0.833F, 1.0F}) {
            if (component == 0 && level < 0.2F)
                continue;
            Triple t{0, 0, 0};
            t[component] = level;
            p.push_back(t);
        }
    for (const float grey : {0.0F, 0.143F, 0.286F, 0.429F, 0.571F, 0.714F, 0.857F})
        p.push_back({grey, grey, grey});
    p.push_back({0, 0.447F, 0.741F});
    p.push_back({0.314F, 0.717F, 0.741F});
    p.push_back({0.5F, 0.5F, 0});
    return p;
}

const Triple& paletteOf(int classId) {
    static const std::vector<Triple> palette = makePalette();
    return palette[static_cast<size_t>(std::max(classId, 0)) % palette.size()];
}

/// Blue first in the palette, red first in the picture; cut to whole numbers.
cv::Scalar colour(const Triple& t, float factor) {
    const auto level = [&](float v) { return static_cast<double>(static_cast<uint8_t>(v * 255 * factor)); };
    return {level(t[2]), level(t[1]), level(t[0])};
}

bool isPicture(const ir::Tensor& t) {
    return t.type() == ir::ElementType::Ui8 && t.shape().size() == 3 && t.shape()[2] == 3 &&
           t.elementCount() > 0 && t.shape()[0] < 65536 && t.shape()[1] < 65536;
}

cv::Mat toMat(const ir::Tensor& picture) {
    return cv::Mat(static_cast<int>(picture.shape()[0]), static_cast<int>(picture.shape()[1]), CV_8UC3,
                   const_cast<uint8_t*>(picture.data<uint8_t>()));
}

ir::Tensor fromMat(const cv::Mat& mat) {
    ir::Tensor picture(ir::ElementType::Ui8, {mat.rows, mat.cols, 3});
    const size_t row = static_cast<size_t>(mat.cols) * 3;
    auto* out = picture.mutableData<uint8_t>();
    for (int y = 0; y < mat.rows; ++y)
        std::memcpy(out + static_cast<size_t>(y) * row, mat.ptr(y), row);
    return picture;
}

/// Truncated towards zero, and kept far inside the range that OpenCV's integer drawing can handle.
int pixel(double v) { return static_cast<int>(std::clamp(v, -30000.0, 30000.0)); }

void drawOne(cv::Mat& canvas, const Box& box, const DrawOptions& options) {
    constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
    constexpr double kSize = 0.4;
    const Triple& triple = paletteOf(box.classId);
    const std::string label = boxLabel(box, options);
    const int x0 = pixel(box.x), y0 = pixel(box.y);
    const int x1 = pixel(box.x + box.w), y1 = pixel(box.y + box.h);
    int baseline = 0;
    const cv::Size text = cv::getTextSize(label, kFont, kSize, 1, &baseline);
    cv::rectangle(canvas, {x0, y0}, {x1, y1}, colour(triple, 1), std::clamp(options.thickness, 1, 20));
    cv::rectangle(canvas, {x0, y0 + 1}, {x0 + text.width + 1, y0 + static_cast<int>(1.5 * text.height)},
                  colour(triple, 0.7F), cv::FILLED);
    const bool bright = (triple[0] + triple[1] + triple[2]) / 3 > 0.5F;
    const cv::Scalar ink = bright ? cv::Scalar(0, 0, 0) : cv::Scalar(255, 255, 255);
    cv::putText(canvas, label, {x0, y0 + text.height}, kFont, kSize, ink, 1);
}

} // namespace

std::array<uint8_t, 3> classColour(int classId) {
    const cv::Scalar c = colour(paletteOf(classId), 1);
    return {static_cast<uint8_t>(c[0]), static_cast<uint8_t>(c[1]), static_cast<uint8_t>(c[2])};
}

std::string boxLabel(const Box& box, const DrawOptions& options) {
    char percent[32];
    std::snprintf(percent, sizeof percent, ":%.1f%%", box.score * 100);
    return className(box.classId, options.classes, options.names) + percent;
}

Result<ir::Tensor> drawBoxes(const ir::Tensor& picture, std::span<const Box> boxes,
                             const DrawOptions& options) {
    if (!isPicture(picture))
        return Error{Code::Internal, "not a colour picture: " + ir::toText(picture.shape())};
    try {
        cv::Mat canvas = toMat(picture).clone();
        for (const Box& box : boxes)
            if (box.score >= options.minScore)
                drawOne(canvas, box, options);
        return fromMat(canvas);
    } catch (const std::exception& problem) {
        return Error{Code::Internal, "the boxes cannot be drawn"}.because(problem.what());
    }
}

Result<ir::Tensor> sideBySide(std::span<const Captioned> panes) {
    constexpr int kGap = 8, kCaption = 28;
    if (panes.empty())
        return Error{Code::UsageError, "there is no picture to put side by side"};
    try {
        const int height = static_cast<int>(panes[0].picture.shape().at(0));
        std::vector<cv::Mat> shown;
        int width = 0;
        for (const Captioned& pane : panes) {
            if (!isPicture(pane.picture))
                return Error{Code::Internal, "not a colour picture: " + ir::toText(pane.picture.shape())};
            cv::Mat mat = toMat(pane.picture);
            if (mat.rows != height) {
                cv::Mat scaled;
                const double factor = static_cast<double>(height) / mat.rows;
                cv::resize(mat, scaled, {std::max(1, pixel(mat.cols * factor)), height}, 0, 0, cv::INTER_AREA);
                mat = scaled;
            }
            width += mat.cols + (shown.empty() ? 0 : kGap);
            shown.push_back(mat);
        }
        cv::Mat canvas(height + kCaption, width, CV_8UC3, cv::Scalar(255, 255, 255));
        int x = 0;
        for (size_t i = 0; i < shown.size(); ++i) {
            cv::Mat target = canvas(cv::Rect(x, kCaption, shown[i].cols, height));
            shown[i].copyTo(target);
            cv::Mat head = canvas(cv::Rect(x, 0, shown[i].cols, kCaption)); // clips a long caption
            cv::putText(head, panes[i].caption, {4, 19}, cv::FONT_HERSHEY_SIMPLEX, 0.5,
                        cv::Scalar(20, 20, 20), 1, cv::LINE_AA);
            x += shown[i].cols + kGap;
        }
        return fromMat(canvas);
    } catch (const std::exception& problem) {
        return Error{Code::Internal, "the pictures cannot be put side by side"}.because(problem.what());
    }
}

} // namespace wb::evaluate

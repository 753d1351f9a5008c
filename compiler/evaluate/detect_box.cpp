// SPDX-License-Identifier: GPL-3.0-or-later
// Overlap and suppression of boxes (detect_box.h).
#include "compiler/evaluate/detect_box.h"

#include <algorithm>

namespace wb::evaluate {
namespace {

/// `extra` is added to every side: 0, or 1 when pixels are counted inclusively.
double overlap(const Box& a, const Box& b, double extra) {
    const double w = std::min(a.x + a.w, b.x + b.w) - std::max(a.x, b.x) + extra;
    const double h = std::min(a.y + a.h, b.y + b.h) - std::max(a.y, b.y) + extra;
    if (!(w > 0) || !(h > 0))
        return 0;
    const double both = w * h;
    const double all = (a.w + extra) * (a.h + extra) + (b.w + extra) * (b.h + extra) - both;
    return all > 0 ? both / all : 0;
}

} // namespace

double iou(const Box& a, const Box& b) { return overlap(a, b, 0); }
double iouInclusive(const Box& a, const Box& b) { return overlap(a, b, 1); }

std::vector<Box> nonMaximumSuppression(std::vector<Box> boxes, double iouLimit, double minScore,
                                       NmsMode mode) {
    // "Not at least" also drops scores that are not numbers, which no order could place.
    std::erase_if(boxes, [&](const Box& box) { return !(box.score >= minScore); });
    std::stable_sort(boxes.begin(), boxes.end(),
                     [](const Box& a, const Box& b) { return a.score > b.score; });
    std::vector<Box> kept;
    for (const Box& box : boxes) {
        const bool suppressed = std::any_of(kept.begin(), kept.end(), [&](const Box& better) {
            if (mode == NmsMode::VendorAgnostic)
                return iouInclusive(better, box) > iouLimit;
            return better.classId == box.classId && iou(better, box) > iouLimit;
        });
        if (!suppressed)
            kept.push_back(box);
    }
    return kept;
}

std::vector<Box> toPicture(std::vector<Box> boxes, const Frame& frame) {
    for (Box& box : boxes) {
        box.x = (box.x - frame.offsetX) / frame.scaleX;
        box.y = (box.y - frame.offsetY) / frame.scaleY;
        box.w /= frame.scaleX;
        box.h /= frame.scaleY;
    }
    return boxes;
}

} // namespace wb::evaluate

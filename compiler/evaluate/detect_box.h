// SPDX-License-Identifier: GPL-3.0-or-later
// A detection, overlap of two, and non-maximum suppression. Pure functions on vectors: the window applies
// its score and NMS sliders with them.
#pragma once

#include <vector>

namespace wb::evaluate {

/// Pixels, top left corner and size. Boxes may reach over the border of the picture.
struct Box {
    int classId = 0;
    double score = 0; ///< 0…1
    double x = 0, y = 0, w = 0, h = 0;
    bool operator==(const Box&) const = default;
};

/// Intersection over union, 0…1; 0 when either has no area.
double iou(const Box& a, const Box& b);
/// The vendor's sample programs count pixels inclusively: sides are one longer (dossier section 9.1).
double iouInclusive(const Box& a, const Box& b);

enum class NmsMode : unsigned char {
    ClassAware,       ///< boxes suppress only boxes of their own class
    VendorAgnostic,   ///< any class suppresses any, inclusive IoU: as detect_yolov5 of the vendor
};

/// Greedy suppression: boxes with score >= minScore, best first (equal scores in the given order); one whose
/// overlap with a kept one is over `iouLimit` goes.
std::vector<Box> nonMaximumSuppression(std::vector<Box> boxes, double iouLimit, double minScore = 0,
                                       NmsMode mode = NmsMode::ClassAware);

/// Where a picture lies in the network's input: network = picture · scale + offset, in pixels.
struct Frame {
    double scaleX = 1, scaleY = 1;
    double offsetX = 0, offsetY = 0;
};
/// Boxes in network pixels brought into picture pixels: the letterbox undone.
std::vector<Box> toPicture(std::vector<Box> boxes, const Frame& frame);

} // namespace wb::evaluate

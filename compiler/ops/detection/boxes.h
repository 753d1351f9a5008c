// SPDX-License-Identifier: GPL-3.0-or-later
// Boxes of detectors in single precision, and greedy suppression, as the operators that end detection networks share them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace wb::ops {

struct Corners {
    float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

/// Intersection over union, 0…1; 0 where the two do not meet or one has no area.
float overlapOf(const Corners& a, const Corners& b);

struct Scored {
    float score = 0;
    int64_t index = 0; ///< of the box
};

/// Drops scores that are not above `limit` (so none that is not a number stays) and sorts the others, the greatest first,
/// equal ones by index; at most `most` are kept where that is not negative.
std::vector<Scored> bestFirst(std::vector<Scored> scored, float limit, int64_t most);

/// Of `candidates`, best first, those that no better one overlaps by more than `limit`; at most `most`. `eta` below 1
/// lowers a limit over 0.5 by that factor with every box kept (Caffe's adaptive threshold).
std::vector<Scored> suppress(std::span<const Corners> boxes, std::span<const Scored> candidates, float limit, int64_t most,
                             float eta = 1.0F);

} // namespace wb::ops

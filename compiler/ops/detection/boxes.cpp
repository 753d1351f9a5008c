// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/detection/boxes.h"

#include <algorithm>

namespace wb::ops {

float overlapOf(const Corners& a, const Corners& b) {
    const float w = std::min(a.x1, b.x1) - std::max(a.x0, b.x0), h = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
    const float areaA = (a.x1 - a.x0) * (a.y1 - a.y0), areaB = (b.x1 - b.x0) * (b.y1 - b.y0);
    if (!(w > 0) || !(h > 0) || !(areaA > 0) || !(areaB > 0)) return 0;
    return w * h / (areaA + areaB - w * h);
}

std::vector<Scored> bestFirst(std::vector<Scored> scored, float limit, int64_t most) {
    std::erase_if(scored, [&](const Scored& s) { return !(s.score > limit); });
    const auto before = [](const Scored& a, const Scored& b) {
        return a.score != b.score ? a.score > b.score : a.index < b.index;
    };
    if (most >= 0 && most < static_cast<int64_t>(scored.size())) {
        std::partial_sort(scored.begin(), scored.begin() + most, scored.end(), before);
        scored.resize(static_cast<size_t>(most));
    } else {
        std::sort(scored.begin(), scored.end(), before);
    }
    return scored;
}

std::vector<Scored> suppress(std::span<const Corners> boxes, std::span<const Scored> candidates, float limit, int64_t most,
                             float eta) {
    std::vector<Scored> kept;
    for (const Scored& candidate : candidates) {
        if (static_cast<int64_t>(kept.size()) >= most) break;
        const Corners& box = boxes[static_cast<size_t>(candidate.index)];
        const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Scored& better) {
            return overlapOf(boxes[static_cast<size_t>(better.index)], box) > limit;
        });
        if (covered) continue;
        kept.push_back(candidate);
        if (eta < 1 && limit > 0.5F) limit *= eta;
    }
    return kept;
}

} // namespace wb::ops

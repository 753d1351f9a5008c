// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/layouts/phases.h"

#include "compiler/target/bm1684x/machine.h"

#include <algorithm>

namespace wb::codegen {

ir::Shape packedShape(const ir::Shape& shape, const Phases& phases) {
    return {shape[0], shape[1] * phases.count(), bm1684x::ceilDiv(shape[2] + phases.originY, phases.y),
            bm1684x::ceilDiv(shape[3] + phases.originX, phases.x)};
}

ChannelOrder packedOrder(const std::vector<int64_t>& segments, const Phases& phases) {
    ChannelOrder order;
    const int64_t together = std::max<int64_t>(1, bm1684x::kLanes / phases.count());
    int64_t first = 0;
    for (const int64_t segment : segments) {
        for (int64_t begin = 0; begin < segment; begin += together)
            for (int64_t y = 0; y < phases.y; ++y)
                for (int64_t x = 0; x < phases.x; ++x)
                    for (int64_t c = begin; c < std::min(begin + together, segment); ++c)
                        order.push_back({first + c, y, x});
        first += segment;
    }
    return order;
}

ChannelOrder loadedOrder(const ir::Shape& shape, const Phases& phases) {
    ChannelOrder order;
    const int64_t channels = shape[1];
    if (isNarrow(shape)) {
        for (int64_t y = 0; y < phases.y; ++y)
            for (int64_t c = 0; c < channels; ++c)
                order.push_back({c, y, 0});
        return order;
    }
    for (int64_t x = 0; x < phases.x; ++x)
        for (int64_t c = 0; c < channels; ++c)
            for (int64_t y = 0; y < phases.y; ++y)
                order.push_back({c, y, x});
    return order;
}

} // namespace wb::codegen

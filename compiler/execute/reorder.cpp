// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/execute/reorder.h"

#include "compiler/kernels/transpose.h"

#include <algorithm>
#include <cstring>

namespace wb::execute {
namespace {

/// Channels that lie beside each other in a pixel; 0 for Plain.
int64_t blockOf(ops::Layout layout, int64_t channels) {
    switch (layout) {
    case ops::Layout::Plain: return 0;
    case ops::Layout::Nhwc: return channels;
    case ops::Layout::Blocked8: return 8;
    case ops::Layout::Blocked16: return 16;
    }
    return 0;
}

/// Index of an element in a layout; used where neither side is Plain (rare).
int64_t indexIn(int64_t block, int64_t channels, int64_t pixels, int64_t n, int64_t c, int64_t p) {
    const int64_t blocks = (channels + block - 1) / block;
    return ((n * blocks + c / block) * pixels + p) * block + c % block;
}

} // namespace

void reorder(const ops::Buffer& from, const ops::Buffer& to, const kernels::Work& work) {
    const ir::Shape& shape = from.type->shape;
    const size_t size = ir::sizeInBytes(from.type->element);
    const int64_t n = shape[0];
    const int64_t channels = shape[1];
    const int64_t pixels = shape[2] * shape[3];
    const int64_t fromBlock = blockOf(from.layout, channels);
    const int64_t toBlock = blockOf(to.layout, channels);
    if (from.type->elementCount() == 0) return;
    if (fromBlock != 0 && toBlock != 0) {
        if (toBlock != channels)
            std::memset(to.data, 0, static_cast<size_t>(ops::storedElements(*to.type, to.layout)) * size);
        work.forEach(n * channels, 1, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
                for (int64_t p = 0; p < pixels; ++p) {
                    const int64_t a = indexIn(fromBlock, channels, pixels, i / channels, i % channels, p);
                    const int64_t b = indexIn(toBlock, channels, pixels, i / channels, i % channels, p);
                    std::memcpy(to.data + b * static_cast<int64_t>(size),
                                from.data + a * static_cast<int64_t>(size), size);
                }
        });
        return;
    }
    // One side Plain: a matrix [channels of the block][pixels] turned round, block by block, in strips of
    // pixels that fit the cache.
    const bool gather = fromBlock == 0;
    const int64_t block = gather ? toBlock : fromBlock;
    const int64_t blocks = (channels + block - 1) / block;
    const int64_t strip = std::min<int64_t>(pixels, 1024);
    const int64_t strips = (pixels + strip - 1) / strip;
    work.forEach(n * blocks * strips, 4, [&](int64_t begin, int64_t end) {
        for (int64_t unit = begin; unit < end; ++unit) {
            const int64_t first = unit % strips * strip;
            const int64_t count = std::min(strip, pixels - first);
            const int64_t b = unit / strips % blocks;
            const int64_t i = unit / strips / blocks;
            const int64_t used = std::min(block, channels - b * block);
            const int64_t plainAt = (i * channels + b * block) * pixels + first;
            const int64_t blockedAt = ((i * blocks + b) * pixels + first) * block;
            const auto bytes = static_cast<int64_t>(size);
            if (gather)
                kernels::channelsToPixels(from.data + plainAt * bytes, to.data + blockedAt * bytes, size, used,
                                          block, count, pixels);
            else
                kernels::pixelsToChannels(from.data + blockedAt * bytes, to.data + plainAt * bytes, size, used,
                                          block, count, pixels);
        }
    });
}

} // namespace wb::execute

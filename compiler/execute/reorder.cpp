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

/// Pixels of one form, each with `block` channels beside each other, to another form's, one of them
/// Nhwc: runs of neighbouring channels move together.
template <size_t run>
void moveRuns(const std::byte* from, int64_t fromStep, std::byte* to, int64_t toStep, int64_t count) {
    for (int64_t p = 0; p < count; ++p)
        std::memcpy(to + p * toStep, from + p * fromStep, run);
}
void moveRuns(size_t run, const std::byte* from, int64_t fromStep, std::byte* to, int64_t toStep, int64_t count) {
    switch (run) {
    case 8: moveRuns<8>(from, fromStep, to, toStep, count); return;
    case 16: moveRuns<16>(from, fromStep, to, toStep, count); return;
    case 32: moveRuns<32>(from, fromStep, to, toStep, count); return;
    case 64: moveRuns<64>(from, fromStep, to, toStep, count); return;
    default:
        for (int64_t p = 0; p < count; ++p)
            std::memcpy(to + p * toStep, from + p * fromStep, run);
    }
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
        if (channels % toBlock != 0)
            std::memset(to.data, 0, static_cast<size_t>(ops::storedElements(*to.type, to.layout)) * size);
        const int64_t run = std::min(fromBlock, toBlock); // divides the other, or is the last of it
        const int64_t runs = (channels + run - 1) / run;
        const auto bytes = static_cast<int64_t>(size);
        const auto planeOf = [&](int64_t block, int64_t image, int64_t c) {
            const int64_t blocks = (channels + block - 1) / block;
            return ((image * blocks + c / block) * pixels * block + c % block) * bytes;
        };
        work.forEach(n * runs, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, pixels * run)),
                     [&](int64_t begin, int64_t end) {
                         for (int64_t i = begin; i < end; ++i) {
                             const int64_t c = i % runs * run;
                             const int64_t used = std::min(run, channels - c);
                             moveRuns(static_cast<size_t>(used * bytes), from.data + planeOf(fromBlock, i / runs, c),
                                      fromBlock * bytes, to.data + planeOf(toBlock, i / runs, c), toBlock * bytes,
                                      pixels);
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

// SPDX-License-Identifier: GPL-3.0-or-later
// In blocks of eight by eight elements, the rest element by element.
#include "compiler/kernels/transpose.h"

#include <algorithm>
#include <cstring>

namespace wb::kernels {
namespace {

/// Eight rows of eight become columns; the compiler keeps the block in registers.
template <class T> inline void transpose8(const T* from, int64_t fromPitch, T* to, int64_t toPitch) {
    T block[8][8];
    for (int r = 0; r < 8; ++r)
        std::memcpy(block[r], from + r * fromPitch, sizeof(block[r]));
    T turned[8][8];
    for (int r = 0; r < 8; ++r)
        for (int c = 0; c < 8; ++c)
            turned[c][r] = block[r][c];
    for (int r = 0; r < 8; ++r)
        std::memcpy(to + r * toPitch, turned[r], sizeof(turned[r]));
}

template <class T>
void gather(const T* in, T* out, int64_t channels, int64_t block, int64_t pixels, int64_t plane) {
    int64_t c = 0;
    for (; c + 8 <= channels; c += 8) {
        int64_t p = 0;
        for (; p + 8 <= pixels; p += 8)
            transpose8(in + c * plane + p, plane, out + p * block + c, block);
        for (; p < pixels; ++p)
            for (int64_t k = 0; k < 8; ++k)
                out[p * block + c + k] = in[(c + k) * plane + p];
    }
    for (int64_t p = 0; p < pixels; ++p) {
        for (int64_t k = c; k < channels; ++k)
            out[p * block + k] = in[k * plane + p];
        for (int64_t k = channels; k < block; ++k)
            out[p * block + k] = T{};
    }
}

template <class T>
void scatter(const T* in, T* out, int64_t channels, int64_t block, int64_t pixels, int64_t plane) {
    int64_t c = 0;
    for (; c + 8 <= channels; c += 8) {
        int64_t p = 0;
        for (; p + 8 <= pixels; p += 8)
            transpose8(in + p * block + c, block, out + c * plane + p, plane);
        for (; p < pixels; ++p)
            for (int64_t k = 0; k < 8; ++k)
                out[(c + k) * plane + p] = in[p * block + c + k];
    }
    for (; c < channels; ++c)
        for (int64_t p = 0; p < pixels; ++p)
            out[c * plane + p] = in[p * block + c];
}

template <class Body> void forSize(size_t size, Body&& body) {
    switch (size) {
    case 1: body(uint8_t{}); return;
    case 2: body(uint16_t{}); return;
    case 4: body(uint32_t{}); return;
    default: body(uint64_t{}); return;
    }
}

} // namespace

void channelsToPixels(const std::byte* in, std::byte* out, size_t size, int64_t channels, int64_t block,
                      int64_t pixels, int64_t plane) {
    forSize(size, [&]<class T>(T) {
        gather(reinterpret_cast<const T*>(in), reinterpret_cast<T*>(out), channels, block, pixels, plane);
    });
}

void pixelsToChannels(const std::byte* in, std::byte* out, size_t size, int64_t channels, int64_t block,
                      int64_t pixels, int64_t plane) {
    forSize(size, [&]<class T>(T) {
        scatter(reinterpret_cast<const T*>(in), reinterpret_cast<T*>(out), channels, block, pixels, plane);
    });
}

} // namespace wb::kernels

// SPDX-License-Identifier: GPL-3.0-or-later
// In blocks of eight by eight elements, the rest element by element.
#include "compiler/kernels/transpose.h"

#include <algorithm>
#include <cstring>

namespace wb::kernels {
namespace {

// Vectors of the compilers' own, so that every instruction set has them: rows are interleaved with the row
// half a block further down until they are columns.
typedef uint8_t Bytes16 __attribute__((vector_size(16)));
typedef uint16_t Words8 __attribute__((vector_size(16)));
typedef uint32_t Longs4 __attribute__((vector_size(16)));

template <class V, class T> inline V loadRow(const T* from) {
    V row;
    std::memcpy(&row, from, sizeof row);
    return row;
}
inline Words8 low(Words8 a, Words8 b) { return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
inline Words8 high(Words8 a, Words8 b) { return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
inline Longs4 low(Longs4 a, Longs4 b) { return __builtin_shufflevector(a, b, 0, 4, 1, 5); }
inline Longs4 high(Longs4 a, Longs4 b) { return __builtin_shufflevector(a, b, 2, 6, 3, 7); }

/// Eight rows of eight bytes become columns.
inline void transpose8(const uint8_t* from, int64_t fromPitch, uint8_t* to, int64_t toPitch) {
    const auto pair = [&](int64_t r) { // rows r and r + 4, byte by byte
        Bytes16 a{}, b{};
        std::memcpy(&a, from + r * fromPitch, 8);
        std::memcpy(&b, from + (r + 4) * fromPitch, 8);
        return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    };
    const Bytes16 r04 = pair(0), r15 = pair(1), r26 = pair(2), r37 = pair(3);
    const auto lowBytes = [](Bytes16 a, Bytes16 b) {
        return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    };
    const auto highBytes = [](Bytes16 a, Bytes16 b) {
        return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    };
    const Bytes16 even03 = lowBytes(r04, r26), even47 = highBytes(r04, r26); // rows 0 2 4 6 of four columns
    const Bytes16 odd03 = lowBytes(r15, r37), odd47 = highBytes(r15, r37);
    const Bytes16 columns[4] = {lowBytes(even03, odd03), highBytes(even03, odd03), lowBytes(even47, odd47),
                                highBytes(even47, odd47)};
    for (int64_t c = 0; c < 8; ++c)
        std::memcpy(to + c * toPitch, reinterpret_cast<const uint8_t*>(&columns[c / 2]) + c % 2 * 8, 8);
}

/// Eight rows of eight words become columns.
inline void transpose8(const uint16_t* from, int64_t fromPitch, uint16_t* to, int64_t toPitch) {
    Words8 a[8], b[8];
    for (int64_t r = 0; r < 8; ++r)
        a[r] = loadRow<Words8>(from + r * fromPitch);
    const auto step = [](const Words8* in, Words8* out) {
        for (int i = 0; i < 4; ++i) {
            out[2 * i] = low(in[i], in[i + 4]);
            out[2 * i + 1] = high(in[i], in[i + 4]);
        }
    };
    step(a, b);
    step(b, a);
    step(a, b);
    for (int64_t c = 0; c < 8; ++c)
        std::memcpy(to + c * toPitch, &b[c], sizeof b[c]);
}

inline void transpose4(const uint32_t* from, int64_t fromPitch, uint32_t* to, int64_t toPitch) {
    const auto r0 = loadRow<Longs4>(from), r1 = loadRow<Longs4>(from + fromPitch),
               r2 = loadRow<Longs4>(from + 2 * fromPitch), r3 = loadRow<Longs4>(from + 3 * fromPitch);
    const Longs4 a = low(r0, r2), b = high(r0, r2), c = low(r1, r3), d = high(r1, r3);
    const Longs4 columns[4] = {low(a, c), high(a, c), low(b, d), high(b, d)};
    for (int64_t i = 0; i < 4; ++i)
        std::memcpy(to + i * toPitch, &columns[i], sizeof columns[i]);
}
inline void transpose8(const uint32_t* from, int64_t fromPitch, uint32_t* to, int64_t toPitch) {
    for (int64_t r = 0; r < 8; r += 4)
        for (int64_t c = 0; c < 8; c += 4)
            transpose4(from + r * fromPitch + c, fromPitch, to + c * toPitch + r, toPitch);
}

inline void transpose8(const uint64_t* from, int64_t fromPitch, uint64_t* to, int64_t toPitch) {
    for (int64_t r = 0; r < 8; ++r)
        for (int64_t c = 0; c < 8; ++c)
            to[c * toPitch + r] = from[r * fromPitch + c];
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

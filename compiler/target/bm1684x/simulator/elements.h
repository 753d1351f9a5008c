// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of elements between memory and numbers to calculate with: integers of any width as int64_t, floats of any width
// as float. Inside of simulator/ only.
#pragma once

#include "compiler/numeric/half.h"
#include "compiler/numeric/rounding.h"
#include "compiler/target/bm1684x/simulator/context.h"

#include <cstring>

namespace wb::bm1684x::sim {

inline constexpr int64_t kRow = 512; ///< elements handled together

constexpr bool isFloat(Precision p) { return p == Precision::F32 || p == Precision::F16 || p == Precision::Bf16; }

/// The chip's rounding codes as the project's. Codes above 6 do not exist.
numeric::Round roundOf(uint32_t code);

/// value · 2^amount, rounded where that is to the right; modulo 2^64 to the left, of which five bits count.
int64_t shifted(int64_t value, int64_t amount, numeric::Round round);
int64_t wrappedProduct(int64_t a, int64_t b); ///< modulo 2^64

/// Bits of one element, zero-extended, and back.
uint32_t loadBits(const std::byte* at, int64_t itemBytes);
void storeBits(std::byte* at, int64_t itemBytes, uint32_t bits);

int64_t integerOf(uint32_t bits, Precision precision, bool isSigned);
float floatOf(uint32_t bits, Precision precision);
uint32_t bitsOf(float value, Precision precision);
/// Least and greatest value of an integer precision.
struct Limits {
    int64_t least, greatest;
};
Limits limitsOf(Precision precision, bool isSigned);

/// `count` elements from `at`, `stride` elements apart.
void loadIntegers(const std::byte* at, int64_t stride, Precision precision, bool isSigned, int64_t* out, int64_t count);
void loadFloats(const std::byte* at, int64_t stride, Precision precision, float* out, int64_t count);
/// Keeps the low bits.
void storeIntegers(std::byte* at, int64_t stride, Precision precision, const int64_t* in, int64_t count);
void storeFloats(std::byte* at, int64_t stride, Precision precision, const float* in, int64_t count);
void copyElements(const std::byte* from, int64_t fromStride, std::byte* to, int64_t toStride, int64_t itemBytes,
                  int64_t count);
void fillElements(std::byte* to, int64_t toStride, int64_t itemBytes, uint32_t bits, int64_t count);

/// Calls body(n, c, h, w, count) for runs of at most kRow elements along w of `shape`; runs through several h where
/// `flat`. Planes (n, c) are shared out over threads unless `serial`.
template <class Body>
Status forRuns(const Context& context, const Four& shape, bool flat, bool serial, const Body& body) {
    const int64_t rows = flat ? 1 : shape[2];
    const int64_t width = flat ? shape[2] * shape[3] : shape[3];
    const int64_t planes = shape[0] * shape[1];
    const auto work = [&](int64_t begin, int64_t end) {
        for (int64_t p = begin; p < end && !context.job.stopRequested(); ++p)
            for (int64_t h = 0; h < rows; ++h)
                for (int64_t w = 0; w < width; w += kRow)
                    body(p / shape[1], p % shape[1], h, w, std::min(kRow, width - w));
    };
    if (serial || rows * width * planes < 4096) {
        work(0, planes);
        return context.job.checkStop();
    }
    return context.forEach(planes, std::max<int64_t>(1, 16384 / (rows * width)), work);
}

/// May rows of h follow each other as one run?
inline bool runsFlat(const View& v) {
    return v.constant || v.shape[2] == 1 || (v.strides[2] == v.strides[3] * v.shape[3]);
}
inline std::byte* elementAt(const View& v, int64_t n, int64_t c, int64_t h, int64_t w) {
    return v.plane(n, c) + (h * v.strides[2] + w * v.strides[3]) * v.itemBytes();
}
void loadIntegers(const View& v, int64_t n, int64_t c, int64_t h, int64_t w, int64_t* out, int64_t count);
void loadFloats(const View& v, int64_t n, int64_t c, int64_t h, int64_t w, float* out, int64_t count);

} // namespace wb::bm1684x::sim

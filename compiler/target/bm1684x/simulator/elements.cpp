// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/simulator/elements.h"

#include <bit>

namespace wb::bm1684x::sim {
namespace {

/// f(Type()) with the C++ type of an integer precision.
template <class F> void withInteger(Precision precision, bool isSigned, F&& f) {
    switch (bytesOf(precision)) {
    case 1: isSigned ? f(int8_t{}) : f(uint8_t{}); break;
    case 2: isSigned ? f(int16_t{}) : f(uint16_t{}); break;
    default: isSigned ? f(int32_t{}) : f(uint32_t{}); break;
    }
}

template <class T, class F> void eachFrom(const std::byte* at, int64_t stride, int64_t count, F&& f) {
    const auto step = stride * static_cast<int64_t>(sizeof(T));
    for (int64_t i = 0; i < count; ++i) {
        T value;
        std::memcpy(&value, at + i * step, sizeof value);
        f(i, value);
    }
}

template <class T, class F> void eachTo(std::byte* at, int64_t stride, int64_t count, F&& f) {
    const auto step = stride * static_cast<int64_t>(sizeof(T));
    for (int64_t i = 0; i < count; ++i) {
        const T value = f(i);
        std::memcpy(at + i * step, &value, sizeof value);
    }
}

} // namespace

numeric::Round roundOf(uint32_t code) {
    switch (static_cast<Rounding>(code)) {
    case Rounding::HalfAwayFromZero: return numeric::Round::HalfAwayFromZero;
    case Rounding::TowardZero: return numeric::Round::TowardsZero;
    case Rounding::Down: return numeric::Round::Down;
    case Rounding::Up: return numeric::Round::Up;
    case Rounding::HalfUp: return numeric::Round::HalfUp;
    case Rounding::HalfDown: return numeric::Round::HalfDown;
    default: return numeric::Round::HalfToEven;
    }
}

int64_t shifted(int64_t value, int64_t amount, numeric::Round round) {
    if (amount >= 0) return static_cast<int64_t>(static_cast<uint64_t>(value) << (amount & 31));
    return numeric::shiftRight(value, static_cast<int>(std::min<int64_t>(-amount, 64)), round);
}

int64_t wrappedProduct(int64_t a, int64_t b) {
    return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

uint32_t loadBits(const std::byte* at, int64_t itemBytes) {
    uint32_t bits = 0;
    std::memcpy(&bits, at, static_cast<size_t>(itemBytes));
    return bits;
}

void storeBits(std::byte* at, int64_t itemBytes, uint32_t bits) {
    std::memcpy(at, &bits, static_cast<size_t>(itemBytes));
}

int64_t integerOf(uint32_t bits, Precision precision, bool isSigned) {
    int64_t value = 0;
    withInteger(precision, isSigned, [&](auto zero) { value = static_cast<decltype(zero)>(bits); });
    return value;
}

float floatOf(uint32_t bits, Precision precision) {
    if (precision == Precision::F16) return numeric::fromHalf(static_cast<uint16_t>(bits));
    if (precision == Precision::Bf16) return numeric::fromBfloat16(static_cast<uint16_t>(bits));
    return std::bit_cast<float>(bits);
}

uint32_t bitsOf(float value, Precision precision) {
    if (precision == Precision::F16) return numeric::toHalf(value);
    if (precision == Precision::Bf16) return numeric::toBfloat16(value);
    return std::bit_cast<uint32_t>(value);
}

Limits limitsOf(Precision precision, bool isSigned) {
    const int bits = static_cast<int>(bytesOf(precision)) * 8;
    return isSigned ? Limits{-(int64_t{1} << (bits - 1)), (int64_t{1} << (bits - 1)) - 1}
                    : Limits{0, (int64_t{1} << bits) - 1};
}

void loadIntegers(const std::byte* at, int64_t stride, Precision precision, bool isSigned, int64_t* out,
                  int64_t count) {
    withInteger(precision, isSigned, [&](auto zero) {
        eachFrom<decltype(zero)>(at, stride, count, [&](int64_t i, auto value) { out[i] = value; });
    });
}

void loadFloats(const std::byte* at, int64_t stride, Precision precision, float* out, int64_t count) {
    if (precision == Precision::F32) eachFrom<float>(at, stride, count, [&](int64_t i, float v) { out[i] = v; });
    else
        eachFrom<uint16_t>(at, stride, count, [&](int64_t i, uint16_t v) { out[i] = floatOf(v, precision); });
}

void storeIntegers(std::byte* at, int64_t stride, Precision precision, const int64_t* in, int64_t count) {
    withInteger(precision, false, [&](auto zero) {
        using T = decltype(zero);
        eachTo<T>(at, stride, count, [&](int64_t i) { return static_cast<T>(in[i]); });
    });
}

void storeFloats(std::byte* at, int64_t stride, Precision precision, const float* in, int64_t count) {
    if (precision == Precision::F32) eachTo<float>(at, stride, count, [&](int64_t i) { return in[i]; });
    else
        eachTo<uint16_t>(at, stride, count,
                         [&](int64_t i) { return static_cast<uint16_t>(bitsOf(in[i], precision)); });
}

void copyElements(const std::byte* from, int64_t fromStride, std::byte* to, int64_t toStride, int64_t itemBytes,
                  int64_t count) {
    if (fromStride == 1 && toStride == 1) {
        std::memmove(to, from, static_cast<size_t>(count * itemBytes));
        return;
    }
    const auto move = [&](auto zero) {
        using T = decltype(zero);
        eachFrom<T>(from, fromStride, count, [&](int64_t i, T value) {
            std::memcpy(to + i * toStride * static_cast<int64_t>(sizeof(T)), &value, sizeof value);
        });
    };
    if (itemBytes == 1) move(uint8_t{});
    else if (itemBytes == 2) move(uint16_t{});
    else move(uint32_t{});
}

void fillElements(std::byte* to, int64_t toStride, int64_t itemBytes, uint32_t bits, int64_t count) {
    for (int64_t i = 0; i < count; ++i) storeBits(to + i * toStride * itemBytes, itemBytes, bits);
}

void loadIntegers(const View& v, int64_t n, int64_t c, int64_t h, int64_t w, int64_t* out, int64_t count) {
    if (v.constant) std::fill_n(out, count, integerOf(v.bits, v.precision, v.isSigned));
    else loadIntegers(elementAt(v, n, c, h, w), v.strides[3], v.precision, v.isSigned, out, count);
}

void loadFloats(const View& v, int64_t n, int64_t c, int64_t h, int64_t w, float* out, int64_t count) {
    if (v.constant) std::fill_n(out, count, floatOf(v.bits, v.precision));
    else loadFloats(elementAt(v, n, c, h, w), v.strides[3], v.precision, out, count);
}

} // namespace wb::bm1684x::sim

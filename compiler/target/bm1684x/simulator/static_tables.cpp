// SPDX-License-Identifier: GPL-3.0-or-later
// Static memory as the chip's firmware leaves it (places: see the fields' byte offsets below). Every number follows
// from a formula: Taylor coefficients about 0, powers of e, and for erf the rational Chebyshev fit of W. H. Press et
// al., Numerical Recipes, "erfcc".
#include "compiler/numeric/half.h"
#include "compiler/target/bm1684x/simulator/memory.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

namespace wb::bm1684x {
namespace {

struct Writer {
    std::span<std::byte> memory;
    void bits(size_t offset, int64_t index, uint32_t value) {
        std::memcpy(memory.data() + offset + static_cast<size_t>(index) * 4, &value, 4);
    }
    void real(size_t offset, int64_t index, long double value) {
        bits(offset, index, std::bit_cast<uint32_t>(static_cast<float>(value)));
    }
};

/// 2·|B(2k)|·(2^2k − 1)·2^2k / (2k)! through tan x = Σ t(k) x^(2k−1), by tan' = 1 + tan².
std::vector<long double> tangent(int count) {
    std::vector<long double> t(static_cast<size_t>(count), 0.0L);
    t[0] = 1;
    for (int k = 1; k < count; ++k) {
        long double sum = 0;
        for (int i = 0; i < k; ++i) sum += t[static_cast<size_t>(i)] * t[static_cast<size_t>(k - 1 - i)];
        t[static_cast<size_t>(k)] = sum / (2 * k + 1);
    }
    return t;
}

} // namespace

void fillStaticMemory(std::span<std::byte> memory) {
    constexpr size_t kExpTable = 0, kExp = 1024, kLog = 1152, kErf = 1408, kRamp = 1472, kSin = 1728, kCos = 1856,
                     kArcsin = 1984, kTan = 2240, kHalfExp = 2368, kBfExp = 2432, kHalfLog = 2496, kBfLog = 2560;
    constexpr int kLeast = -103, kMost = 88; // e^k is a float
    constexpr long double kTwoPi = 2 * std::numbers::pi_v<long double>;
    Writer out{memory};
    for (int k = kLeast; k <= kMost; ++k) out.real(kExpTable, k - kLeast, std::exp(static_cast<long double>(k)));
    long double factorial = 1; // of k
    for (int k = 0; k < 32; ++k) {
        if (k > 0) factorial *= k;
        out.real(kExp, k, 1 / factorial);
        if (k < 10) {
            const auto f = static_cast<float>(1 / factorial);
            uint16_t half = numeric::toHalf(f), bf = numeric::toBfloat16(f);
            std::memcpy(memory.data() + kHalfExp + 2 * k, &half, 2);
            std::memcpy(memory.data() + kBfExp + 2 * k, &bf, 2);
        }
    }
    for (int k = 0; k < 64; ++k) {
        const long double log = k == 0 ? 0.0L : (k % 2 == 1 ? 1.0L : -1.0L) / k;
        out.real(kLog, k, log);
        out.bits(kRamp, k, static_cast<uint32_t>(k));
        if (k < 16) {
            uint16_t half = numeric::toHalf(static_cast<float>(log)), bf = numeric::toBfloat16(static_cast<float>(log));
            std::memcpy(memory.data() + kHalfLog + 2 * k, &half, 2);
            std::memcpy(memory.data() + kBfLog + 2 * k, &bf, 2);
        }
    }
    constexpr long double kErfcc[] = {-1.26551223L, 1.00002368L,  0.37409196L, 0.09678418L,  -0.18628806L,
                                      0.27886807L,  -1.13520398L, 1.48851587L, -0.82215223L, 0.17087277L};
    for (int k = 0; k < 10; ++k) out.real(kErf, k, kErfcc[k]);
    long double odd = kTwoPi, even = 1, central = 1; // (2π)^n / n!, and C(2k, k) / 4^k
    for (int k = 0; k < 64; ++k) {
        if (k < 32) {
            const long double sign = k % 2 == 0 ? 1 : -1;
            out.real(kSin, k, sign * odd);
            out.real(kCos, k, sign * even);
            odd *= kTwoPi * kTwoPi / ((2 * k + 2) * (2 * k + 3));
            even *= kTwoPi * kTwoPi / ((2 * k + 1) * (2 * k + 2));
        }
        out.real(kArcsin, k, central / (2 * k + 1));
        central *= static_cast<long double>(2 * k + 1) / (2 * k + 2);
    }
    const auto t = tangent(32);
    long double power = std::numbers::pi_v<long double>;
    for (int k = 0; k < 32; ++k, power *= std::numbers::pi_v<long double> * std::numbers::pi_v<long double>)
        out.real(kTan, k, t[static_cast<size_t>(k)] * power);
}

} // namespace wb::bm1684x

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/kernels/f32_stats.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compiler/kernels/f32_stats_simd.cpp"
#include "hwy/foreach_target.h" // IWYU pragma: keep

#include "hwy/highway.h"

#include <algorithm>
#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace wb::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int64_t kExtremeLanes = 16;
constexpr float kFarPlace = 16777216.0F;
constexpr float kRound = 12582912.0F; // 1.5 · 2^23: adding it rounds to a whole number, halves to even

using D = hn::CappedTag<float, static_cast<size_t>(kExtremeLanes)>;
using V = hn::Vec<D>;

Extremes extremesImpl(const float* values, int64_t count) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    constexpr auto kLanes = static_cast<int64_t>(hn::MaxLanes(D()));
    constexpr int64_t kVectors = kExtremeLanes / kLanes;
    const D d;
    V low[kVectors], high[kVectors];
    for (int64_t k = 0; k < kVectors; ++k) {
        low[k] = hn::Set(d, kInfinity);
        high[k] = hn::Set(d, -kInfinity);
    }
    int64_t i = 0;
    for (; i + kExtremeLanes <= count; i += kExtremeLanes)
        for (int64_t k = 0; k < kVectors; ++k) {
            const V v = hn::LoadU(d, values + i + k * kLanes);
            low[k] = hn::IfThenElse(hn::Lt(v, low[k]), v, low[k]);
            high[k] = hn::IfThenElse(hn::Gt(v, high[k]), v, high[k]);
        }
    std::array<float, static_cast<size_t>(kExtremeLanes)> least, most;
    for (int64_t k = 0; k < kVectors; ++k) {
        hn::StoreU(low[k], d, least.data() + k * kLanes);
        hn::StoreU(high[k], d, most.data() + k * kLanes);
    }
    for (; i < count; ++i) {
        least[0] = values[i] < least[0] ? values[i] : least[0];
        most[0] = values[i] > most[0] ? values[i] : most[0];
    }
    return {*std::min_element(least.begin(), least.end()), *std::max_element(most.begin(), most.end())};
}

void placesImpl(const float* values, float width, int32_t* place, int64_t count) {
    const D d;
    const hn::RebindToSigned<D> di;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    const V by = hn::Set(d, width), half = hn::Set(d, 0.5F), far = hn::Set(d, kFarPlace), none = hn::Set(d, -1.0F);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const V at = hn::Add(hn::Div(hn::Abs(hn::LoadU(d, values + i)), by), half);
        hn::StoreU(hn::ConvertTo(di, hn::IfThenElse(hn::Lt(at, far), at, none)), di, place + i);
    }
    for (; i < count; ++i) { // truncation is floor: magnitudes are not negative
        const float at = std::abs(values[i]) / width + 0.5F;
        place[i] = static_cast<int32_t>(at < kFarPlace ? at : -1.0F);
    }
}

int64_t zerosImpl(const float* values, int64_t count) {
    const D d;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    int64_t zeros = 0, i = 0;
    for (; i + lanes <= count; i += lanes)
        zeros += static_cast<int64_t>(hn::CountTrue(d, hn::Eq(hn::LoadU(d, values + i), hn::Zero(d))));
    for (; i < count; ++i)
        zeros += values[i] == 0.0F ? 1 : 0;
    return zeros;
}

void throughCodesImpl(const float* values, float scale, float* out, int64_t count) {
    const D d;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    const V by = hn::Set(d, scale), most = hn::Set(d, 127.0F), least = hn::Set(d, -128.0F), round = hn::Set(d, kRound);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        V v = hn::Mul(hn::LoadU(d, values + i), by);
        v = hn::IfThenElse(hn::Lt(most, v), most, v); // as std::min and std::max do it, NaN stays
        v = hn::IfThenElse(hn::Lt(v, least), least, v);
        hn::StoreU(hn::Div(hn::Sub(hn::Add(v, round), round), by), d, out + i);
    }
    for (; i < count; ++i) {
        const float v = std::max(std::min(values[i] * scale, 127.0F), -128.0F);
        out[i] = ((v + kRound) - kRound) / scale;
    }
}

void squaresImpl(const float* a, const float* b, int64_t count, std::array<double, 8>& lanes) {
    std::array<double, 8> sums = lanes;
    int64_t i = 0;
#if HWY_TARGET != HWY_SCALAR
    const hn::CappedTag<double, 8> d;
    const hn::Rebind<float, decltype(d)> df;
    constexpr auto kLanes = static_cast<int64_t>(hn::MaxLanes(hn::CappedTag<double, 8>()));
    constexpr int64_t kVectors = 8 / kLanes;
    hn::Vec<decltype(d)> sum[kVectors];
    for (int64_t k = 0; k < kVectors; ++k)
        sum[k] = hn::LoadU(d, sums.data() + k * kLanes);
    for (; i + 8 <= count; i += 8)
        for (int64_t k = 0; k < kVectors; ++k) {
            const int64_t at = i + k * kLanes;
            const auto difference = hn::PromoteTo(d, hn::Sub(hn::LoadU(df, a + at), hn::LoadU(df, b + at)));
            sum[k] = hn::Add(sum[k], hn::Mul(difference, difference)); // no fused product: rounds like plain C++
        }
    for (int64_t k = 0; k < kVectors; ++k)
        hn::StoreU(sum[k], d, sums.data() + k * kLanes);
#endif
    for (; i < count; ++i) {
        const auto difference = static_cast<double>(a[i] - b[i]);
        sums[HWY_TARGET == HWY_SCALAR && i < count / 8 * 8 ? static_cast<size_t>(i % 8) : 0] += difference * difference;
    }
    lanes = sums;
}

void productsImpl(const float* a, const float* b, int64_t count, Products& sums) {
    const hn::CappedTag<float, 8> d;
    constexpr auto kLanes = static_cast<int64_t>(hn::MaxLanes(hn::CappedTag<float, 8>()));
    constexpr int64_t kVectors = 8 / kLanes;
    hn::Vec<decltype(d)> ab[kVectors], aa[kVectors], bb[kVectors];
    for (int64_t k = 0; k < kVectors; ++k) {
        ab[k] = hn::LoadU(d, sums.ab.data() + k * kLanes);
        aa[k] = hn::LoadU(d, sums.aa.data() + k * kLanes);
        bb[k] = hn::LoadU(d, sums.bb.data() + k * kLanes);
    }
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int64_t k = 0; k < kVectors; ++k) {
            const auto x = hn::LoadU(d, a + i + k * kLanes), y = hn::LoadU(d, b + i + k * kLanes);
            ab[k] = hn::Add(ab[k], hn::Mul(x, y));
            aa[k] = hn::Add(aa[k], hn::Mul(x, x));
            bb[k] = hn::Add(bb[k], hn::Mul(y, y));
        }
    for (int64_t k = 0; k < kVectors; ++k) {
        hn::StoreU(ab[k], d, sums.ab.data() + k * kLanes);
        hn::StoreU(aa[k], d, sums.aa.data() + k * kLanes);
        hn::StoreU(bb[k], d, sums.bb.data() + k * kLanes);
    }
    for (; i < count; ++i) {
        sums.ab[0] += a[i] * b[i];
        sums.aa[0] += a[i] * a[i];
        sums.bb[0] += b[i] * b[i];
    }
}

} // namespace wb::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wb::kernels {

HWY_EXPORT(extremesImpl);
HWY_EXPORT(placesImpl);
HWY_EXPORT(zerosImpl);
HWY_EXPORT(throughCodesImpl);
HWY_EXPORT(squaresImpl);
HWY_EXPORT(productsImpl);

Extremes f32Extremes(const float* values, int64_t count) {
    return HWY_DYNAMIC_DISPATCH(extremesImpl)(values, count);
}
void f32Places(const float* values, float width, int32_t* place, int64_t count) {
    HWY_DYNAMIC_DISPATCH(placesImpl)(values, width, place, count);
}
int64_t f32CountZeros(const float* values, int64_t count) {
    return HWY_DYNAMIC_DISPATCH(zerosImpl)(values, count);
}
void f32ThroughCodes(const float* values, float scale, float* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(throughCodesImpl)(values, scale, out, count);
}
void f32AddSquares(const float* a, const float* b, int64_t count, std::array<double, 8>& lanes) {
    HWY_DYNAMIC_DISPATCH(squaresImpl)(a, b, count, lanes);
}
void f32AddProducts(const float* a, const float* b, int64_t count, Products& sums) {
    HWY_DYNAMIC_DISPATCH(productsImpl)(a, b, count, sums);
}

} // namespace wb::kernels
#endif

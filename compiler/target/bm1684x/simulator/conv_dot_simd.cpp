// SPDX-License-Identifier: GPL-3.0-or-later
// Vector loops of the convolution: sixteen sums stay in registers.
#include "compiler/target/bm1684x/simulator/conv.h"
#include "compiler/target/bm1684x/simulator/group_sum.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compiler/target/bm1684x/simulator/conv_dot_simd.cpp"
#include "hwy/foreach_target.h" // IWYU pragma: keep

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace wb::bm1684x::sim::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void integers(const Dots& dots, int32_t (&out)[4][4]) {
    for (int o = 0; o < 4; ++o)
        for (int p = 0; p < 4; ++p) {
            uint32_t sum = 0;
            for (int64_t t = 0; t < dots.taps; ++t)
                for (int64_t i = 0; i < dots.step; ++i)
                    sum += static_cast<uint32_t>(static_cast<const int16_t*>(dots.pixels[p])[dots.tapOffsets[t] + i] *
                                                 static_cast<const int16_t*>(dots.weights[o])[t * dots.step + i]);
            out[o][p] = static_cast<int32_t>(sum);
        }
}

#else

/// Two weights by four pixels at a time: eight sums, four vectors of pixels and one of weights fit 16 registers.
void integers(const Dots& dots, int32_t (&out)[4][4]) {
    const hn::CappedTag<int16_t, kDotStep> d16;
    const hn::RepartitionToWide<decltype(d16)> d32;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d16));
    using V = hn::Vec<decltype(d32)>;
    for (int o = 0; o < 4; o += 2) {
        V s00 = hn::Zero(d32), s01 = s00, s02 = s00, s03 = s00, s10 = s00, s11 = s00, s12 = s00, s13 = s00, rest = s00;
        const auto* w0 = static_cast<const int16_t*>(dots.weights[o]);
        const auto* w1 = static_cast<const int16_t*>(dots.weights[o + 1]);
        for (int64_t t = 0; t < dots.taps; ++t) {
            const auto* p0 = static_cast<const int16_t*>(dots.pixels[0]) + dots.tapOffsets[t];
            const auto* p1 = static_cast<const int16_t*>(dots.pixels[1]) + dots.tapOffsets[t];
            const auto* p2 = static_cast<const int16_t*>(dots.pixels[2]) + dots.tapOffsets[t];
            const auto* p3 = static_cast<const int16_t*>(dots.pixels[3]) + dots.tapOffsets[t];
            for (int64_t i = 0; i < dots.step; i += lanes, w0 += lanes, w1 += lanes) {
                const auto a = hn::LoadU(d16, w0), b = hn::LoadU(d16, w1);
                const auto add = [&](V sum, auto p, auto w) HWY_ATTR {
#if HWY_ARCH_X86
                    return hn::ReorderWidenMulAccumulate(d32, p, w, sum, rest); // pmaddwd: `rest` stays zero
#else
                    V high = hn::Zero(d32);
                    const V low = hn::ReorderWidenMulAccumulate(d32, p, w, sum, high);
                    return hn::Add(low, high);
#endif
                };
                const auto x0 = hn::LoadU(d16, p0 + i), x1 = hn::LoadU(d16, p1 + i);
                const auto x2 = hn::LoadU(d16, p2 + i), x3 = hn::LoadU(d16, p3 + i);
                s00 = add(s00, x0, a);
                s01 = add(s01, x1, a);
                s02 = add(s02, x2, a);
                s03 = add(s03, x3, a);
                s10 = add(s10, x0, b);
                s11 = add(s11, x1, b);
                s12 = add(s12, x2, b);
                s13 = add(s13, x3, b);
            }
        }
        const auto total = [&](V v) HWY_ATTR { return hn::GetLane(hn::SumOfLanes(d32, v)); };
        out[o][0] = total(s00);
        out[o][1] = total(s01);
        out[o][2] = total(s02);
        out[o][3] = total(s03);
        out[o + 1][0] = total(s10);
        out[o + 1][1] = total(s11);
        out[o + 1][2] = total(s12);
        out[o + 1][3] = total(s13);
    }
}

#endif

/// The definition itself, for the compiler to put into vectors.
void groups(const Dots& dots, float (&out)[4][4]) {
    for (int64_t first = 0; first < dots.step; first += kGroup)
        for (int64_t t = 0; t < dots.taps; ++t)
            for (int o = 0; o < 4; ++o)
                for (int p = 0; p < 4; ++p)
                    out[o][p] += groupSum(static_cast<const float*>(dots.pixels[p]) + dots.tapOffsets[t] + first,
                                          static_cast<const float*>(dots.weights[o]) + t * dots.step + first);
}

} // namespace wb::bm1684x::sim::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wb::bm1684x::sim {
HWY_EXPORT(integers);
HWY_EXPORT(groups);
void dotIntegers(const Dots& dots, int32_t (&out)[4][4]) { HWY_DYNAMIC_DISPATCH(integers)(dots, out); }
void dotGroups(const Dots& dots, float (&out)[4][4]) { HWY_DYNAMIC_DISPATCH(groups)(dots, out); }
} // namespace wb::bm1684x::sim
#endif

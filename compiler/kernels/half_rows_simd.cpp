// SPDX-License-Identifier: GPL-3.0-or-later
// binary16 through the processor's own conversions (F16C, AVX-512, NEON), which round to nearest even as
// the scalar definition does; only what they make of a NaN's payload differs and is put right here.
// bfloat16 is integer arithmetic that compilers turn into vectors by themselves.
#include "compiler/kernels/half_rows.h"

#include "compiler/numeric/half.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compiler/kernels/half_rows_simd.cpp"
#include "hwy/foreach_target.h" // IWYU pragma: keep

#include "hwy/highway.h"

#include <bit>

HWY_BEFORE_NAMESPACE();
namespace wb::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using D16 = hn::Rebind<hwy::float16_t, D>;
using DU = hn::Rebind<uint16_t, D>;

// The older instruction sets have no conversion; Highway's replacement drops subnormal numbers.
#if HWY_ARCH_X86 && HWY_TARGET > HWY_AVX2
constexpr bool kHasHalf = false;
#else
constexpr bool kHasHalf = true;
#endif

HWY_INLINE hn::Vec<D16> narrowed(D d, hn::Vec<D> x) {
    const hn::RebindToUnsigned<D> du;
    const auto nan = hn::Or(hn::And(hn::BitCast(du, x), hn::Set(du, 0x80000000U)), hn::Set(du, 0x7fc00000U));
    return hn::DemoteTo(D16(), hn::IfThenElse(hn::Eq(x, x), x, hn::BitCast(d, nan)));
}

void halfToFloatImpl(const uint16_t* in, float* out, int64_t count) {
    int64_t i = 0;
    if constexpr (kHasHalf) {
        const D d;
        const auto lanes = static_cast<int64_t>(hn::Lanes(d));
        for (; i + lanes <= count; i += lanes)
            hn::StoreU(hn::PromoteTo(d, hn::BitCast(D16(), hn::LoadU(DU(), in + i))), d, out + i);
    }
    for (; i < count; ++i)
        out[i] = numeric::fromHalf(in[i]);
}

void floatToHalfImpl(const float* in, uint16_t* out, int64_t count) {
    int64_t i = 0;
    if constexpr (kHasHalf) {
        const D d;
        const auto lanes = static_cast<int64_t>(hn::Lanes(d));
        for (; i + lanes <= count; i += lanes)
            hn::StoreU(hn::BitCast(DU(), narrowed(d, hn::LoadU(d, in + i))), DU(), out + i);
    }
    for (; i < count; ++i)
        out[i] = numeric::toHalf(in[i]);
}

void roundToHalfImpl(const float* in, float* out, int64_t count) {
    int64_t i = 0;
    if constexpr (kHasHalf) {
        const D d;
        const auto lanes = static_cast<int64_t>(hn::Lanes(d));
        for (; i + lanes <= count; i += lanes)
            hn::StoreU(hn::PromoteTo(d, narrowed(d, hn::LoadU(d, in + i))), d, out + i);
    }
    for (; i < count; ++i)
        out[i] = numeric::roundToHalf(in[i]);
}

HWY_INLINE uint32_t brainBits(uint32_t bits) {
    const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return (bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded;
}

void bfloat16ToFloatImpl(const uint16_t* in, float* out, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        out[i] = std::bit_cast<float>(uint32_t{in[i]} << 16);
}

void floatToBfloat16Impl(const float* in, uint16_t* out, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        out[i] = static_cast<uint16_t>(brainBits(std::bit_cast<uint32_t>(in[i])));
}

void roundToBfloat16Impl(const float* in, float* out, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        out[i] = std::bit_cast<float>(brainBits(std::bit_cast<uint32_t>(in[i])) << 16);
}

} // namespace wb::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wb::kernels {

HWY_EXPORT(halfToFloatImpl);
HWY_EXPORT(floatToHalfImpl);
HWY_EXPORT(roundToHalfImpl);
HWY_EXPORT(bfloat16ToFloatImpl);
HWY_EXPORT(floatToBfloat16Impl);
HWY_EXPORT(roundToBfloat16Impl);

void halfToFloat(const uint16_t* in, float* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(halfToFloatImpl)(in, out, count);
}
void floatToHalf(const float* in, uint16_t* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(floatToHalfImpl)(in, out, count);
}
void roundToHalf(const float* in, float* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(roundToHalfImpl)(in, out, count);
}
void bfloat16ToFloat(const uint16_t* in, float* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(bfloat16ToFloatImpl)(in, out, count);
}
void floatToBfloat16(const float* in, uint16_t* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(floatToBfloat16Impl)(in, out, count);
}
void roundToBfloat16(const float* in, float* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(roundToBfloat16Impl)(in, out, count);
}

} // namespace wb::kernels
#endif

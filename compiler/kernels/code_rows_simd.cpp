// SPDX-License-Identifier: GPL-3.0-or-later
// Integer arithmetic in 32-bit lanes.
#include "compiler/kernels/code_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compiler/kernels/code_rows_simd.cpp"
#include "hwy/foreach_target.h" // IWYU pragma: keep

#include "hwy/highway.h"

#include <algorithm>
#include <array>

HWY_BEFORE_NAMESPACE();
namespace wb::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using DI = hn::RebindToSigned<D>;
using VI = hn::Vec<DI>;
using DBytes = hn::Rebind<uint8_t, D>;
using DSigned = hn::Rebind<int8_t, D>;

HWY_INLINE int32_t nearest(float value, int32_t zero, int32_t low, int32_t high) {
    value = value == value ? std::min(std::max(value, -1024.0F), 1024.0F) : 0.0F;
    auto whole = static_cast<int32_t>(value);
    const float part = value - static_cast<float>(whole); // exact
    whole += static_cast<int32_t>(part >= 0.5F) - static_cast<int32_t>(part <= -0.5F) + zero;
    return std::clamp(whole, low, high);
}

template <bool outSigned> HWY_INLINE void storeCodes(VI codes, uint8_t* out) {
    if constexpr (outSigned)
        hn::StoreU(hn::DemoteTo(DSigned(), codes), DSigned(), reinterpret_cast<int8_t*>(out));
    else
        hn::StoreU(hn::DemoteTo(DBytes(), codes), DBytes(), out);
}

template <bool outSigned>
void toCodes(const float* in, float factor, int32_t zero, uint8_t* out, int64_t count) {
    const D d;
    const DI di;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    const auto times = hn::Set(d, factor), low = hn::Set(d, -1024.0F), high = hn::Set(d, 1024.0F);
    const auto half = hn::Set(d, 0.5F), minusHalf = hn::Set(d, -0.5F);
    const VI zeros = hn::Set(di, zero);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        auto value = hn::Mul(hn::LoadU(d, in + i), times);
        value = hn::IfThenElseZero(hn::Eq(value, value), hn::Min(hn::Max(value, low), high));
        VI whole = hn::ConvertTo(di, value);
        const auto part = hn::Sub(value, hn::ConvertTo(d, whole)); // exact
        // A mask is −1 where it holds.
        whole = hn::Sub(whole, hn::VecFromMask(di, hn::RebindMask(di, hn::Ge(part, half))));
        whole = hn::Add(whole, hn::VecFromMask(di, hn::RebindMask(di, hn::Le(part, minusHalf))));
        storeCodes<outSigned>(hn::Add(whole, zeros), out + i);
    }
    for (; i < count; ++i)
        out[i] = static_cast<uint8_t>(
            nearest(in[i] * factor, zero, outSigned ? -128 : 0, outSigned ? 127 : 255));
}

void toCodesImpl(const float* in, float factor, int32_t zero, bool outSigned, uint8_t* out, int64_t count) {
    if (outSigned)
        toCodes<true>(in, factor, zero, out, count);
    else
        toCodes<false>(in, factor, zero, out, count);
}

HWY_INLINE VI contribution(const uint8_t* in, const CodeScale& scale) {
    const DI di;
    const VI code = scale.isSigned
                        ? hn::PromoteTo(di, hn::LoadU(DSigned(), reinterpret_cast<const int8_t*>(in)))
                        : hn::PromoteTo(di, hn::LoadU(DBytes(), in));
    const int32_t round = scale.shift == 0 ? 0 : 1 << (scale.shift - 1);
    const VI added = hn::Set(di, round - scale.zero * scale.multiplier);
    const VI part = hn::ShiftRightSame(hn::Add(hn::Mul(code, hn::Set(di, scale.multiplier)), added), scale.shift);
    return hn::Add(scale.minus ? hn::Neg(part) : part, hn::Set(di, scale.plus));
}

void addImpl(const uint8_t* a, const CodeScale& aScale, const uint8_t* b, const CodeScale& bScale, int32_t low,
             int32_t high, uint8_t* out, int64_t count) {
    const DI di;
    const auto lanes = static_cast<int64_t>(hn::Lanes(di));
    const CodeScale left = aScale, right = bScale; // locals: bytes stored may otherwise change them
    const VI least = hn::Set(di, low), most = hn::Set(di, high);
    const auto sum = [&](const uint8_t* x, const uint8_t* y) {
        return hn::Min(hn::Max(hn::Add(contribution(x, left), contribution(y, right)), least), most);
    };
    const bool isSigned = low < 0;
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        if (isSigned)
            storeCodes<true>(sum(a + i, b + i), out + i);
        else
            storeCodes<false>(sum(a + i, b + i), out + i);
    }
    if (i >= count) return;
    std::array<uint8_t, hn::MaxLanes(D())> x{}, y{}, z{};
    const auto rest = std::min(count - i, lanes);
    std::copy_n(a + i, rest, x.begin());
    std::copy_n(b + i, rest, y.begin());
    if (isSigned)
        storeCodes<true>(sum(x.data(), y.data()), z.data());
    else
        storeCodes<false>(sum(x.data(), y.data()), z.data());
    std::copy_n(z.begin(), rest, out + i);
}

} // namespace wb::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wb::kernels {

HWY_EXPORT(toCodesImpl);
HWY_EXPORT(addImpl);

void floatToCodes(const float* in, float factor, int32_t zero, bool outSigned, uint8_t* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(toCodesImpl)(in, factor, zero, outSigned, out, count);
}

void addCodes(const uint8_t* a, const CodeScale& aScale, const uint8_t* b, const CodeScale& bScale, int32_t low,
              int32_t high, uint8_t* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(addImpl)(a, aScale, b, bScale, low, high, out, count);
}

} // namespace wb::kernels
#endif

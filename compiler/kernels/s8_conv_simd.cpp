// SPDX-License-Identifier: GPL-3.0-or-later
// Vector loops of the convolution of codes. Six results times 16 channels of 32-bit sums stay in
// registers (12 of 16 with 256-bit vectors); each pair of input channels is one load a result and
// two multiply-adds.
#include "compiler/kernels/s8_conv_tile.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compiler/kernels/s8_conv_simd.cpp"
#include "hwy/foreach_target.h" // IWYU pragma: keep

#include "hwy/highway.h"

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace wb::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR // no vectors of 16-bit pairs: plain loops over the same data

void store(const S8ConvRow& r, const int32_t* sums, uint8_t* out) {
    if (r.form != nullptr) {
        const S8FormBlock& b = *r.formBlock;
        for (int64_t i = 0; i < r.channels; ++i) {
            float value = static_cast<float>(sums[i]) * b.scale[i] + b.offset[i];
            if (r.second) value = std::max(value, static_cast<float>(sums[i]) * b.secondScale[i] + b.secondOffset[i]);
            if (!r.form->lines.empty())
                value = curveOf(*r.form, std::nearbyint(std::clamp(value, kLeastWide, kGreatestWide)));
            const auto code = static_cast<uint8_t>(
                static_cast<int>(std::nearbyint(std::clamp(value, r.form->least, r.form->greatest))));
            out[i] = r.table == nullptr ? code : r.table[code];
        }
        return;
    }
    const auto& q = *r.requant;
    for (int64_t i = 0; i < r.channels; ++i) {
        const auto* round = i % 2 == 0 ? q.roundEven : q.roundOdd;
        const auto* shift = i % 2 == 0 ? q.shiftEven : q.shiftOdd;
        const int64_t product =
            (int64_t{sums[i]} + q.bias[i]) * q.multiplier[i] + static_cast<int64_t>(round[i / 2]);
        int64_t value = product >> shift[i / 2];
        value = (r.relu ? std::max<int64_t>(value, 0) : value) + r.zero;
        value = r.outSigned ? std::clamp<int64_t>(value, -128, 127) : std::clamp<int64_t>(value, 0, 255);
        const auto code = static_cast<uint8_t>(value);
        out[i] = r.table == nullptr ? code : r.table[code];
    }
}

void convRow(const S8ConvRow& r) {
    for (int64_t x = 0; x < r.count; ++x) {
        int32_t sums[kS8Block] = {};
        const int16_t* w = r.weights;
        for (int64_t ky = 0; ky < r.kernelHeight; ++ky)
            for (int64_t kx = 0; kx < r.kernelWidth; ++kx) {
                const int16_t* at = r.in + x * r.pixelStride + ky * r.kyStride + kx * r.kxStride;
                for (int64_t c = 0; c < r.pairs; ++c, at += 2, w += 2 * kS8Block)
                    for (int i = 0; i < kS8Block; ++i)
                        sums[i] += at[0] * w[2 * i] + at[1] * w[2 * i + 1];
            }
        store(r, sums, r.out + x * r.outStride);
    }
}

void depthwiseRow(const S8ConvRow& r, const int32_t* weights) {
    for (int64_t x = 0; x < r.count; ++x) {
        int32_t sums[kS8Block] = {};
        const int32_t* w = weights;
        for (int64_t ky = 0; ky < r.kernelHeight; ++ky)
            for (int64_t kx = 0; kx < r.kernelWidth; ++kx, w += kS8Block)
                for (int i = 0; i < kS8Block; ++i)
                    sums[i] +=
                        r.in[x * r.pixelStride + ky * r.kyStride + kx * r.kxStride + i] * w[i];
        store(r, sums, r.out + x * r.outStride);
    }
}

void widen(const uint8_t* in, bool isSigned, int16_t* out, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        out[i] = isSigned ? int16_t{static_cast<int8_t>(in[i])} : int16_t{in[i]};
}

#else

using D32 = hn::CappedTag<int32_t, kS8Block>;
using D16 = hn::Repartition<int16_t, D32>;
using DU64 = hn::Repartition<uint64_t, D32>;
using V32 = hn::Vec<D32>;
using V16 = hn::Vec<D16>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(D32()));
constexpr int kParts = kS8Block / kLanes;

/// sum + a[2i]·b[2i] + a[2i+1]·b[2i+1] in lane i.
HWY_INLINE V32 addPairs(V32 sum, V16 a, V16 b) {
    const D32 d;
    V32 rest = hn::Zero(d);
#if HWY_ARCH_X86
    return hn::ReorderWidenMulAccumulate(d, a, b, sum, rest); // pmaddwd: `rest` stays zero
#else
    const V32 first = hn::ReorderWidenMulAccumulate(d, a, b, hn::Zero(d), rest);
    return hn::Add(sum, hn::RearrangeToOddPlusEven(first, rest));
#endif
}

/// What a vector of sums is requantised with, in registers.
struct RequantVectors {
    V32 bias, even, odd;
    hn::Vec<DU64> roundEven, roundOdd, shiftEven, shiftOdd;

    HWY_INLINE RequantVectors(const S8RequantBlock& q, int part) {
        const D32 d;
        const DU64 du;
        const int half = part * kLanes / 2;
        bias = hn::Load(d, q.bias + part * kLanes);
        even = hn::Load(d, q.multiplier + part * kLanes);
        odd = hn::Load(d, q.multiplierOdd + part * kLanes);
        roundEven = hn::Load(du, q.roundEven + half);
        roundOdd = hn::Load(du, q.roundOdd + half);
        shiftEven = hn::Load(du, q.shiftEven + half);
        shiftOdd = hn::Load(du, q.shiftOdd + half);
    }

    /// ((sum + bias) * multiplier + round) >> shift, of which the low 32 bits are kept: the planner
    /// made sure that the result fits, so a logical shift will do.
    HWY_INLINE V32 operator()(V32 sum) const {
        const D32 d;
        const DU64 du;
        sum = hn::Add(sum, bias);
        const auto e = hn::BitCast(du, hn::MulEven(sum, even));
        const auto o = hn::BitCast(
            du, hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(du, sum))), odd));
        const auto low = hn::Shr(hn::Add(e, roundEven), shiftEven);
        const auto high = hn::ShiftLeft<32>(hn::Shr(hn::Add(o, roundOdd), shiftOdd));
        return hn::OddEven(hn::BitCast(d, high), hn::BitCast(d, low));
    }
};

using DF = hn::Repartition<float, D32>;
using VF = hn::Vec<DF>;

/// curveOf() of a vector.
HWY_INLINE VF curve(const SumForm& form, VF wide) {
    using Line = SumForm::Line;
    const DF d;
    const VF none = hn::Set(d, 1e30F);
    VF left = none, right = none, most = hn::Neg(none);
    bool anyLeft = false, anyRight = false;
    const auto valueOf = [&](const Line& line) {
        return hn::Add(hn::Mul(wide, hn::Set(d, line.slope)), hn::Set(d, line.offset));
    };
    for (const Line& line : form.lines) {
        if (line.part == Line::Left) left = hn::Min(left, valueOf(line)), anyLeft = true;
        if (line.part == Line::Right) right = hn::Min(right, valueOf(line)), anyRight = true;
    }
    if (anyLeft) most = left;
    if (anyRight) most = hn::Max(most, right);
    for (const Line& line : form.lines) {
        if (line.part == Line::Left || line.part == Line::Right) continue;
        VF value = valueOf(line);
        if (line.part == Line::UnderLeft) value = hn::Min(value, left);
        if (line.part == Line::UnderRight) value = hn::Min(value, right);
        most = hn::Max(most, value);
    }
    return most;
}

/// Codes of `count` results by a form in float32.
template <int count>
HWY_NOINLINE void formCodes(const S8ConvRow& r, const V32 (&sums)[count][kParts], uint8_t* HWY_RESTRICT codes) {
    const DF d;
    const hn::Rebind<int16_t, D32> d16;
    const hn::Rebind<uint8_t, D32> d8;
    const hn::Rebind<int8_t, D32> s8;
    const SumForm& form = *r.form;
    const VF least = hn::Set(d, form.least), greatest = hn::Set(d, form.greatest);
    for (int p = 0; p < kParts; ++p) {
        const S8FormBlock& b = *r.formBlock;
        const VF scale = hn::Load(d, b.scale + p * kLanes), offset = hn::Load(d, b.offset + p * kLanes);
        const VF second = hn::Load(d, b.secondScale + p * kLanes), secondOffset = hn::Load(d, b.secondOffset + p * kLanes);
        for (int x = 0; x < count; ++x) {
            const VF sum = hn::ConvertTo(d, sums[x][p]);
            VF value = hn::Add(hn::Mul(sum, scale), offset);
            if (r.second) value = hn::Max(value, hn::Add(hn::Mul(sum, second), secondOffset));
            if (!form.lines.empty())
                value = curve(form, hn::Round(hn::Min(hn::Max(value, hn::Set(d, kLeastWide)), hn::Set(d, kGreatestWide))));
            const auto words = hn::DemoteTo(d16, hn::NearestInt(hn::Min(hn::Max(value, least), greatest)));
            uint8_t* to = codes + x * kS8Block + p * kLanes;
            if (r.outSigned) hn::StoreU(hn::DemoteTo(s8, words), s8, reinterpret_cast<int8_t*>(to));
            else hn::StoreU(hn::DemoteTo(d8, words), d8, to);
        }
    }
}

/// Requantises `count` results of 16 sums, saturates, looks up and stores them.
template <int count>
HWY_INLINE void store(const S8ConvRow& r, const V32 (&sums)[count][kParts],
                      uint8_t* HWY_RESTRICT out) {
    const D32 d;
    const hn::Rebind<int16_t, D32> d16;
    HWY_ALIGN uint8_t codes[count * kS8Block];
    if (r.form != nullptr) formCodes(r, sums, codes);
    for (int p = 0; p < (r.form != nullptr ? 0 : kParts); ++p) {
        const RequantVectors requant(*r.requant, p);
        const V32 least = hn::Set(d, r.relu ? 0 : -32768), zero = hn::Set(d, r.zero);
        for (int x = 0; x < count; ++x) {
            const auto words = hn::DemoteTo(d16, hn::Add(hn::Max(requant(sums[x][p]), least), zero));
            uint8_t* to = codes + x * kS8Block + p * kLanes;
            if (r.outSigned) {
                const hn::Rebind<int8_t, D32> d8;
                hn::StoreU(hn::DemoteTo(d8, words), d8, reinterpret_cast<int8_t*>(to));
            } else {
                const hn::Rebind<uint8_t, D32> d8;
                hn::StoreU(hn::DemoteTo(d8, words), d8, to);
            }
        }
    }
    // Locals: a store of bytes may otherwise change what `r` points at.
    const uint8_t* HWY_RESTRICT table = r.table;
    const auto channels = static_cast<size_t>(r.channels);
    const int64_t stride = r.outStride;
    for (int x = 0; x < count; ++x, out += stride) {
        const uint8_t* HWY_RESTRICT from = codes + x * kS8Block;
        if (table != nullptr && channels == kS8Block)
            for (size_t i = 0; i < kS8Block; ++i)
                out[i] = table[from[i]];
        else if (table != nullptr)
            for (size_t i = 0; i < channels; ++i)
                out[i] = table[from[i]];
        else
            std::memcpy(out, from, channels);
    }
}

template <int PX> HWY_NOINLINE void tile(const S8ConvRow& r, const int16_t* in, uint8_t* out) {
    const D32 d;
    const D16 d16;
    V32 sum[PX][kParts];
    for (int x = 0; x < PX; ++x)
        for (int p = 0; p < kParts; ++p)
            sum[x][p] = hn::Zero(d);
    const int16_t* w = r.weights;
    const ptrdiff_t step = r.pixelStride;
    for (int64_t ky = 0; ky < r.kernelHeight; ++ky)
        for (int64_t kx = 0; kx < r.kernelWidth; ++kx) {
            const int16_t* at = in + ky * r.kyStride + kx * r.kxStride;
            for (int64_t c = 0; c < r.pairs; ++c, at += 2, w += 2 * kS8Block) {
                V16 weight[kParts];
                for (int p = 0; p < kParts; ++p)
                    weight[p] = hn::Load(d16, w + p * 2 * kLanes);
                for (int x = 0; x < PX; ++x) {
                    int32_t two;
                    std::memcpy(&two, at + x * step, sizeof two);
                    const V16 pair = hn::BitCast(d16, hn::Set(d, two));
                    for (int p = 0; p < kParts; ++p)
                        sum[x][p] = addPairs(sum[x][p], pair, weight[p]);
                }
            }
        }
    store<PX>(r, sum, out);
}

void convRow(const S8ConvRow& r) {
    const int16_t* in = r.in;
    uint8_t* out = r.out;
    int64_t left = r.count;
    for (; left >= 6; left -= 6, in += 6 * r.pixelStride, out += 6 * r.outStride)
        tile<6>(r, in, out);
    switch (left) {
    case 5:
        tile<5>(r, in, out);
        break;
    case 4:
        tile<4>(r, in, out);
        break;
    case 3:
        tile<3>(r, in, out);
        break;
    case 2:
        tile<2>(r, in, out);
        break;
    case 1:
        tile<1>(r, in, out);
        break;
    default:
        break;
    }
}

template <int PX>
HWY_NOINLINE void depthwiseTile(const S8ConvRow& r, const int32_t* weights, const int16_t* in, uint8_t* out) {
    const D32 d;
    const hn::Rebind<int16_t, D32> half;
    V32 sum[PX][kParts];
    for (int x = 0; x < PX; ++x)
        for (int p = 0; p < kParts; ++p)
            sum[x][p] = hn::Zero(d);
    const int32_t* w = weights;
    const ptrdiff_t step = r.pixelStride;
    for (int64_t ky = 0; ky < r.kernelHeight; ++ky)
        for (int64_t kx = 0; kx < r.kernelWidth; ++kx, w += kS8Block) {
            const int16_t* at = in + ky * r.kyStride + kx * r.kxStride;
            for (int p = 0; p < kParts; ++p) {
                const V32 weight = hn::Load(d, w + p * kLanes);
                for (int x = 0; x < PX; ++x)
                    sum[x][p] = hn::Add(
                        sum[x][p],
                        hn::Mul(hn::PromoteTo(d, hn::LoadU(half, at + x * step + p * kLanes)), weight));
            }
        }
    store<PX>(r, sum, out);
}

/// Four results at a time, so that weights and what a requant needs are loaded once for them.
void depthwiseRow(const S8ConvRow& r, const int32_t* weights) {
    const int16_t* in = r.in;
    uint8_t* out = r.out;
    int64_t left = r.count;
    for (; left >= 4; left -= 4, in += 4 * r.pixelStride, out += 4 * r.outStride)
        depthwiseTile<4>(r, weights, in, out);
    for (; left > 0; --left, in += r.pixelStride, out += r.outStride)
        depthwiseTile<1>(r, weights, in, out);
}

template <class From> HWY_INLINE void widenCodes(const From* in, int16_t* out, int64_t count) {
    const hn::ScalableTag<int16_t> d;
    const hn::Rebind<From, decltype(d)> d8;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(hn::PromoteTo(d, hn::LoadU(d8, in + i)), d, out + i);
    for (; i < count; ++i)
        out[i] = in[i];
}

void widen(const uint8_t* in, bool isSigned, int16_t* out, int64_t count) {
    if (isSigned)
        widenCodes(reinterpret_cast<const int8_t*>(in), out, count);
    else
        widenCodes(in, out, count);
}

#endif // HWY_SCALAR

} // namespace wb::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wb::kernels {

HWY_EXPORT(convRow);
HWY_EXPORT(depthwiseRow);
HWY_EXPORT(widen);

void s8ConvRow(const S8ConvRow& row) {
    HWY_DYNAMIC_DISPATCH(convRow)(row);
}
void s8DepthwiseRow(const S8ConvRow& row, const int32_t* weights) {
    HWY_DYNAMIC_DISPATCH(depthwiseRow)(row, weights);
}
void s8Widen(const uint8_t* in, bool isSigned, int16_t* out, int64_t count) {
    HWY_DYNAMIC_DISPATCH(widen)(in, isSigned, out, count);
}

} // namespace wb::kernels
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
// Inner kernel of the blocked convolution. A tile of PX results times NB output blocks is kept in
// registers; for each kernel position and input channel NB weight vectors are loaded and PX inputs
// broadcast. With 256-bit vectors 12 sums fill the 16 registers, as in the 6 × 16 kernels of BLIS
// (Van Zee, van de Geijn, 2015).
#include "compiler/kernels/f32_conv.h"
#include "compiler/kernels/f32_conv_tile.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compiler/kernels/f32_conv_simd.cpp"
#include "hwy/foreach_target.h" // IWYU pragma: keep

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace wb::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int kBlock = HWY_MAX_BYTES >= 64 ? 16 : 8;
using D = hn::CappedTag<float, kBlock>;
using V = hn::Vec<D>;
constexpr int kParts = kBlock / static_cast<int>(hn::MaxLanes(D())); // vectors a block: 1, or 2 with 128 bits
constexpr int kLanes = kBlock / kParts;

int64_t blockImpl() { return kBlock; }

HWY_INLINE V activate(D d, const TileActivation& a, V x) {
    if (a.kind == TileActivation::Relu) return hn::Max(x, hn::Zero(d));
    if (a.kind == TileActivation::Leaky)
        return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(x, hn::Set(d, a.slope)), x);
    return x;
}

/// The step from one input pixel to the next result's, in floats; S = 0: known at run time only.
template <int BL, int S> HWY_INLINE ptrdiff_t pixelStep(int64_t stride) {
    return S == 0 ? static_cast<ptrdiff_t>(stride) * BL : S * BL;
}

/// One input channel at one kernel position: PX inputs times NB blocks of weights onto the sums.
template <int PX, int NB>
HWY_INLINE void addProducts(const float* p, ptrdiff_t step, const float* w, V (&sum)[PX][NB * kParts]) {
    const D d;
    V weight[NB * kParts];
    for (int b = 0; b < NB * kParts; ++b)
        weight[b] = hn::LoadU(d, w + b * kLanes);
    for (int x = 0; x < PX; ++x) {
        const V value = hn::Set(d, p[x * step]);
        for (int b = 0; b < NB * kParts; ++b)
            sum[x][b] = hn::MulAdd(value, weight[b], sum[x][b]);
    }
}

template <int BL, int S, int PX, int NB> HWY_NOINLINE void tile(const ConvRow& r, const float* in, float* out) {
    const D d;
    constexpr int kSums = NB * kParts;
    const ptrdiff_t step = pixelStep<BL, S>(r.stride);
    V sum[PX][kSums];
    if (r.bias != nullptr) {
        for (int b = 0; b < kSums; ++b) {
            const V start = hn::LoadU(d, r.bias + b * kLanes);
            for (int x = 0; x < PX; ++x)
                sum[x][b] = start;
        }
    } else {
        for (int b = 0; b < kSums; ++b)
            for (int x = 0; x < PX; ++x)
                sum[x][b] = hn::LoadU(d, out + b / kParts * r.outBlockStride + x * kBlock + b % kParts * kLanes);
    }
    const float* w = r.weights;
    for (int64_t ky = 0; ky < r.kernelHeight; ++ky) {
        for (int64_t kx = 0; kx < r.kernelWidth; ++kx) {
            const float* at = in + ky * r.kyStride + kx * r.kxStride;
            if constexpr (BL == 1) {
                const float* p = at + r.channelBegin * r.planeStride;
                for (int64_t c = r.channelBegin; c < r.channelEnd; ++c, p += r.planeStride, w += NB * kBlock)
                    addProducts<PX, NB>(p, step, w, sum);
            } else {
                for (int64_t c = r.channelBegin; c < r.channelEnd;) {
                    const float* p = at + c / BL * r.planeStride + c % BL;
                    const int64_t lanes = std::min<int64_t>(BL - c % BL, r.channelEnd - c);
                    c += lanes;
                    for (int64_t l = 0; l < lanes; ++l, ++p, w += NB * kBlock)
                        addProducts<PX, NB>(p, step, w, sum);
                }
            }
        }
    }
    if (r.activation.kind != TileActivation::None)
        for (int b = 0; b < kSums; ++b)
            for (int x = 0; x < PX; ++x)
                sum[x][b] = activate(d, r.activation, sum[x][b]);
    for (int b = 0; b < kSums; ++b)
        for (int x = 0; x < PX; ++x)
            hn::StoreU(sum[x][b], d, out + b / kParts * r.outBlockStride + x * kBlock + b % kParts * kLanes);
}

template <int BL, int S, int NB> void rowOf(const ConvRow& r) {
    // Tiles of nearly equal width: a row of 20 is 4 × 5, not 3 × 6 + 2.
    constexpr int64_t kWidest = NB == 1 ? 8 : NB == 2 ? 6 : 4;
    const int64_t tiles = (r.count + kWidest - 1) / kWidest;
    const ptrdiff_t step = pixelStep<BL, S>(r.stride);
    int64_t x = 0;
    for (int64_t t = 0; t < tiles; ++t) {
        const int64_t width = (r.count - x + tiles - t - 1) / (tiles - t);
        const float* in = r.in + x * step;
        float* out = r.out + x * kBlock;
        switch (width) {
        case 1: tile<BL, S, 1, NB>(r, in, out); break;
        case 2: tile<BL, S, 2, NB>(r, in, out); break;
        case 3: tile<BL, S, 3, NB>(r, in, out); break;
        case 4: tile<BL, S, 4, NB>(r, in, out); break;
        default:
            if constexpr (kWidest >= 6) {
                if (width == 5) tile<BL, S, 5, NB>(r, in, out);
                if (width == 6) tile<BL, S, 6, NB>(r, in, out);
            }
            if constexpr (kWidest >= 8) {
                if (width == 7) tile<BL, S, 7, NB>(r, in, out);
                if (width == 8) tile<BL, S, 8, NB>(r, in, out);
            }
        }
        x += width;
    }
}

template <int BL, int S> void rowForBlocks(const ConvRow& r, int blocks) {
    if (blocks == 1) rowOf<BL, S, 1>(r);
    if (blocks == 2) rowOf<BL, S, 2>(r);
    if (blocks == 3) rowOf<BL, S, 3>(r);
}

template <int BL> void rowForStride(const ConvRow& r, int blocks) {
    if (r.stride == 1)
        rowForBlocks<BL, 1>(r, blocks);
    else if (r.stride == 2)
        rowForBlocks<BL, 2>(r, blocks);
    else
        rowForBlocks<BL, 0>(r, blocks);
}

void convRowImpl(const ConvRow& r, bool plain, int blocks) {
    if (plain)
        rowForStride<1>(r, blocks);
    else
        rowForStride<kBlock>(r, blocks);
}

/// PX results of one channel block, all kernel columns in [k0, k1) inside the picture.
template <int PX>
HWY_INLINE void depthwiseTile(const DepthwiseRow& r, int64_t x, int64_t ky0, int64_t ky1, int64_t k0, int64_t k1) {
    const D d;
    V sum[PX][kParts];
    for (int p = 0; p < PX; ++p)
        for (int b = 0; b < kParts; ++b)
            sum[p][b] = hn::LoadU(d, r.bias + b * kLanes);
    const ptrdiff_t step = static_cast<ptrdiff_t>(r.strideX) * kBlock;
    for (int64_t ky = ky0; ky < ky1; ++ky) {
        const float* row = r.in + (r.y + ky * r.dilationY) * r.rowStride +
                           (r.x + x * r.strideX) * kBlock;
        for (int64_t kx = k0; kx < k1; ++kx) {
            const float* at = row + kx * r.dilationX * kBlock;
            const float* w = r.weights + (ky * r.kernelWidth + kx) * kBlock;
            for (int b = 0; b < kParts; ++b) {
                const V weight = hn::LoadU(d, w + b * kLanes);
                for (int p = 0; p < PX; ++p)
                    sum[p][b] = hn::MulAdd(hn::LoadU(d, at + p * step + b * kLanes), weight, sum[p][b]);
            }
        }
    }
    for (int p = 0; p < PX; ++p)
        for (int b = 0; b < kParts; ++b)
            hn::StoreU(activate(d, r.activation, sum[p][b]), d, r.out + (x + p) * kBlock + b * kLanes);
}

/// The same for kernels of K × K without dilation, all rows inside: each input is loaded once for all
/// results that use it.
template <int K, int S, int PX> HWY_INLINE void depthwiseTileOf(const DepthwiseRow& r, int64_t x) {
    const D d;
    const float* base = r.in + r.y * r.rowStride + (r.x + x * S) * kBlock;
    for (int b = 0; b < kParts; ++b) {
        V sum[PX];
        for (int p = 0; p < PX; ++p)
            sum[p] = hn::LoadU(d, r.bias + b * kLanes);
        for (int ky = 0; ky < K; ++ky) {
            const float* row = base + ky * r.rowStride + b * kLanes;
            V weight[K];
            for (int kx = 0; kx < K; ++kx)
                weight[kx] = hn::LoadU(d, r.weights + (ky * K + kx) * kBlock + b * kLanes);
            for (int i = 0; i < (PX - 1) * S + K; ++i) {
                const V value = hn::LoadU(d, row + i * kBlock);
                for (int kx = 0; kx < K; ++kx)
                    if ((i - kx) % S == 0 && i >= kx && (i - kx) / S < PX)
                        sum[(i - kx) / S] = hn::MulAdd(value, weight[kx], sum[(i - kx) / S]);
            }
        }
        for (int p = 0; p < PX; ++p)
            hn::StoreU(activate(d, r.activation, sum[p]), d, r.out + (x + p) * kBlock + b * kLanes);
    }
}

template <int K, int S> int64_t depthwiseRun(const DepthwiseRow& r, int64_t x, int64_t right) {
    constexpr int kPixels = K == 3 ? 6 : 5;
    for (; x + kPixels <= right; x += kPixels)
        depthwiseTileOf<K, S, kPixels>(r, x);
    for (; x + 2 <= right; x += 2)
        depthwiseTileOf<K, S, 2>(r, x);
    return x;
}

void depthwiseRowImpl(const DepthwiseRow& r) {
    auto first = [](int64_t at, int64_t dilation) { return at >= 0 ? 0 : (-at + dilation - 1) / dilation; };
    auto last = [](int64_t at, int64_t size, int64_t dilation, int64_t kernel) {
        return at >= size ? 0 : std::min(kernel, (size - at + dilation - 1) / dilation);
    };
    const int64_t ky0 = first(r.y, r.dilationY);
    const int64_t ky1 = std::max(ky0, last(r.y, r.inHeight, r.dilationY, r.kernelHeight));
    // Results [left, right) see the whole kernel width.
    const int64_t left = r.x >= 0 ? 0 : std::min(r.count, (-r.x + r.strideX - 1) / r.strideX);
    const int64_t lastStart = r.inWidth - 1 - (r.kernelWidth - 1) * r.dilationX - r.x;
    const int64_t right = lastStart < 0 ? left : std::clamp(lastStart / r.strideX + 1, left, r.count);
    auto edge = [&](int64_t x) HWY_ATTR {
        const int64_t at = r.x + x * r.strideX;
        const int64_t k0 = first(at, r.dilationX);
        depthwiseTile<1>(r, x, ky0, ky1, k0, std::max(k0, last(at, r.inWidth, r.dilationX, r.kernelWidth)));
    };
    int64_t x = 0;
    for (; x < left; ++x)
        edge(x);
    const bool whole = ky0 == 0 && ky1 == r.kernelHeight && r.kernelHeight == r.kernelWidth &&
                       r.dilationX == 1 && r.dilationY == 1;
    if (whole && r.kernelWidth == 3 && r.strideX == 1) x = depthwiseRun<3, 1>(r, x, right);
    if (whole && r.kernelWidth == 3 && r.strideX == 2) x = depthwiseRun<3, 2>(r, x, right);
    if (whole && r.kernelWidth == 5 && r.strideX == 1) x = depthwiseRun<5, 1>(r, x, right);
    if (whole && r.kernelWidth == 5 && r.strideX == 2) x = depthwiseRun<5, 2>(r, x, right);
    for (; x + 8 <= right; x += 8)
        depthwiseTile<8>(r, x, ky0, ky1, 0, r.kernelWidth);
    for (; x + 4 <= right; x += 4)
        depthwiseTile<4>(r, x, ky0, ky1, 0, r.kernelWidth);
    for (; x < right; ++x)
        depthwiseTile<1>(r, x, ky0, ky1, 0, r.kernelWidth);
    for (; x < r.count; ++x)
        edge(x);
}

} // namespace wb::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wb::kernels {

HWY_EXPORT(blockImpl);
HWY_EXPORT(convRowImpl);
HWY_EXPORT(depthwiseRowImpl);

int64_t convBlock() {
    static const int64_t block = HWY_DYNAMIC_DISPATCH(blockImpl)();
    return block;
}

void f32ConvRow(const ConvRow& row, bool plain, int blocks) {
    HWY_DYNAMIC_DISPATCH(convRowImpl)(row, plain, blocks);
}

void f32DepthwiseRow(const DepthwiseRow& row) { HWY_DYNAMIC_DISPATCH(depthwiseRowImpl)(row); }

} // namespace wb::kernels
#endif

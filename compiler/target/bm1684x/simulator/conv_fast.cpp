// SPDX-License-Identifier: GPL-3.0-or-later
// The convolution by inner products: padded input and kernels are brought once into rows whose channels lie together,
// then four output channels by four pixels are summed at a time.
#include "compiler/target/bm1684x/simulator/conv.h"
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/group_sum.h"

#include <type_traits>

namespace wb::bm1684x::sim {
namespace {

constexpr int64_t kMostPacked = int64_t{1} << 27; ///< of the packed input; larger ones take the scalar form

struct Packed {
    int64_t height, width, channels; ///< with pads; channels rounded up
    explicit Packed(const Convolution& v)
        // A group of narrow floats, or a vector of codes.
        : height(v.window.inHeight + v.window.up + v.window.down), width(v.window.inWidth + v.window.left + v.window.right),
          channels(roundUp(v.inChannels, v.isFloat ? kGroup : kDotStep)) {}
    int64_t elements() const { return height * width * channels; }
};

template <class T> T elementOf(const View& v, uint32_t bits) {
    if constexpr (std::is_same_v<T, float>) return floatOf(bits, v.precision);
    else return static_cast<T>(integerOf(bits, v.precision, v.isSigned));
}

template <class T> Status packInput(const Context& x, const Convolution& v, int64_t n, std::vector<T>& out) {
    const Packed p(v);
    const Window& w = v.window;
    const T pad = elementOf<T>(v.in, v.padBits);
    const int64_t size = v.in.itemBytes();
    return x.forEach(p.height, 1, [&](int64_t begin, int64_t end) {
        for (int64_t y = begin; y < end; ++y) {
            T* row = out.data() + y * p.width * p.channels;
            const int64_t iy = y - w.up;
            for (int64_t c = 0; c < v.inChannels; ++c) {
                if (iy < 0 || iy >= w.inHeight) {
                    for (int64_t z = 0; z < p.width; ++z) row[z * p.channels + c] = pad;
                    continue;
                }
                for (int64_t z = 0; z < w.left; ++z) row[z * p.channels + c] = pad;
                for (int64_t z = w.left + w.inWidth; z < p.width; ++z) row[z * p.channels + c] = pad;
                const std::byte* from = elementAt(v.in, n, c, iy, 0);
                T* to = row + w.left * p.channels + c;
                const int64_t step = v.in.strides[3] * size;
                if (size == 1 && v.in.isSigned)
                    for (int64_t z = 0; z < w.inWidth; ++z) to[z * p.channels] = static_cast<T>(static_cast<int8_t>(from[z * step]));
                else if (size == 1)
                    for (int64_t z = 0; z < w.inWidth; ++z) to[z * p.channels] = static_cast<T>(static_cast<uint8_t>(from[z * step]));
                else
                    for (int64_t z = 0; z < w.inWidth; ++z) to[z * p.channels] = elementOf<T>(v.in, loadBits(from + z * step, size));
            }
        }
    });
}

template <class T> std::vector<T> packWeights(const Convolution& v) {
    const int64_t channels = Packed(v).channels, taps = v.window.taps();
    std::vector<T> out(static_cast<size_t>(roundUp(v.outChannels, 4) * taps * channels));
    const int64_t size = v.weights.itemBytes();
    for (int64_t oc = 0; oc < v.outChannels; ++oc) {
        const std::byte* record = v.weights.plane(0, oc);
        T* to = out.data() + oc * taps * channels;
        for (int64_t ky = 0; ky < v.window.kernelHeight; ++ky)
            for (int64_t kx = 0; kx < v.window.kernelWidth; ++kx, to += channels)
                for (int64_t c = 0; c < v.inChannels; ++c)
                    to[c] = static_cast<T>(
                        elementOf<T>(v.weights, loadBits(record + v.weightIndex(c, v.window.tap(ky, kx)) * size, size)) -
                        static_cast<T>(v.kernelZero));
    }
    return out;
}

template <class T> Status convolve(const Context& x, const Convolution& v) {
    using Sum = std::conditional_t<std::is_same_v<T, float>, float, int32_t>;
    const Packed p(v);
    const Window& w = v.window;
    const std::vector<T> weights = packWeights<T>(v);
    std::vector<T> input(static_cast<size_t>(p.elements()));
    std::vector<int64_t> offsets;
    for (int64_t ky = 0; ky < w.kernelHeight; ++ky)
        for (int64_t kx = 0; kx < w.kernelWidth; ++kx)
            offsets.push_back((ky * w.dilationY * p.width + kx * w.dilationX) * p.channels);
    const int64_t record = w.taps() * p.channels;
    const int64_t rowWork = w.outWidth * v.outChannels * record;
    for (int64_t n = 0; n < v.batch; ++n) {
        WB_TRY(packInput(x, v, n, input));
        WB_TRY(x.forEach(w.outHeight, std::max<int64_t>(1, 2'000'000 / rowWork), [&](int64_t begin, int64_t end) {
            for (int64_t oc = 0; oc < v.outChannels; oc += 4) {
                const int64_t channels = std::min<int64_t>(4, v.outChannels - oc);
                std::vector<ConvStore> stores;
                for (int64_t i = 0; i < channels; ++i) stores.emplace_back(v, n, oc + i);
                Dots dots{{}, {}, offsets.data(), w.taps(), p.channels};
                for (int64_t i = 0; i < 4; ++i) dots.weights[i] = weights.data() + (oc + i) * record;
                for (int64_t oy = begin; oy < end; ++oy)
                    for (int64_t ox = 0; ox < w.outWidth; ox += 4) {
                        const int64_t count = std::min<int64_t>(4, w.outWidth - ox);
                        for (int64_t i = 0; i < 4; ++i) // the last ones again where the row ends
                            dots.pixels[i] = input.data() + (oy * w.strideY * p.width +
                                                             (ox + std::min(i, count - 1)) * w.strideX) * p.channels;
                        Sum sums[4][4] = {};
                        if constexpr (std::is_same_v<T, float>)
                            for (int64_t i = 0; i < channels; ++i) std::fill_n(sums[i], 4, stores[static_cast<size_t>(i)].bias);
                        if constexpr (std::is_same_v<T, float>) dotGroups(dots, sums);
                        else dotIntegers(dots, sums);
                        for (int64_t i = 0; i < channels; ++i)
                            for (int64_t k = 0; k < count; ++k) {
                                const int64_t index = oy * w.outWidth + ox + k;
                                if constexpr (std::is_same_v<T, float>) stores[static_cast<size_t>(i)].real(index, sums[i][k]);
                                else stores[static_cast<size_t>(i)].integer(index, sums[i][k]);
                            }
                    }
            }
        }));
    }
    return {};
}

/// Floats of 32 bits, whose order of sums matters: rows of results at a time, in the order of the definition.
Status convolveSingles(const Context& x, const Convolution& v) {
    const Window& w = v.window;
    const Packed p(v);
    const int64_t plane = p.height * p.width;
    std::vector<float> input(static_cast<size_t>(plane * v.inChannels));
    for (int64_t n = 0; n < v.batch; ++n) {
        WB_TRY(x.forEach(v.inChannels, 1, [&](int64_t begin, int64_t end) {
            for (int64_t c = begin; c < end; ++c) {
                float* to = input.data() + c * plane;
                std::fill_n(to, plane, floatOf(v.padBits, Precision::F32));
                for (int64_t y = 0; y < w.inHeight; ++y)
                    loadFloats(v.in, n, c, y, 0, to + (y + w.up) * p.width + w.left, w.inWidth);
            }
        }));
        WB_TRY(x.forEach(v.outChannels * w.outHeight, 4, [&](int64_t begin, int64_t end) {
            std::vector<float> sums(static_cast<size_t>(2 * w.outWidth));
            for (int64_t row = begin; row < end && !x.job.stopRequested(); ++row) {
                const int64_t oc = row / w.outHeight, oy = row % w.outHeight;
                const ConvStore store(v, n, oc);
                const std::byte* kernel = v.weights.plane(0, oc);
                std::fill_n(sums.data(), w.outWidth, 0.0f);
                for (int64_t k = 0; k < w.outWidth; ++k)
                    sums[static_cast<size_t>(w.outWidth + k)] = store.start(oy * w.outWidth + k);
                int64_t i = 0;
                for (int64_t c = 0; c < v.inChannels; ++c)
                    for (int64_t ky = 0; ky < w.kernelHeight; ++ky)
                        for (int64_t kx = 0; kx < w.kernelWidth; ++kx, ++i) {
                            const float weight = floatOf(loadBits(kernel + v.weightIndex(c, w.tap(ky, kx)) * 4, 4), Precision::F32);
                            const float* in = input.data() + c * plane + (oy * w.strideY + ky * w.dilationY) * p.width + kx * w.dilationX;
                            float* to = sums.data() + (i % 2) * w.outWidth;
                            if (w.strideX == 1)
                                for (int64_t k = 0; k < w.outWidth; ++k) to[k] += in[k] * weight;
                            else
                                for (int64_t k = 0; k < w.outWidth; ++k) to[k] += in[k * w.strideX] * weight;
                        }
                for (int64_t k = 0; k < w.outWidth; ++k)
                    store.real(oy * w.outWidth + k, sums[static_cast<size_t>(k)] + sums[static_cast<size_t>(w.outWidth + k)]);
            }
        }));
    }
    return {};
}

} // namespace

bool fitsFast(const Convolution& v) {
    const Packed p(v);
    return v.window.insertY == 0 && v.window.insertX == 0 && p.channels <= kMostPacked / p.height / p.width;
}

Status convolveFast(const Context& x, const Convolution& v) {
    if (v.in.precision == Precision::F32) return convolveSingles(x, v);
    return v.isFloat ? convolve<float>(x, v) : convolve<int16_t>(x, v);
}

} // namespace wb::bm1684x::sim

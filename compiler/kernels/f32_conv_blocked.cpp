// SPDX-License-Identifier: GPL-3.0-or-later
// Convolution on blocked data: packs weights, cuts the work into bands of output rows, gives each band a
// copy of its input with the padding in it (so that the inner kernel knows no borders), and sums over
// slices of input channels small enough for their weights to stay in the first-level cache.
#include "compiler/kernels/f32_conv.h"
#include "compiler/kernels/f32_conv_tile.h"

#include <algorithm>
#include <cstring>

namespace wb::kernels {
namespace {

constexpr int64_t kSliceFloats = 4096;  // weights of one slice: 16 kB
constexpr int64_t kBandFloats = 40960;  // input of one band: 160 kB, leaves room in a second-level cache

/// Memory of a thread for its padded band; grows to the largest that it met.
float* bandMemory(size_t floats) {
    thread_local std::vector<float> memory;
    if (memory.size() < floats) memory.resize(floats);
    return memory.data();
}

/// Moves a first formula that the inner kernels know out of the epilogue.
TileActivation takeActivation(Epilogue& epilogue) {
    TileActivation activation;
    if (epilogue.first.kind == Unary::Relu && epilogue.first.a < 0) activation.kind = TileActivation::Relu;
    if (epilogue.first.kind == Unary::LeakyRelu) activation = {TileActivation::Leaky, epilogue.first.a};
    if (activation.kind != TileActivation::None) epilogue.first = {};
    return activation;
}

class DenseConv : public BlockedConv {
public:
    DenseConv(const WindowShape& shape, const float* weights, const float* bias, const Epilogue& epilogue)
        : m_shape(shape)
        , m_epilogue(epilogue)
        , m_activation(takeActivation(m_epilogue))
        , m_block(convBlock()) {
        const WindowShape& s = m_shape;
        m_pointwise = s.kernel[1] == 1 && s.kernel[2] == 1 && s.stride[1] == 1 && s.stride[2] == 1 &&
                      s.pad[1] == 0 && s.pad[2] == 0 && s.in[1] == s.out[1] && s.in[2] == s.out[2];
        // Input pixels that the results of a row touch, and whether all lie inside.
        m_rowWidth = (s.out[2] - 1) * s.stride[2] + (s.kernel[2] - 1) * s.dilation[2] + 1;
        m_padded = s.pad[1] > 0 || s.pad[2] > 0 || m_rowWidth > s.in[2] ||
                   (s.out[1] - 1) * s.stride[1] + (s.kernel[1] - 1) * s.dilation[1] + 1 > s.in[1];
        makeGroups();
        pack(weights, bias);
    }

    void run(const float* in, bool plainInput, const float* residual, float* out,
             const Work& work) const override {
        const WindowShape& s = m_shape;
        // A unit is a band of rows (or of pixels, for 1 × 1 kernels) times a part of the output groups.
        const int64_t length = m_pointwise ? s.out[1] * s.out[2] : s.out[1];
        const int64_t channels = plainInput ? s.inChannels : inBlocks() * m_block;
        int64_t band = 1;
        if (m_pointwise) {
            band = std::clamp<int64_t>(kBandFloats / 2 / channels, 48, 960) / 12 * 12;
        } else {
            const int64_t rows = kBandFloats / std::max<int64_t>(1, channels * m_rowWidth);
            const int64_t span = (s.kernel[1] - 1) * s.dilation[1] + 1;
            band = std::clamp<int64_t>((rows - span) / s.stride[1] + 1, 1, 16);
        }
        int64_t bands = (length + band - 1) / band;
        // Enough units for every thread to get its share; the sums do not depend on the cut.
        const int64_t wanted = work.threads <= 1 ? 1 : int64_t{8} * work.threads;
        if (bands < wanted) {
            const int64_t finest = m_pointwise ? 24 : 2;
            band = std::max(std::min(band, finest), (length + wanted - 1) / wanted);
            bands = (length + band - 1) / band;
        }
        const auto groups = static_cast<int64_t>(m_groups.size());
        const int64_t parts = std::clamp<int64_t>(wanted / std::max<int64_t>(1, s.batch * bands), 1, groups);
        work.forEach(s.batch * bands * parts, 1, [&](int64_t begin, int64_t end) {
            for (int64_t unit = begin; unit < end; ++unit) {
                const int64_t part = unit % parts;
                const int64_t first = unit / parts % bands * band;
                Unit u;
                u.image = unit / parts / bands;
                u.first = first;
                u.last = std::min(first + band, length);
                u.groupBegin = static_cast<size_t>(groups * part / parts);
                u.groupEnd = static_cast<size_t>(groups * (part + 1) / parts);
                compute(u, in, plainInput, residual, out);
            }
        });
    }

private:
    /// Neighbouring output blocks that sum over the same input channels.
    struct Group {
        int64_t firstBlock = 0;
        int blocks = 1;
        int64_t channelBegin = 0, channelEnd = 0;
        int64_t slice = 8; ///< input channels summed at once
        size_t weights = 0;
    };
    struct Unit {
        int64_t image = 0, first = 0, last = 0; ///< rows, or pixels for 1 × 1 kernels
        size_t groupBegin = 0, groupEnd = 0;
    };

    int64_t inBlocks() const { return (m_shape.inChannels + m_block - 1) / m_block; }
    int64_t outBlocks() const { return (m_shape.outChannels + m_block - 1) / m_block; }

    /// A block that spans several groups of a grouped convolution sums over all their channels, with zero
    /// weights where channel and result do not belong together.
    void makeGroups() {
        const int64_t groupIn = m_shape.inChannels / m_shape.groups;
        const int64_t groupOut = m_shape.outChannels / m_shape.groups;
        auto range = [&](int64_t block, Group& g) {
            const int64_t firstOut = block * m_block;
            const int64_t lastOut = std::min(firstOut + m_block, m_shape.outChannels) - 1;
            g.channelBegin = firstOut / groupOut * groupIn;
            g.channelEnd = (lastOut / groupOut + 1) * groupIn;
        };
        for (int64_t block = 0; block < outBlocks();) {
            Group g;
            g.firstBlock = block;
            range(block, g);
            int64_t alike = 1;
            for (Group next; block + alike < outBlocks() && alike < 4; ++alike) {
                range(block + alike, next);
                if (next.channelBegin != g.channelBegin || next.channelEnd != g.channelEnd) break;
            }
            // Pairs are the fastest; a last odd block joins a pair to three.
            g.blocks = alike == 3 ? 3 : static_cast<int>(std::min<int64_t>(alike, 2));
            const int64_t taps = m_shape.kernel[1] * m_shape.kernel[2];
            g.slice = std::max<int64_t>(m_block, kSliceFloats / (taps * g.blocks * m_block) / m_block * m_block);
            block += g.blocks;
            m_groups.push_back(g);
        }
    }

    void pack(const float* weights, const float* bias) {
        const WindowShape& s = m_shape;
        const int64_t groupIn = s.inChannels / s.groups;
        const int64_t groupOut = s.outChannels / s.groups;
        const int64_t taps = s.kernel[1] * s.kernel[2];
        size_t total = 0;
        for (Group& g : m_groups) {
            g.weights = total;
            total += static_cast<size_t>((g.channelEnd - g.channelBegin) * taps * g.blocks * m_block);
        }
        m_weights.assign(total, 0.0f);
        m_bias.assign(static_cast<size_t>(outBlocks() * m_block), 0.0f);
        if (bias != nullptr) std::copy(bias, bias + s.outChannels, m_bias.begin());
        for (const Group& g : m_groups) {
            float* to = m_weights.data() + g.weights;
            for (int64_t begin = g.channelBegin; begin < g.channelEnd; begin += g.slice)
                for (int64_t tap = 0; tap < taps; ++tap)
                    for (int64_t c = begin; c < std::min(begin + g.slice, g.channelEnd); ++c)
                        for (int64_t lane = 0; lane < g.blocks * m_block; ++lane, ++to) {
                            const int64_t oc = g.firstBlock * m_block + lane;
                            if (oc >= s.outChannels || oc / groupOut != c / groupIn) continue;
                            *to = weights[(oc * groupIn + c % groupIn) * taps + tap];
                        }
        }
    }

    /// Where a band of input lies: as given, or copied with its padding.
    struct View {
        const float* data = nullptr; ///< the band's first input row, column of result 0
        ptrdiff_t planeStride = 0, rowStride = 0;
    };

    View viewOf(const Unit& u, const float* in, bool plain) const {
        const WindowShape& s = m_shape;
        const int64_t block = plain ? 1 : m_block;
        const int64_t planes = plain ? s.inChannels : inBlocks();
        const int64_t planeStride = s.in[1] * s.in[2] * block;
        const float* image = in + u.image * planes * planeStride;
        if (m_pointwise) return {image + u.first * block, planeStride, 0};
        const int64_t top = u.first * s.stride[1] - s.pad[1];
        if (!m_padded) return {image + top * s.in[2] * block, planeStride, s.in[2] * block};
        const int64_t rows = (u.last - u.first - 1) * s.stride[1] + (s.kernel[1] - 1) * s.dilation[1] + 1;
        // Only the planes that this unit's groups read.
        const int64_t planeBegin = m_groups[u.groupBegin].channelBegin / block;
        const int64_t planeEnd = (m_groups[u.groupEnd - 1].channelEnd + block - 1) / block;
        const int64_t width = m_rowWidth * block;
        float* copy = bandMemory(static_cast<size_t>((planeEnd - planeBegin) * rows * width));
        const int64_t left = std::min(s.pad[2], m_rowWidth) * block;
        const int64_t used = std::clamp<int64_t>(s.in[2] * block, 0, width - left);
        for (int64_t plane = planeBegin; plane < planeEnd; ++plane)
            for (int64_t row = 0; row < rows; ++row) {
                float* to = copy + ((plane - planeBegin) * rows + row) * width;
                const int64_t y = top + row;
                if (y < 0 || y >= s.in[1]) {
                    std::fill(to, to + width, 0.0f);
                    continue;
                }
                std::fill(to, to + left, 0.0f);
                std::memcpy(to + left, image + plane * planeStride + y * s.in[2] * block,
                            static_cast<size_t>(used) * sizeof(float));
                std::fill(to + left + used, to + width, 0.0f);
            }
        return {copy - planeBegin * rows * width, rows * width, width};
    }

    void compute(const Unit& u, const float* in, bool plain, const float* residual, float* out) const {
        const WindowShape& s = m_shape;
        const int64_t block = plain ? 1 : m_block;
        const int64_t outPixels = s.out[1] * s.out[2];
        const View view = viewOf(u, in, plain);
        ConvRow row;
        row.planeStride = view.planeStride;
        row.kyStride = s.dilation[1] * view.rowStride;
        row.kxStride = s.dilation[2] * block;
        row.stride = s.stride[2];
        row.kernelHeight = s.kernel[1];
        row.kernelWidth = s.kernel[2];
        row.outBlockStride = outPixels * m_block;
        row.count = m_pointwise ? u.last - u.first : s.out[2];
        const int64_t rows = m_pointwise ? 1 : u.last - u.first;
        const int64_t taps = s.kernel[1] * s.kernel[2];
        for (size_t index = u.groupBegin; index < u.groupEnd; ++index) {
            const Group& g = m_groups[index];
            const int64_t firstPixel = m_pointwise ? u.first : u.first * s.out[2];
            const int64_t at = ((u.image * outBlocks() + g.firstBlock) * outPixels + firstPixel) * m_block;
            row.weights = m_weights.data() + g.weights;
            for (int64_t begin = g.channelBegin; begin < g.channelEnd; begin += g.slice) {
                row.channelBegin = begin;
                row.channelEnd = std::min(begin + g.slice, g.channelEnd);
                row.bias = begin == g.channelBegin ? m_bias.data() + g.firstBlock * m_block : nullptr;
                const bool last = row.channelEnd == g.channelEnd;
                row.activation = last ? m_activation : TileActivation();
                for (int64_t y = 0; y < rows; ++y) {
                    row.in = view.data + y * s.stride[1] * view.rowStride;
                    const int64_t rowAt = at + y * s.out[2] * m_block;
                    row.out = out + rowAt;
                    f32ConvRow(row, plain, g.blocks);
                    if (last && !m_epilogue.trivial()) finishRow(g, row, residual, rowAt);
                }
                row.weights += (row.channelEnd - begin) * taps * g.blocks * m_block;
            }
        }
    }

    void finishRow(const Group& g, const ConvRow& row, const float* residual, int64_t rowAt) const {
        for (int b = 0; b < g.blocks; ++b)
            f32Epilogue(m_epilogue,
                        residual == nullptr ? nullptr : residual + rowAt + b * row.outBlockStride,
                        row.out + b * row.outBlockStride, row.count * m_block);
    }

    WindowShape m_shape;
    Epilogue m_epilogue;
    TileActivation m_activation;
    int64_t m_block;
    bool m_pointwise = false;
    bool m_padded = false;
    int64_t m_rowWidth = 0;
    std::vector<Group> m_groups;
    std::vector<float> m_weights, m_bias;
};

/// One input channel an output channel: no sums over channels, a block at a time.
class DepthwiseConv : public BlockedConv {
public:
    DepthwiseConv(const WindowShape& shape, const float* weights, const float* bias, const Epilogue& epilogue)
        : m_shape(shape)
        , m_epilogue(epilogue)
        , m_activation(takeActivation(m_epilogue))
        , m_block(convBlock()) {
        const int64_t taps = shape.kernel[1] * shape.kernel[2];
        const int64_t blocks = (shape.outChannels + m_block - 1) / m_block;
        m_weights.assign(static_cast<size_t>(blocks * taps * m_block), 0.0f);
        m_bias.assign(static_cast<size_t>(blocks * m_block), 0.0f);
        for (int64_t c = 0; c < shape.outChannels; ++c) {
            for (int64_t tap = 0; tap < taps; ++tap)
                m_weights[static_cast<size_t>((c / m_block * taps + tap) * m_block + c % m_block)] =
                    weights[c * taps + tap];
            if (bias != nullptr) m_bias[static_cast<size_t>(c)] = bias[c];
        }
    }

    void run(const float* in, bool plainInput, const float* residual, float* out,
             const Work& work) const override {
        const WindowShape& s = m_shape;
        std::vector<float> reordered;
        if (plainInput) {
            reordered = blocked(in, work);
            in = reordered.data();
        }
        const int64_t blocks = (s.outChannels + m_block - 1) / m_block;
        const int64_t taps = s.kernel[1] * s.kernel[2];
        const int64_t rowFloats = s.out[2] * m_block;
        const int64_t grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, rowFloats * taps));
        work.forEach(s.batch * blocks * s.out[1], grain, [&](int64_t begin, int64_t end) {
            for (int64_t unit = begin; unit < end; ++unit) {
                const int64_t plane = unit / s.out[1];
                const int64_t block = plane % blocks;
                DepthwiseRow row;
                row.in = in + plane * s.in[1] * s.in[2] * m_block;
                row.rowStride = s.in[2] * m_block;
                row.inHeight = s.in[1];
                row.inWidth = s.in[2];
                row.kernelHeight = s.kernel[1];
                row.kernelWidth = s.kernel[2];
                row.strideX = s.stride[2];
                row.dilationY = s.dilation[1];
                row.dilationX = s.dilation[2];
                row.y = unit % s.out[1] * s.stride[1] - s.pad[1];
                row.x = -s.pad[2];
                row.weights = m_weights.data() + block * taps * m_block;
                row.bias = m_bias.data() + block * m_block;
                row.out = out + unit * rowFloats;
                row.count = s.out[2];
                row.activation = m_activation;
                f32DepthwiseRow(row);
                if (!m_epilogue.trivial())
                    f32Epilogue(m_epilogue, residual == nullptr ? nullptr : residual + unit * rowFloats,
                                row.out, rowFloats);
            }
        });
    }

private:
    /// A network's first layer is rarely depthwise and has few channels: a copy is cheap there.
    std::vector<float> blocked(const float* plain, const Work& work) const {
        const WindowShape& s = m_shape;
        const int64_t blocks = (s.inChannels + m_block - 1) / m_block, area = s.in[1] * s.in[2];
        std::vector<float> out(static_cast<size_t>(s.batch * blocks * area * m_block), 0.0f);
        work.forEach(s.batch * s.inChannels, 1, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i) {
                const int64_t n = i / s.inChannels, c = i % s.inChannels;
                float* to = out.data() + (n * blocks + c / m_block) * area * m_block + c % m_block;
                for (int64_t p = 0; p < area; ++p)
                    to[p * m_block] = plain[i * area + p];
            }
        });
        return out;
    }

    WindowShape m_shape;
    Epilogue m_epilogue;
    TileActivation m_activation;
    int64_t m_block;
    std::vector<float> m_weights, m_bias;
};

} // namespace

std::unique_ptr<BlockedConv> BlockedConv::create(const WindowShape& shape, const float* weights,
                                                 const float* bias, const Epilogue& epilogue) {
    if (shape.groups == shape.inChannels && shape.groups == shape.outChannels && shape.groups > 1)
        return std::make_unique<DepthwiseConv>(shape, weights, bias, epilogue);
    return std::make_unique<DenseConv>(shape, weights, bias, epilogue);
}

} // namespace wb::kernels

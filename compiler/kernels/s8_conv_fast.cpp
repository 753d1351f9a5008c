// SPDX-License-Identifier: GPL-3.0-or-later
// Packing, strips of rows and the choice of loops for S8Conv.
#include "compiler/kernels/s8_conv_fast.h"
#include "compiler/kernels/s8_conv_tile.h"
#include "compiler/kernels/transpose.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace wb::kernels {
namespace {

__extension__ using Wide = __int128; // of the compiler, not of ISO C++

constexpr int64_t kAlignment = 64;

/// Aligned storage without initialisation costs; grows, never shrinks.
class Bytes {
public:
    ~Bytes() { release(); }
    Bytes() = default;
    Bytes(const Bytes&) = delete;
    Bytes& operator=(const Bytes&) = delete;
    std::byte* reserve(size_t size) {
        if (size > m_size) {
            release();
            m_data = static_cast<std::byte*>(::operator new(size, std::align_val_t(kAlignment)));
            m_size = size;
        }
        return m_data;
    }

private:
    void release() {
        if (m_data != nullptr) ::operator delete(m_data, std::align_val_t(kAlignment));
    }
    std::byte* m_data = nullptr;
    size_t m_size = 0;
};

int64_t blocksOf(int64_t channels) {
    return (channels + kS8Block - 1) / kS8Block;
}

class Fast final : public S8Conv {
public:
    Fast(const S8ConvShape& shape, bool inSigned, const S8Requant& requant)
        : m_s(shape)
        , m_inSigned(inSigned)
        , m_outSigned(requant.outSigned)
        , m_relu(requant.relu)
        , m_zero(requant.zero) {
        m_inPerGroup = shape.inChannels / shape.groups;
        m_outPerGroup = shape.outChannels / shape.groups;
        m_depthwise = shape.groups > 1 && m_inPerGroup == 1 && m_outPerGroup == 1;
        // A row of the window is one run of numbers where its pixels touch; elsewhere each group's
        // channels are padded to pairs, and depthwise pixels to whole blocks.
        m_runs = shape.groups == 1 && shape.dilation[1] == 1;
        m_groupWidth = m_depthwise ? 1 : m_runs ? m_inPerGroup : (m_inPerGroup + 1) / 2 * 2;
        m_pixelWidth =
            m_depthwise ? blocksOf(shape.inChannels) * kS8Block : m_groupWidth * shape.groups;
        m_rowPairs =
            m_runs ? (shape.kernel[1] * m_inPerGroup + 1) / 2 : m_groupWidth / 2 * shape.kernel[1];
        m_blocksPerGroup = m_depthwise ? blocksOf(shape.outChannels) : blocksOf(m_outPerGroup);
        const int64_t rowBytes = (shape.in[1] + 2 * shape.pad[1]) * m_pixelWidth * 2;
        // Strips of rows whose widened input stays in the second level cache, but enough of them.
        const int64_t perRow =
            std::max<int64_t>(rowBytes * shape.stride[0] + shape.out[1] * shape.outChannels, 1);
        m_stripRows = std::clamp<int64_t>(163840 / perRow, 1, 16);
        m_stripRows =
            std::min(m_stripRows, std::max<int64_t>(1, (shape.out[0] * shape.batch + 3) / 4));
    }

    bool pack(const int8_t* weights, bool weightsSigned, const S8Requant& requant) {
        const int64_t window = m_s.kernel[0] * m_s.kernel[1];
        const int64_t groups = m_depthwise ? 1 : m_s.groups;
        const int64_t blockSize =
            m_depthwise ? window * kS8Block * 2 : m_s.kernel[0] * m_rowPairs * 2 * kS8Block;
        const int64_t blocks = groups * m_blocksPerGroup;
        auto* packed = reinterpret_cast<int16_t*>(
            m_weights.reserve(static_cast<size_t>(blocks * blockSize) * sizeof(int16_t)));
        std::memset(packed, 0, static_cast<size_t>(blocks * blockSize) * sizeof(int16_t));
        m_blockSize = blockSize;
        m_form = requant.form;
        m_requant.resize(static_cast<size_t>(blocks));
        if (m_form != nullptr) m_formBlocks.resize(static_cast<size_t>(blocks));
        for (int64_t o = 0; o < m_s.outChannels; ++o) {
            const int64_t group = m_depthwise ? 0 : o / m_outPerGroup;
            const int64_t inGroup = m_depthwise ? o : o % m_outPerGroup;
            const int64_t block = group * m_blocksPerGroup + inGroup / kS8Block;
            const int64_t lane = inGroup % kS8Block;
            int64_t largest = 0;
            for (int64_t i = 0; i < m_inPerGroup * window; ++i) {
                const int8_t byte = weights[o * m_inPerGroup * window + i];
                const int16_t code = weightsSigned
                                         ? int16_t{byte}
                                         : static_cast<int16_t>(static_cast<uint8_t>(byte));
                largest += std::abs(code) * (m_inSigned ? 128 : 255);
                const int64_t c = i / window, k = i % window;
                if (m_depthwise)
                    reinterpret_cast<int32_t*>(packed + block * blockSize)[k * kS8Block + lane] =
                        code;
                else {
                    const int64_t element =
                        k % m_s.kernel[1] * m_groupWidth + c; // within the window's row
                    const int64_t pair = k / m_s.kernel[1] * m_rowPairs + element / 2;
                    packed[block * blockSize + (pair * kS8Block + lane) * 2 + element % 2] = code;
                }
            }
            if (m_form != nullptr) {
                if (largest > std::numeric_limits<int32_t>::max()) return false;
                setForm(m_formBlocks[static_cast<size_t>(block)], lane, o);
            } else if (!setRequant(m_requant[static_cast<size_t>(block)], lane, o, largest, requant)) {
                return false;
            }
        }
        return true;
    }

    void setTable(const std::array<uint8_t, 256>& table) {
        m_table = table;
        m_hasTable = true;
    }

    void run(const Data& data, const Work& work) const override {
        const int64_t strips = (m_s.out[0] + m_stripRows - 1) / m_stripRows;
        work.forEach(m_s.batch * strips, 1, [&](int64_t begin, int64_t end) {
            for (int64_t unit = begin; unit < end; ++unit)
                strip(data, unit / strips, unit % strips * m_stripRows);
        });
    }

private:
    /// False if the requantised sum may not fit 32 bits or the shift is out of reach.
    bool setRequant(S8RequantBlock& q, int64_t lane, int64_t channel, int64_t largest,
                    const S8Requant& requant) const {
        const auto at = static_cast<size_t>(channel);
        const int64_t bias = requant.bias.empty() ? 0 : requant.bias[at];
        const int64_t multiplier = requant.multipliers[at];
        const int shift = requant.shifts[at];
        const int64_t bound = largest + std::abs(bias);
        if (shift < 1 || shift > 32 || multiplier < 0 ||
            bound > std::numeric_limits<int32_t>::max())
            return false;
        if ((static_cast<Wide>(bound) * multiplier >> shift) >=
            std::numeric_limits<int32_t>::max() - 256) // the zero point is added to it
            return false;
        q.bias[lane] = static_cast<int32_t>(bias);
        q.multiplier[lane] = static_cast<int32_t>(multiplier);
        if (lane % 2 != 0) q.multiplierOdd[lane - 1] = static_cast<int32_t>(multiplier);
        auto* round = lane % 2 == 0 ? q.roundEven : q.roundOdd;
        auto* shifts = lane % 2 == 0 ? q.shiftEven : q.shiftOdd;
        round[lane / 2] = uint64_t{1} << (shift - 1);
        shifts[lane / 2] = static_cast<uint64_t>(shift);
        return true;
    }

    bool hasSecond() const { return m_form != nullptr && m_form->scales.size() > static_cast<size_t>(m_s.outChannels); }

    void setForm(S8FormBlock& b, int64_t lane, int64_t channel) const {
        const auto at = static_cast<size_t>(channel), second = at + static_cast<size_t>(m_s.outChannels);
        b.scale[lane] = m_form->scales[at];
        b.offset[lane] = m_form->offsets[at];
        if (!hasSecond()) return;
        b.secondScale[lane] = m_form->scales[second];
        b.secondOffset[lane] = m_form->offsets[second];
    }

    /// Widens the rows [first, first + count) of the padded input picture into `to`.
    void widenRows(const Data& data, int64_t n, int64_t first, int64_t count, int16_t* to,
                   Bytes& temporary) const {
        const int64_t width = m_s.in[1], channels = m_s.inChannels, plane = m_s.in[0] * width;
        const int64_t rowWidth = (width + 2 * m_s.pad[1] + m_tailPixels) * m_pixelWidth;
        const bool straight = m_pixelWidth == channels;
        const auto border = static_cast<int16_t>(m_s.border); // channels that only fill up have weights of zero
        for (int64_t row = 0; row < count; ++row, to += rowWidth) {
            const int64_t y = first + row;
            if (y < 0 || y >= m_s.in[0]) {
                std::fill(to, to + rowWidth, border);
                continue;
            }
            const auto* bytes = reinterpret_cast<const uint8_t*>(data.in) + n * channels * plane;
            const uint8_t* pixels = bytes + y * width * channels;
            if (data.inPlain) {
                auto* turned = temporary.reserve(static_cast<size_t>(width * channels));
                channelsToPixels(reinterpret_cast<const std::byte*>(bytes + y * width), turned, 1,
                                 channels, channels, width, plane);
                pixels = reinterpret_cast<const uint8_t*>(turned);
            }
            const int64_t left = m_s.pad[1] * m_pixelWidth;
            std::fill(to, to + left, border);
            int16_t* at = to + left;
            if (straight)
                s8Widen(pixels, m_inSigned, at, width * channels);
            else
                widenPadded(pixels, at);
            at += width * m_pixelWidth;
            std::fill(at, to + rowWidth, border);
        }
    }

    /// The same for one row whose groups (or depthwise blocks) need padding channels.
    void widenPadded(const uint8_t* pixels, int16_t* to) const {
        const int64_t groups = m_depthwise ? 1 : m_s.groups;
        const int64_t used = m_s.inChannels / groups;
        const int64_t wide = m_pixelWidth / groups;
        for (int64_t i = 0; i < m_s.in[1] * groups; ++i) {
            for (int64_t c = 0; c < used; ++c)
                to[c] = m_inSigned ? static_cast<int8_t>(pixels[c]) : int16_t{pixels[c]};
            std::fill(to + used, to + wide, int16_t{0});
            pixels += used;
            to += wide;
        }
    }

    void strip(const Data& data, int64_t n, int64_t firstRow) const {
        thread_local Bytes widened, temporary, results;
        const int64_t rows = std::min(m_stripRows, m_s.out[0] - firstRow);
        const int64_t inRows =
            (rows - 1) * m_s.stride[0] + (m_s.kernel[0] - 1) * m_s.dilation[0] + 1;
        const int64_t rowWidth = (m_s.in[1] + 2 * m_s.pad[1] + m_tailPixels) * m_pixelWidth;
        auto* in = reinterpret_cast<int16_t*>(
            widened.reserve(static_cast<size_t>(inRows * rowWidth + 1) * sizeof(int16_t)));
        in[inRows * rowWidth] = 0; // an odd run reads one number more, times zero
        widenRows(data, n, firstRow * m_s.stride[0] - m_s.pad[0], inRows, in, temporary);

        const int64_t channels = m_s.outChannels, width = m_s.out[1];
        auto* out =
            reinterpret_cast<uint8_t*>(data.out) + (n * m_s.out[0] + firstRow) * width * channels;
        if (data.outPlain)
            out = reinterpret_cast<uint8_t*>(
                results.reserve(static_cast<size_t>(rows * width * channels)));
        S8ConvRow row;
        row.kernelHeight = m_s.kernel[0];
        row.kernelWidth = m_runs ? 1 : m_s.kernel[1];
        row.pairs = m_runs ? m_rowPairs : m_groupWidth / 2;
        row.kyStride = m_s.dilation[0] * rowWidth;
        row.kxStride = m_s.dilation[1] * m_pixelWidth;
        row.pixelStride = m_s.stride[1] * m_pixelWidth;
        row.outStride = channels;
        row.count = width;
        row.outSigned = m_outSigned;
        row.relu = m_relu;
        row.zero = m_zero;
        row.table = m_hasTable ? m_table.data() : nullptr;
        row.form = m_form.get();
        row.second = hasSecond();
        // A pointwise convolution has no borders: the strip is one long row.
        const bool flat = m_s.kernel[0] == 1 && m_s.kernel[1] == 1 && m_s.stride[0] == 1 &&
                          m_s.stride[1] == 1 && m_s.pad[1] == 0 && width == m_s.in[1] &&
                          m_tailPixels == 0;
        const int64_t groups = m_depthwise ? 1 : m_s.groups;
        const auto* packed = reinterpret_cast<const int16_t*>(m_packed());
        const int64_t lines = flat ? 1 : rows, length = flat ? rows * width : width;
        // Many channels and few weights: all blocks of a piece of the row while it is in the first
        // cache.
        const int64_t blocks = groups * m_blocksPerGroup;
        const bool small = blocks > 4 && blocks * m_blockSize * 2 <= 98304;
        const int64_t piece =
            small ? std::clamp<int64_t>(16384 / channels / 6 * 6, 12, length) : length;
        for (int64_t y = 0; y < lines; ++y)
            for (int64_t x = 0; x < (small ? length : 1); x += piece)
                for (int64_t block = 0; block < blocks; ++block) {
                    if (!small && y > 0) break; // done line by line below
                    const int64_t group = block / m_blocksPerGroup;
                    const int64_t channel = (m_depthwise ? 0 : group * m_outPerGroup) +
                                            block % m_blocksPerGroup * kS8Block;
                    row.channels = std::min<int64_t>(
                        kS8Block, (m_depthwise ? channels : (group + 1) * m_outPerGroup) - channel);
                    row.requant = &m_requant[static_cast<size_t>(block)];
                    if (m_form != nullptr) row.formBlock = &m_formBlocks[static_cast<size_t>(block)];
                    row.weights = packed + block * m_blockSize;
                    row.count = std::min(piece, length - x);
                    const int64_t offset = m_depthwise ? channel : group * m_groupWidth;
                    for (int64_t line = y; line < (small ? y + 1 : lines); ++line) {
                        row.in =
                            in + line * m_s.stride[0] * rowWidth + x * row.pixelStride + offset;
                        row.out = out + (line * width + x) * channels + channel;
                        if (m_depthwise)
                            s8DepthwiseRow(row, reinterpret_cast<const int32_t*>(row.weights));
                        else
                            s8ConvRow(row);
                    }
                }
        if (data.outPlain) {
            const int64_t plane = m_s.out[0] * width;
            pixelsToChannels(reinterpret_cast<const std::byte*>(out),
                             data.out + n * channels * plane + firstRow * width, 1, channels,
                             channels, rows * width, plane);
        }
    }

    const std::byte* m_packed() const { return const_cast<Bytes&>(m_weights).reserve(0); }

    S8ConvShape m_s;
    bool m_inSigned, m_outSigned, m_relu;
    int32_t m_zero;
    bool m_depthwise = false, m_hasTable = false;
    int64_t m_inPerGroup = 1, m_outPerGroup = 1, m_groupWidth = 2, m_pixelWidth = 2,
            m_blocksPerGroup = 1;
    int64_t m_stripRows = 1, m_blockSize = 0;
    int64_t m_rowPairs = 1; ///< pairs of weights in a row of the window
    bool m_runs = false;
    int64_t m_tailPixels = 0; ///< pixels that windows reach beyond the right padding
    std::array<uint8_t, 256> m_table{};
    Bytes m_weights;
    std::vector<S8RequantBlock> m_requant;
    std::shared_ptr<const SumForm> m_form; ///< instead of these
    std::vector<S8FormBlock> m_formBlocks;

    friend class S8Conv;

public:
    void reachBeyond() {
        const int64_t need =
            (m_s.out[1] - 1) * m_s.stride[1] + (m_s.kernel[1] - 1) * m_s.dilation[1] + 1;
        m_tailPixels = std::max<int64_t>(0, need - (m_s.in[1] + 2 * m_s.pad[1]));
    }
};

} // namespace

std::unique_ptr<S8Conv> S8Conv::create(const S8ConvShape& shape, bool inSigned,
                                       const int8_t* weights, bool weightsSigned,
                                       const S8Requant& requant,
                                       const std::optional<std::array<uint8_t, 256>>& table) {
    auto conv = std::make_unique<Fast>(shape, inSigned, requant);
    conv->reachBeyond();
    if (!conv->pack(weights, weightsSigned, requant)) return nullptr;
    if (table) conv->setTable(*table);
    return conv;
}

} // namespace wb::kernels

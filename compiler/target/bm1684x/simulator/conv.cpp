// SPDX-License-Identifier: GPL-3.0-or-later
// sCONV: operands, and the plain loops that define the results.
#include "compiler/target/bm1684x/simulator/conv.h"

#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"
#include "compiler/target/bm1684x/simulator/group_sum.h"

namespace wb::bm1684x::sim {

Status checkWindow(const Context& x, const Window& w) {
    if (w.strideY < 1 || w.strideX < 1 || w.kernelHeight < 1 || w.kernelWidth < 1)
        return x.fault("a kernel or stride of zero");
    const int64_t bottom = (w.outHeight - 1) * w.strideY + (w.kernelHeight - 1) * w.dilationY;
    const int64_t right = (w.outWidth - 1) * w.strideX + (w.kernelWidth - 1) * w.dilationX;
    if (bottom >= w.spreadHeight() + w.up + w.down || right >= w.spreadWidth() + w.left + w.right)
        return x.fault("the result is larger than the padded input gives");
    return {};
}

namespace {

Result<Convolution> convolutionOf(const Context& x, const SConv& c) {
    if (c.tsk_eu_typ != ConvOp::Normal) return x.unknown("a convolution with requant");
    if (c.pad_mode != 0) return x.unknown("a pad mode other than a constant");
    if (!c.opd3_const) return x.unknown("a table of pad values");
    if (c.opd1_const) return x.unknown("a constant kernel");
    Convolution v;
    v.window = {.inHeight = c.opd0_h, .inWidth = c.opd0_w, .outHeight = c.res0_h, .outWidth = c.res0_w,
                .kernelHeight = c.opd1_h, .kernelWidth = c.opd1_w, .strideY = c.res_op_y_str,
                .strideX = c.res_op_x_str, .dilationY = c.opd1_y_ins0 + int64_t{1},
                .dilationX = c.opd1_x_ins0 + int64_t{1}, .insertY = c.opd0_y_ins0, .insertX = c.opd0_x_ins0,
                .up = c.opd0_up_pad, .down = c.opd0_dn_pad, .left = c.opd0_lf_pad, .right = c.opd0_rt_pad,
                .rotated = c.kernel_rotate != 0};
    v.batch = c.res0_n;
    v.inChannels = c.opd0_c;
    v.outChannels = c.res0_c;
    const bool sums = (c.opd0_sign | c.opd1_sign | c.opd2_sign) != 0;
    WB_ASSIGN(v.in, localView(x, {"opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign != 0,
                                  {c.res0_n, c.opd0_c, c.opd0_h, c.opd0_w}},
                              c.opd0_str, {c.opd0_n_str, c.opd0_c_str, c.opd0_h_str, c.opd0_w_str}));
    WB_ASSIGN(v.result, localView(x, {"res0", c.res0_addr, c.res0_prec, sums,
                                      {c.res0_n, c.res0_c, c.res0_h, c.res0_w}}, Layout::Aligned));
    WB_TRY(checkWindow(x, v.window));
    v.isFloat = isFloat(v.in.precision);
    if (!v.isFloat && (v.in.precision != Precision::Int8 || v.result.precision != Precision::Int32))
        return x.unknown("a convolution of these precisions");
    if (v.isFloat && v.result.precision != v.in.precision && v.result.precision != Precision::F32)
        return x.unknown("a convolution of these precisions");
    // Channels lie together as the multipliers of a lane take them.
    v.group = v.in.precision == Precision::F32 ? 1 : kVectorBytes / v.in.itemBytes();
    const int64_t record = roundUp(v.inChannels, v.group) * v.window.taps();
    if (record > kLaneBytes) return x.fault("a kernel is larger than a lane");
    if (v.group > 1 && c.opd1_addr % kVectorBytes != 0) return x.fault("opd1 is not aligned to 64 bytes");
    WB_ASSIGN(v.weights, localView(x, {"opd1", c.opd1_addr, c.opd0_prec, c.opd1_sign != 0,
                                       {1, c.res0_c, 1, record}}, Layout::Compact));
    if (v.isFloat) {
        v.hasBias = true;
        const Operand bias{"opd2", c.opd2_addr, code(Precision::F32), true, {1, c.res0_c, 1, 1}};
        if (c.opd2_const) { WB_ASSIGN(v.bias, constantView(x, bias)); }
        else { WB_ASSIGN(v.bias, localView(x, bias, Layout::Compact)); }
    } else {
        if (!c.opd2_const) return x.unknown("a table of kernel zero points");
        v.kernelZero = static_cast<int32_t>(integerOf(c.opd2_addr, Precision::Int8, c.opd2_sign != 0));
    }
    v.padBits = c.opd3_addr;
    v.addsToResult = c.res_add != 0;
    if (v.addsToResult && v.isFloat && v.in.precision != Precision::F32) return x.unknown("adding to narrow floats");
    return v;
}

/// The element below tap (ky, kx) of result (oy, ox).
struct Below {
    const std::byte* at = nullptr; ///< null: a pad, or
    bool inserted = false;         ///< a zero between elements
};
Below below(const Convolution& v, int64_t n, int64_t c, int64_t oy, int64_t ox, int64_t ky, int64_t kx) {
    const Window& w = v.window;
    const int64_t y = oy * w.strideY + ky * w.dilationY - w.up, z = ox * w.strideX + kx * w.dilationX - w.left;
    if (y < 0 || z < 0 || y >= w.spreadHeight() || z >= w.spreadWidth()) return {};
    if (y % (w.insertY + 1) != 0 || z % (w.insertX + 1) != 0) return {nullptr, true};
    return {elementAt(v.in, n, c, y / (w.insertY + 1), z / (w.insertX + 1))};
}

/// Input and weight of a product as numbers; nothing under an inserted zero.
template <class F>
void product(const Convolution& v, const std::byte* kernel, const Below& element, int64_t c, int64_t tap, const F& f) {
    if (element.inserted) return;
    const int64_t size = v.weights.itemBytes();
    f(element.at == nullptr ? v.padBits : loadBits(element.at, size), loadBits(kernel + v.weightIndex(c, tap) * size, size));
}

/// Sums of codes, modulo 2^32.
uint32_t integerSum(const Convolution& v, const std::byte* kernel, int64_t n, int64_t oy, int64_t ox) {
    uint32_t sum = 0;
    for (int64_t c = 0; c < v.inChannels; ++c)
        for (int64_t ky = 0; ky < v.window.kernelHeight; ++ky)
            for (int64_t kx = 0; kx < v.window.kernelWidth; ++kx)
                product(v, kernel, below(v, n, c, oy, ox, ky, kx), c, v.window.tap(ky, kx), [&](uint32_t in, uint32_t weight) {
                    sum += static_cast<uint32_t>(integerOf(in, v.in.precision, v.in.isSigned) *
                                                 (integerOf(weight, v.in.precision, v.weights.isSigned) - v.kernelZero));
                });
    return sum;
}

/// Floats of 32 bits have two sums, of the even and of the odd products; the second one starts with the bias, or with
/// the result that is added to (the bias then comes last).
float singleSum(const Convolution& v, const std::byte* kernel, float bias, int64_t n, int64_t oy, int64_t ox) {
    float sums[2] = {0, bias};
    for (int64_t c = 0, i = 0; c < v.inChannels; ++c)
        for (int64_t ky = 0; ky < v.window.kernelHeight; ++ky)
            for (int64_t kx = 0; kx < v.window.kernelWidth; ++kx, ++i)
                product(v, kernel, below(v, n, c, oy, ox, ky, kx), c, v.window.tap(ky, kx), [&](uint32_t in, uint32_t weight) {
                    sums[i % 2] += floatOf(in, Precision::F32) * floatOf(weight, Precision::F32);
                });
    return sums[0] + sums[1];
}

/// Floats of 16 bits: groups of channels, in each the taps.
float narrowSum(const Convolution& v, const std::byte* kernel, float bias, int64_t n, int64_t oy, int64_t ox) {
    float sum = bias;
    for (int64_t first = 0; first < v.inChannels; first += kGroup)
        for (int64_t ky = 0; ky < v.window.kernelHeight; ++ky)
            for (int64_t kx = 0; kx < v.window.kernelWidth; ++kx) {
                float in[kGroup] = {}, weights[kGroup] = {};
                for (int64_t c = first; c < std::min(first + kGroup, v.inChannels); ++c)
                    product(v, kernel, below(v, n, c, oy, ox, ky, kx), c, v.window.tap(ky, kx), [&](uint32_t i, uint32_t weight) {
                        in[c - first] = floatOf(i, v.in.precision);
                        weights[c - first] = floatOf(weight, v.in.precision);
                    });
                sum += groupSum(in, weights);
            }
    return sum;
}

} // namespace

ConvStore::ConvStore(const Convolution& c, int64_t n, int64_t channel) : conv(c), plane(c.result.plane(n, channel)) {
    if (c.hasBias) bias = floatOf(c.bias.constant ? c.bias.bits : loadBits(c.bias.plane(0, channel), 4), Precision::F32);
}

void ConvStore::integer(int64_t index, int32_t sum) const {
    auto value = static_cast<uint32_t>(sum);
    std::byte* at = plane + index * 4;
    if (conv.addsToResult) value += loadBits(at, 4);
    storeBits(at, 4, value);
}

void ConvStore::real(int64_t index, float sum) const {
    const int64_t size = conv.result.itemBytes();
    std::byte* at = plane + index * size;
    if (conv.addsToResult) sum += bias;
    storeBits(at, size, bitsOf(sum, conv.result.precision));
}

float ConvStore::start(int64_t index) const {
    return conv.addsToResult ? floatOf(loadBits(plane + index * 4, 4), Precision::F32) : bias;
}

Status convolveScalar(const Context& x, const Convolution& v) {
    const Window& w = v.window;
    const int64_t rows = v.batch * v.outChannels * w.outHeight;
    return x.forEach(rows, 1, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
            const int64_t oc = row / w.outHeight % v.outChannels, n = row / w.outHeight / v.outChannels;
            const ConvStore store(v, n, oc);
            const std::byte* kernel = v.weights.plane(0, oc);
            const int64_t oy = row % w.outHeight;
            for (int64_t ox = 0; ox < w.outWidth && !x.job.stopRequested(); ++ox) {
                const int64_t index = oy * w.outWidth + ox;
                if (!v.isFloat) store.integer(index, static_cast<int32_t>(integerSum(v, kernel, n, oy, ox)));
                else if (v.in.precision == Precision::F32) store.real(index, singleSum(v, kernel, store.start(index), n, oy, ox));
                else store.real(index, narrowSum(v, kernel, store.bias, n, oy, ox));
            }
        }
    });
}

Status execute(const Context& x, const SConv& c) {
    WB_ASSIGN(const auto conv, convolutionOf(x, c));
    return !x.scalar && fitsFast(conv) ? convolveFast(x, conv) : convolveScalar(x, conv);
}

} // namespace wb::bm1684x::sim

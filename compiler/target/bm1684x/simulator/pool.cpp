// SPDX-License-Identifier: GPL-3.0-or-later
// sPorD: windows over single channels. A plane is spread with its pads once; then every tap adds a row at a time.
#include "compiler/target/bm1684x/simulator/conv.h"
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

#include <limits>
#include <type_traits>

namespace wb::bm1684x::sim {
namespace {

constexpr int64_t kMostSpread = int64_t{1} << 24; ///< elements of a plane with pads and inserted zeros

struct Pooling {
    Window window;
    View in, kernel, bias, result;
    uint32_t op = 0, padBits = 0;
    bool hasBias = false;
    int shift = 0;
    numeric::Round round{};
    int64_t spreadRows() const { return window.spreadHeight() + window.up + window.down; }
    int64_t spreadColumns() const { return window.spreadWidth() + window.left + window.right; }
};

Result<Pooling> poolingOf(const Context& x, const SPorD& c) {
    if (c.tsk_eu_typ > PorDOp::MaxPool || c.tsk_eu_typ == 3) return x.unknown("this operation");
    if (c.pad_mode != 0) return x.unknown("a pad mode other than a constant");
    if (!c.opd3_const) return x.unknown("a table of pad values");
    Pooling p;
    p.window = {.inHeight = c.opd0_h, .inWidth = c.opd0_w, .outHeight = c.res0_h, .outWidth = c.res0_w,
                .kernelHeight = c.opd1_h, .kernelWidth = c.opd1_w, .strideY = c.res_op_y_str,
                .strideX = c.res_op_x_str, .dilationY = c.opd1_y_ins0 + int64_t{1},
                .dilationX = c.opd1_x_ins0 + int64_t{1}, .insertY = c.opd0_y_ins0, .insertX = c.opd0_x_ins0,
                .up = c.opd0_up_pad, .down = c.opd0_dn_pad, .left = c.opd0_lf_pad, .right = c.opd0_rt_pad,
                .rotated = c.kernel_rotate != 0};
    p.op = c.tsk_eu_typ;
    p.padBits = c.opd3_addr;
    p.shift = -static_cast<int>(c.res1_addr >> 8 & 0xff); // averages are not shifted
    p.round = roundOf(c.opd2_n_str);
    const bool depthwise = p.op == PorDOp::Depthwise || p.op == PorDOp::DepthwiseRelu;
    bool sign = c.opd0_sign != 0;
    if (depthwise) sign = (c.opd0_sign | c.opd1_sign | c.opd2_sign) != 0;
    if (p.op == PorDOp::DepthwiseRelu) sign = false;
    WB_ASSIGN(p.in, localView(x, {"opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign != 0,
                                  {c.res0_n, c.res0_c, c.opd0_h, c.opd0_w}}, Layout::Aligned));
    WB_ASSIGN(p.result, localView(x, {"res0", c.res0_addr, c.res0_prec, sign,
                                      {c.res0_n, c.res0_c, c.res0_h, c.res0_w}}, Layout::Aligned));
    WB_TRY(checkWindow(x, p.window));
    if (p.op == PorDOp::MaxPool && (p.window.insertX || p.window.insertY)) return x.unknown("zeros in a maximum");
    if (p.spreadRows() > kMostSpread / p.spreadColumns()) return x.unknown("so large an input");
    if (p.op != PorDOp::MaxPool) {
        // An average's factor is never negative.
        const Operand kernel{"opd1", c.opd1_addr, c.opd0_prec, depthwise && c.opd1_sign != 0, {1, c.res0_c, c.opd1_h, c.opd1_w}};
        if (c.opd1_const) { WB_ASSIGN(p.kernel, constantView(x, kernel)); }
        else if (p.op == PorDOp::AveragePool) return x.unknown("a table of factors");
        else { WB_ASSIGN(p.kernel, localView(x, kernel, Layout::Compact)); }
    }
    if (depthwise) {
        p.hasBias = true;
        const Operand bias{"opd2", c.opd2_addr, isFloat(p.in.precision) ? c.opd0_prec : code(Precision::Int32), true,
                           {1, c.res0_c, 1, 1}};
        if (c.opd2_const) { WB_ASSIGN(p.bias, constantView(x, bias)); }
        else { WB_ASSIGN(p.bias, localView(x, bias, Layout::Compact)); }
    }
    const bool ok = isFloat(p.in.precision)
                        ? p.result.precision == p.in.precision
                        : p.in.precision == Precision::Int8 && !isFloat(p.result.precision);
    if (!ok) return x.unknown("these precisions");
    if (p.op == PorDOp::MaxPool && p.result.precision != p.in.precision) return x.unknown("these precisions");
    return p;
}

template <class T> T numberOf(const View& v, uint32_t bits) {
    if constexpr (std::is_same_v<T, float>) return floatOf(bits, v.precision);
    else return static_cast<T>(integerOf(bits, v.precision, v.isSigned));
}

/// A maximum starts with the least finite number: even of infinities alone.
template <class T> T leastOf(Precision precision) {
    if constexpr (std::is_same_v<T, float>)
        return floatOf(precision == Precision::F16 ? 0xfbff : precision == Precision::Bf16 ? 0xff7f : 0xff7f'ffff, precision);
    else return std::numeric_limits<T>::min();
}

/// The plane of (n, c) with pads and inserted zeros.
template <class T> void spread(const Pooling& p, int64_t n, int64_t c, std::vector<T>& out) {
    const Window& w = p.window;
    const int64_t columns = p.spreadColumns(), size = p.in.itemBytes();
    std::fill(out.begin(), out.end(), numberOf<T>(p.in, p.padBits));
    for (int64_t y = 0; y < w.spreadHeight(); ++y)
        std::fill_n(out.data() + (y + w.up) * columns + w.left, w.spreadWidth(), T{});
    for (int64_t y = 0; y < w.inHeight; ++y) {
        const std::byte* from = elementAt(p.in, n, c, y, 0);
        T* to = out.data() + (y * (w.insertY + 1) + w.up) * columns + w.left;
        for (int64_t z = 0; z < w.inWidth; ++z) to[z * (w.insertX + 1)] = numberOf<T>(p.in, loadBits(from + z * size, size));
    }
}

/// Products and sums of narrow floats are rounded one by one.
float narrow(float value, Precision p) { return p == Precision::F32 ? value : floatOf(bitsOf(value, p), p); }

/// The results of one row. Floats have two sums, of the even and of the odd taps, as the chip adds them; the second one
/// starts with the bias.
template <class T>
void row(const Pooling& p, const std::vector<T>& plane, int64_t oy, const std::vector<T>& kernel, T* even, T* odd) {
    const Window& w = p.window;
    const int64_t columns = p.spreadColumns();
    for (int64_t ky = 0; ky < w.kernelHeight; ++ky)
        for (int64_t kx = 0; kx < w.kernelWidth; ++kx) {
            T* sums = std::is_same_v<T, float> && (ky * w.kernelWidth + kx) % 2 == 1 && p.op != PorDOp::MaxPool ? odd : even;
            const T* in = plane.data() + (oy * w.strideY + ky * w.dilationY) * columns + kx * w.dilationX;
            if (p.op == PorDOp::MaxPool) {
                for (int64_t i = 0; i < w.outWidth; ++i) {
                    const T value = in[i * w.strideX]; // what is not a number replaces, and is replaced
                    sums[i] = sums[i] > value ? sums[i] : value;
                }
                continue;
            }
            const T factor = kernel[static_cast<size_t>(p.kernel.constant ? 0 : w.tap(ky, kx))];
            if constexpr (std::is_same_v<T, float>) {
                const Precision precision = p.in.precision;
                if (precision == Precision::F32)
                    for (int64_t i = 0; i < w.outWidth; ++i) sums[i] += in[i * w.strideX] * factor;
                else
                    for (int64_t i = 0; i < w.outWidth; ++i)
                        sums[i] = narrow(sums[i] + narrow(in[i * w.strideX] * factor, precision), precision);
            } else {
                for (int64_t i = 0; i < w.outWidth; ++i) sums[i] += in[i * w.strideX] * factor;
            }
        }
}

void finish(const Pooling& p, int64_t n, int64_t c, int64_t oy, const int64_t* sums, const int64_t*) {
    const int64_t width = p.window.outWidth;
    int64_t bias = 0;
    if (p.hasBias) bias = integerOf(p.bias.constant ? p.bias.bits : loadBits(p.bias.plane(0, c), 4), Precision::Int32, true);
    const Limits limits = limitsOf(p.result.precision, p.result.isSigned);
    int64_t out[kRow];
    for (int64_t at = 0; at < width; at += kRow) {
        const int64_t count = std::min(kRow, width - at);
        for (int64_t i = 0; i < count; ++i) {
            int64_t value = sums[at + i] + bias;
            if (p.op == PorDOp::DepthwiseRelu) value = std::max<int64_t>(value, 0);
            if (p.op != PorDOp::MaxPool && p.op != PorDOp::AveragePool && p.shift != 0) value = shifted(value, p.shift, p.round);
            out[i] = std::clamp(value, limits.least, limits.greatest);
        }
        storeIntegers(elementAt(p.result, n, c, oy, at), 1, p.result.precision, out, count);
    }
}

void finish(const Pooling& p, int64_t n, int64_t c, int64_t oy, float* sums, const float* odd) {
    const int64_t width = p.window.outWidth;
    if (p.op != PorDOp::MaxPool)
        for (int64_t i = 0; i < width; ++i) sums[i] += odd[i];
    if (p.op == PorDOp::DepthwiseRelu)
        for (int64_t i = 0; i < width; ++i) sums[i] = std::max(sums[i], 0.0f);
    storeFloats(elementAt(p.result, n, c, oy, 0), 1, p.result.precision, sums, width);
}

template <class T> Status run(const Context& x, const Pooling& p) {
    const int64_t planes = p.result.shape[0] * p.result.shape[1], taps = p.window.taps();
    return x.forEach(planes, 1, [&](int64_t begin, int64_t end) {
        std::vector<T> plane(static_cast<size_t>(p.spreadRows() * p.spreadColumns()));
        std::vector<T> even(static_cast<size_t>(p.window.outWidth)), odd(even.size());
        std::vector<T> kernel;
        for (int64_t at = begin; at < end; ++at) {
            const int64_t n = at / p.result.shape[1], c = at % p.result.shape[1];
            spread(p, n, c, plane);
            if (p.op != PorDOp::MaxPool) {
                const int64_t size = p.kernel.itemBytes();
                kernel.assign(static_cast<size_t>(p.kernel.constant ? 1 : taps), T{});
                for (size_t t = 0; t < kernel.size(); ++t)
                    kernel[t] = numberOf<T>(p.kernel, p.kernel.constant ? p.kernel.bits
                                                                         : loadBits(p.kernel.plane(0, c) + static_cast<int64_t>(t) * size, size));
            }
            T start{};
            if constexpr (std::is_same_v<T, float>)
                if (p.hasBias)
                    start = numberOf<T>(p.bias, p.bias.constant ? p.bias.bits : loadBits(p.bias.plane(0, c), p.bias.itemBytes()));
            for (int64_t oy = 0; oy < p.window.outHeight && !x.job.stopRequested(); ++oy) {
                std::fill(even.begin(), even.end(), p.op == PorDOp::MaxPool ? leastOf<T>(p.in.precision) : T{});
                std::fill(odd.begin(), odd.end(), start);
                row(p, plane, oy, kernel, even.data(), odd.data());
                finish(p, n, c, oy, even.data(), odd.data());
            }
        }
    });
}

} // namespace

Status execute(const Context& x, const SPorD& c) {
    WB_ASSIGN(const auto pooling, poolingOf(x, c));
    return isFloat(pooling.in.precision) ? run<float>(x, pooling) : run<int64_t>(x, pooling);
}

} // namespace wb::bm1684x::sim

// SPDX-License-Identifier: GPL-3.0-or-later
// sAR on floats, and casts. An operation on narrow floats is done in 32 bits and rounded once, which for one sum,
// product or difference gives the nearest narrow float.
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

#include <bit>
#include <cmath>
#include <limits>

namespace wb::bm1684x::sim {
namespace {

/// How narrow a float is.
struct Format {
    int mantissa; ///< bits, the leading one included
    int least;    ///< exponent of the last bit of the smallest numbers
    double greatest;
    uint32_t infinity, quiet, sign;
};

Format formatOf(Precision p) {
    if (p == Precision::F16) return {11, -24, 65504.0, 0x7c00, 0x7fff, 0x8000};
    if (p == Precision::Bf16) return {8, -133, 0x1.fep127, 0x7f80, 0x7fff, 0x8000};
    return {24, -149, 0x1.fffffep127, 0x7f80'0000, 0x7fc0'0000, 0x8000'0000};
}

/// A real in a float format by any rounding. Beyond the greatest number it depends on the direction whether that or
/// infinity is the result, as for the next number the format would have.
uint32_t narrowed(double value, Precision precision, numeric::Round round) {
    const Format f = formatOf(precision);
    if (std::isnan(value)) return f.quiet;
    const uint32_t sign = std::signbit(value) ? f.sign : 0;
    if (std::isinf(value)) return f.infinity | sign;
    if (value == 0) return sign;
    const int last = std::max(std::ilogb(value) + 1 - f.mantissa, f.least);
    const double rounded = std::ldexp(numeric::round(std::ldexp(value, -last), round), last);
    if (std::abs(rounded) > f.greatest) {
        const bool inwards = round == numeric::Round::TowardsZero || round == (value > 0 ? numeric::Round::Down : numeric::Round::Up);
        return inwards ? bitsOf(static_cast<float>(f.greatest), precision) | sign : f.infinity | sign;
    }
    return bitsOf(static_cast<float>(rounded), precision) | sign;
}

Status castFromInteger(const Context& x, const ArOperands& o, bool flat, numeric::Round round) {
    const Precision to = o.result.precision;
    const bool toFloat = isFloat(to);
    const Limits limits = toFloat ? Limits{} : limitsOf(to, o.result.isSigned);
    return forRuns(x, o.result.shape, flat, false, [&](int64_t n, int64_t c, int64_t h, int64_t w, int64_t count) {
        int64_t values[kRow];
        loadIntegers(o.a, n, c, h, w, values, count);
        for (int64_t i = 0; i < count; ++i)
            values[i] = toFloat ? static_cast<int64_t>(narrowed(static_cast<double>(values[i]), to, round))
                                : std::clamp(values[i], limits.least, limits.greatest);
        // The bits of a float are stored as an integer of the same width.
        const Precision as = toFloat ? (bytesOf(to) == 2 ? Precision::Int16 : Precision::Int32) : to;
        storeIntegers(elementAt(o.result, n, c, h, w), o.result.strides[3], as, values, count);
    });
}

Status castFromFloat(const Context& x, const ArOperands& o, bool flat, numeric::Round round) {
    const Precision from = o.a.precision, to = o.result.precision;
    const bool toFloat = isFloat(to);
    const bool widens = to == Precision::F32 && from != Precision::F32;
    const Limits limits = toFloat ? Limits{} : limitsOf(to, o.result.isSigned);
    return forRuns(x, o.result.shape, flat, false, [&](int64_t n, int64_t c, int64_t h, int64_t w, int64_t count) {
        float values[kRow];
        int64_t codes[kRow];
        loadFloats(o.a, n, c, h, w, values, count);
        for (int64_t i = 0; i < count; ++i) {
            const double v = values[i];
            if (widens) {
                codes[i] = std::bit_cast<uint32_t>(values[i]);
            } else if (toFloat) {
                // To the same precision: to a whole number.
                codes[i] = from == to ? bitsOf(static_cast<float>(std::copysign(numeric::round(v, round), v)), to) : narrowed(v, to, round);
            } else {
                codes[i] = std::isnan(v) ? 0
                                         : static_cast<int64_t>(std::clamp(numeric::round(v, round),
                                                                           static_cast<double>(limits.least),
                                                                           static_cast<double>(limits.greatest)));
            }
        }
        const Precision as = toFloat ? (bytesOf(to) == 2 ? Precision::Int16 : Precision::Int32) : to;
        storeIntegers(elementAt(o.result, n, c, h, w), o.result.strides[3], as, codes, count);
    });
}

} // namespace

Status arithmeticCast(const Context& x, const SAr& c, const ArOperands& o) {
    const bool flat = runsFlat(o.result) && runsFlat(o.a);
    const auto round = roundOf(c.opd2_n_str);
    if (!isFloat(o.a.precision)) return castFromInteger(x, o, flat, round);
    if (c.opd2_n_str > code(Rounding::Up)) return x.unknown("rounding " + std::to_string(c.opd2_n_str) + " of floats");
    return castFromFloat(x, o, flat, round);
}

float reciprocalRoot(float value, int steps) {
    constexpr uint32_t kMagic = 0x5f3759df; // the well-known first estimate from the exponent's half
    const float half = 0.5f * value;
    float y = std::bit_cast<float>(kMagic - static_cast<uint32_t>(std::bit_cast<int32_t>(value) >> 1));
    for (int i = 0; i < steps; ++i) y *= 1.5f - half * y * y;
    return y;
}

float divide(float a, float b, int steps) {
    const auto flushed = [](float v) { return std::abs(v) < std::numeric_limits<float>::min() ? std::copysign(0.0f, v) : v; };
    b = flushed(b);
    const float root = reciprocalRoot(std::abs(b), steps);
    return flushed(std::copysign(1.0f, b) * (flushed(a) * (root * root)));
}

Status arithmeticFloat(const Context& x, const SAr& c, const ArOperands& o) {
    const uint32_t op = c.tsk_eu_typ;
    const bool one = op == ArOp::Abs;
    const bool selects = op == ArOp::SelectGreater || op == ArOp::SelectEqual || op == ArOp::SelectLess;
    if ((!one && !o.hasB) || !isFloat(o.a.precision) || (o.hasB && o.b.precision != o.a.precision) ||
        (!selects && o.result.precision != o.a.precision))
        return x.unknown("floats of different precisions");
    if (selects && (!o.hasC || o.c.precision != o.result.precision || o.result.itemBytes() > o.a.itemBytes()))
        return x.unknown("this selection");
    if (op == ArOp::Div && o.a.precision != Precision::F32) return x.unknown("a division of narrow floats");
    if (op == ArOp::Mac && (!o.hasC || o.a.precision != Precision::F32)) return x.unknown("this form of mac");
    switch (op) {
    case ArOp::Mul: case ArOp::Add: case ArOp::Sub: case ArOp::Max: case ArOp::Min: case ArOp::Div: case ArOp::Mac:
    case ArOp::Abs: case ArOp::AbsDifference: case ArOp::SelectGreater: case ArOp::SelectEqual: case ArOp::SelectLess:
        break;
    default: return x.unknown("this operation on floats");
    }
    const bool flat = runsFlat(o.result) && runsFlat(o.a) && (!o.hasB || runsFlat(o.b));
    return forRuns(x, o.result.shape, flat, false, [&](int64_t n, int64_t ch, int64_t h, int64_t w, int64_t count) {
        float a[kRow], b[kRow], out[kRow];
        loadFloats(o.a, n, ch, h, w, a, count);
        if (o.hasB) loadFloats(o.b, n, ch, h, w, b, count);
        const auto each = [&](auto f) {
            for (int64_t i = 0; i < count; ++i) out[i] = f(a[i], b[i]);
        };
        std::byte* to = elementAt(o.result, n, ch, h, w);
        const auto select = [&](auto chosen) {
            const int64_t size = o.result.itemBytes();
            const uint32_t third = o.c.constant ? o.c.bits : loadBits(o.c.plane(0, ch), size);
            for (int64_t i = 0; i < count; ++i)
                storeBits(to + i * o.result.strides[3] * size, size, chosen(a[i], b[i]) ? third : 0);
        };
        switch (op) {
        case ArOp::Mul: each([](float p, float q) { return p * q; }); break;
        case ArOp::Add: each([](float p, float q) { return p + q; }); break;
        case ArOp::Sub: each([](float p, float q) { return p - q; }); break;
        case ArOp::Max: each([](float p, float q) { return p > q ? p : q; }); break;
        case ArOp::Min: each([](float p, float q) { return p < q ? p : q; }); break;
        case ArOp::Abs:
            for (int64_t i = 0; i < count; ++i) out[i] = std::abs(a[i]);
            break;
        case ArOp::AbsDifference: each([](float p, float q) { return std::abs(p - q); }); break;
        case ArOp::Div: each([&](float p, float q) { return divide(p, q, static_cast<int>(c.opd2_n_str % 4) + 1); }); break;
        case ArOp::Mac: { // rounded twice
            float sum[kRow];
            loadFloats(o.result, n, ch, h, w, sum, count);
            each([](float p, float q) { return p * q; });
            for (int64_t i = 0; i < count; ++i) out[i] += sum[i];
            break;
        }
        case ArOp::SelectGreater: return select([](float p, float q) { return p > q; });
        case ArOp::SelectEqual: return select([](float p, float q) { return p == q; });
        case ArOp::SelectLess: return select([](float p, float q) { return p < q; });
        default: break;
        }
        storeFloats(to, o.result.strides[3], o.result.precision, out, count);
    });
}

} // namespace wb::bm1684x::sim

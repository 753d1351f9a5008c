// SPDX-License-Identifier: GPL-3.0-or-later
// sRQ&sDQ: wide sums to codes and back, by constants or by a table with a 64-byte slot a channel row.
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

#include <bit>
#include <cmath>

namespace wb::bm1684x::sim {
namespace {

/// What a channel is requantised with.
struct Numbers {
    uint32_t word[3] = {};
    int32_t integer(int i) const { return static_cast<int32_t>(word[i]); }
    float real(int i) const { return std::bit_cast<float>(word[i]); }
};

/// Words of every channel's slot.
Result<View> tableOf(const Context& x, const SRqDq& c, int64_t words) {
    WB_ASSIGN(View table, localView(x, {"opd1", c.opd1_addr, code(Precision::Int32), true, {1, c.res0_c, 1, words}},
                                    Layout::Aligned));
    return table;
}

Numbers numbersAt(const View& table, int64_t channel) {
    Numbers n;
    for (int64_t i = 0; i < table.shape[3]; ++i) n.word[i] = loadBits(table.plane(0, channel) + 4 * i, 4);
    return n;
}

struct Operands {
    View result, in, table;
    bool constant = false;
    Numbers numbers; ///< if constant
    Numbers at(int64_t channel) const { return constant ? numbers : numbersAt(table, channel); }
};

Result<Operands> operandsOf(const Context& x, const SRqDq& c, int64_t words, const Numbers& constants) {
    const Four shape{c.res0_n, c.res0_c, c.res0_h, c.res0_w};
    Operands o;
    WB_ASSIGN(o.result, localView(x, {"res0", c.res0_addr, c.res0_prec, c.opd2_sign != 0, shape}, Layout::Aligned));
    WB_ASSIGN(o.in, localView(x, {"opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign != 0, shape}, Layout::Aligned));
    if (o.in.precision == Precision::Int32) o.in.isSigned = true; // wide sums have a sign whatever the command says
    o.constant = c.opd1_const != 0;
    o.numbers = constants;
    if (!o.constant) { WB_ASSIGN(o.table, tableOf(x, c, words)); }
    return o;
}

/// f(numbers, integers, count) turns a run of integers into results in place.
/// Results of the integer form have 16 bits at most, whatever the width of their elements.
template <class F> Status requant(const Context& x, const Operands& o, bool narrow, const F& f) {
    const bool wide = narrow && o.result.precision == Precision::Int32;
    const Limits limits = limitsOf(wide ? Precision::Int16 : o.result.precision, o.result.isSigned);
    return forRuns(x, o.result.shape, true, false, [&](int64_t n, int64_t c, int64_t h, int64_t w, int64_t count) {
        int64_t values[kRow];
        loadIntegers(o.in, n, c, h, w, values, count);
        f(o.at(c), values, count);
        for (int64_t i = 0; i < count; ++i) values[i] = std::clamp(values[i], limits.least, limits.greatest);
        storeIntegers(elementAt(o.result, n, c, h, w), 1, o.result.precision, values, count);
    });
}

Status requantInteger(const Context& x, const SRqDq& c) {
    // One word holds shift and zero point of the constant form.
    Numbers constants;
    constants.word[0] = c.opd1_addr;
    constants.word[1] = static_cast<uint32_t>(static_cast<int8_t>(c.opd2_addr & 0xff));
    constants.word[2] = c.opd2_sign ? static_cast<uint32_t>(static_cast<int16_t>(c.opd2_addr >> 16)) : c.opd2_addr >> 16;
    WB_ASSIGN(const auto o, operandsOf(x, c, 3, constants));
    if (isFloat(o.in.precision) || isFloat(o.result.precision)) return x.unknown("floats");
    const auto round = roundOf(c.opd2_n_str);
    return requant(x, o, true, [=](const Numbers& n, int64_t* values, int64_t count) {
        const int64_t multiplier = n.integer(0), zero = n.integer(2);
        const int shift = n.integer(1);
        constexpr int64_t kRoom = int64_t{1} << 62; // for the zero point
        if (round == numeric::Round::HalfUp && shift <= 0 && shift > -64) {
            for (int64_t i = 0; i < count; ++i)
                values[i] = numeric::shiftRightHalfUp(wrappedProduct(values[i], multiplier), -shift) + zero;
            return;
        }
        for (int64_t i = 0; i < count; ++i)
            values[i] = std::clamp(shifted(wrappedProduct(values[i], multiplier), shift, round), -kRoom, kRoom) + zero;
    });
}

/// The field of the rounding has no effect: halves go to the even number.
Status requantFloat(const Context& x, const SRqDq& c) {
    Numbers constants;
    constants.word[0] = c.opd1_addr;
    constants.word[1] = c.opd2_addr;
    WB_ASSIGN(const auto o, operandsOf(x, c, 2, constants));
    if (isFloat(o.in.precision) || isFloat(o.result.precision)) return x.unknown("floats");
    return requant(x, o, false, [](const Numbers& n, int64_t* values, int64_t count) {
        const float scale = n.real(0), offset = n.real(1);
        for (int64_t i = 0; i < count; ++i) {
            const float product = static_cast<float>(values[i]) * scale;
            const double rounded = numeric::round(static_cast<double>(product + offset), numeric::Round::HalfToEven);
            values[i] = std::isnan(rounded) ? 0 : static_cast<int64_t>(std::clamp(rounded, -0x1p40, 0x1p40));
        }
    });
}

Status dequantFloat(const Context& x, const SRqDq& c) {
    Numbers constants;
    constants.word[0] = c.opd1_addr;
    constants.word[1] = c.opd2_addr;
    WB_ASSIGN(const auto o, operandsOf(x, c, 2, constants));
    if (isFloat(o.in.precision) || o.result.precision != Precision::F32) return x.unknown("these precisions");
    return forRuns(x, o.result.shape, true, false, [&](int64_t n, int64_t ch, int64_t h, int64_t w, int64_t count) {
        int64_t values[kRow];
        float out[kRow];
        loadIntegers(o.in, n, ch, h, w, values, count);
        const Numbers numbers = o.at(ch);
        const int64_t zero = o.in.isSigned ? numbers.integer(0) : int64_t{numbers.word[0]}; // of the sign of the input
        for (int64_t i = 0; i < count; ++i)
            out[i] = static_cast<float>(values[i] - zero) * numbers.real(1);
        storeFloats(elementAt(o.result, n, ch, h, w), 1, Precision::F32, out, count);
    });
}

/// (x − zero) · multiplier, shifted with rounding.
Status dequantInteger(const Context& x, const SRqDq& c) {
    Numbers constants;
    constants.word[0] = c.opd0_sign ? static_cast<uint32_t>(static_cast<int16_t>(c.opd1_addr & 0xffff)) : c.opd1_addr & 0xffff;
    constants.word[1] = c.opd2_addr;
    constants.word[2] = static_cast<uint32_t>(static_cast<int16_t>(c.opd1_addr >> 16));
    WB_ASSIGN(const auto o, operandsOf(x, c, 3, constants));
    if (isFloat(o.in.precision) || isFloat(o.result.precision)) return x.unknown("floats");
    const auto round = roundOf(c.opd2_n_str & 7);
    return requant(x, o, false, [=](const Numbers& n, int64_t* values, int64_t count) {
        for (int64_t i = 0; i < count; ++i)
            values[i] = shifted(wrappedProduct(values[i] - n.integer(0), n.integer(1)), n.integer(2), round);
    });
}

} // namespace

Status execute(const Context& x, const SRqDq& c) {
    switch (c.tsk_eu_typ) {
    case RqDqOp::RequantFloat: return requantFloat(x, c);
    case RqDqOp::RequantInteger: return requantInteger(x, c);
    case RqDqOp::DequantFloat: return dequantFloat(x, c);
    case RqDqOp::DequantInteger: return dequantInteger(x, c);
    default: return x.unknown("this operation");
    }
}

} // namespace wb::bm1684x::sim

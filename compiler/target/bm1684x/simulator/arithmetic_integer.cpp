// SPDX-License-Identifier: GPL-3.0-or-later
// sAR on integers of 8, 16 and 32 bits.
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

#include <bit>

namespace wb::bm1684x::sim {
namespace {

using numeric::Round;

int64_t saturated(int64_t value, Limits limits) { return std::clamp(value, limits.least, limits.greatest); }

uint64_t widthMask(int bits) { return (uint64_t{1} << bits) - 1; }

int64_t rotated(int64_t value, int64_t amount, int bits) {
    const uint64_t code = static_cast<uint64_t>(value) & widthMask(bits);
    if (amount > bits || amount < -bits) return 0;
    const int left = static_cast<int>((amount + bits) % bits);
    return static_cast<int64_t>(((code << left) | (code >> (bits - left))) & widthMask(bits));
}

int64_t leadingZeros(int64_t value, int bits) {
    return std::countl_zero(static_cast<uint64_t>(value) & widthMask(bits)) - (64 - bits);
}

/// What an element becomes, by operation.
struct Row {
    const int64_t* a;
    const int64_t* b;
    int64_t* out;
    int64_t count;
    template <class F> void each(F f) const {
        for (int64_t i = 0; i < count; ++i) out[i] = f(a[i], b[i]);
    }
};

bool samePrecisions(const ArOperands& o) {
    return o.a.precision == o.result.precision && (!o.hasB || o.b.precision == o.result.precision);
}

/// Does this operation exist for operands of these precisions and in this number?
Status checkForm(const Context& x, const SAr& c, const ArOperands& o) {
    const auto need = [&](bool ok, const char* what) -> Status {
        if (!ok) return x.unknown(what);
        return {};
    };
    switch (c.tsk_eu_typ) {
    case ArOp::Not:
    case ArOp::Abs:
    case ArOp::FirstOne:
    case ArOp::FirstZero: return need(samePrecisions(o), "a result of another precision");
    case ArOp::Max:
    case ArOp::Min:
        WB_TRY(need(c.opd0_sign == c.opd1_sign, "an operand of another sign"));
        [[fallthrough]];
    case ArOp::And:
    case ArOp::Or:
    case ArOp::Xor:
    case ArOp::Rotate:
    case ArOp::MulDoublingHighRound:
        WB_TRY(need(o.hasB, "one operand"));
        return need(c.tsk_eu_typ == ArOp::Rotate ? o.a.precision == o.result.precision : samePrecisions(o),
                    "an operand of another precision");
    case ArOp::SelectGreater:
    case ArOp::SelectEqual:
    case ArOp::SelectLess:
        WB_TRY(need(o.hasB && o.hasC, "a selection of two operands"));
        WB_TRY(need(c.opd0_sign == c.opd1_sign, "an operand of another sign"));
        return need(o.a.precision == o.b.precision && o.c.precision == o.result.precision &&
                        bytesOf(o.c.precision) <= bytesOf(o.a.precision),
                    "an operand of another precision");
    case ArOp::Clamp:
        return need(o.hasC && !o.c.constant && o.a.precision == o.result.precision && o.c.precision == o.a.precision,
                    "this form of clamp");
    case ArOp::Mac: return need(o.hasB && o.hasC && o.result.precision != Precision::Int8, "this form of mac");
    case ArOp::Mul:
    case ArOp::Add:
    case ArOp::Sub:
    case ArOp::LogicShift:
    case ArOp::ArithmeticShift:
    case ArOp::AddSaturating:
    case ArOp::SubSaturating:
    case ArOp::MulSaturating: return need(o.hasB, "one operand");
    default: return x.unknown("this operation on integers");
    }
}

} // namespace

Status arithmeticInteger(const Context& x, const SAr& c, const ArOperands& o) {
    if (isFloat(o.result.precision) || (o.hasB && isFloat(o.b.precision)))
        return x.unknown("integers together with floats");
    WB_TRY(checkForm(x, c, o));
    const uint32_t op = c.tsk_eu_typ;
    const auto round = roundOf(c.opd2_n_str);
    const int bits = static_cast<int>(o.a.itemBytes()) * 8;
    const bool selects = op == ArOp::SelectGreater || op == ArOp::SelectEqual || op == ArOp::SelectLess;
    const bool shifts = op == ArOp::LogicShift || op == ArOp::ArithmeticShift || op == ArOp::Rotate;
    const Limits limits =
        limitsOf(o.result.precision, op == ArOp::SubSaturating || (c.opd0_sign | c.opd1_sign) != 0);
    View a = o.a, b = o.b;
    if (op == ArOp::LogicShift || op == ArOp::Rotate) a.isSigned = false;
    if (shifts) b.isSigned = true;
    const bool flat = runsFlat(o.result) && runsFlat(a) && (!o.hasB || runsFlat(b));
    return forRuns(x, o.result.shape, flat, false, [&](int64_t n, int64_t ch, int64_t h, int64_t w, int64_t count) {
        int64_t in0[kRow], in1[kRow], out[kRow];
        loadIntegers(a, n, ch, h, w, in0, count);
        if (o.hasB) loadIntegers(b, n, ch, h, w, in1, count);
        const Row row{in0, in1, out, count};
        // Third operand: a shift of the sum or product, or what is selected.
        int64_t third = 0, after = 0;
        if (o.hasC && op == ArOp::Mac) {
            const uint32_t pair = o.c.constant ? o.c.bits : loadBits(o.c.plane(0, ch), 2);
            third = static_cast<int64_t>(pair & 0xff);
            after = static_cast<int64_t>(pair >> 8 & 0xff);
        } else if (o.hasC) {
            const uint32_t code = o.c.constant ? o.c.bits : loadBits(o.c.plane(0, ch), o.c.itemBytes());
            third = selects ? integerOf(code, o.c.precision, true) : static_cast<int8_t>(code);
        }
        switch (op) {
        case ArOp::Mul: row.each([](auto p, auto q) { return wrappedProduct(p, q); }); break;
        case ArOp::Not: row.each([](auto p, auto) { return ~p; }); break;
        case ArOp::Add: row.each([](auto p, auto q) { return p + q; }); break;
        case ArOp::Sub: row.each([](auto p, auto q) { return p - q; }); break;
        case ArOp::Max: row.each([](auto p, auto q) { return std::max(p, q); }); break;
        case ArOp::Min: row.each([](auto p, auto q) { return std::min(p, q); }); break;
        case ArOp::And: row.each([](auto p, auto q) { return p & q; }); break;
        case ArOp::Or: row.each([](auto p, auto q) { return p | q; }); break;
        case ArOp::Xor: row.each([](auto p, auto q) { return p ^ q; }); break;
        case ArOp::LogicShift:
        case ArOp::ArithmeticShift: row.each([=](auto p, auto q) { return shifted(p, q, round); }); break;
        case ArOp::Rotate: row.each([=](auto p, auto q) { return rotated(p, q, bits); }); break;
        case ArOp::SelectGreater: row.each([=](auto p, auto q) { return p > q ? third : 0; }); break;
        case ArOp::SelectEqual: row.each([=](auto p, auto q) { return p == q ? third : 0; }); break;
        case ArOp::SelectLess: row.each([=](auto p, auto q) { return p < q ? third : 0; }); break;
        case ArOp::AddSaturating:
            row.each([=](auto p, auto q) { return saturated(shifted(p + q, third, round), limits); });
            break;
        case ArOp::SubSaturating:
            row.each([=](auto p, auto q) { return saturated(shifted(p - q, third, round), limits); });
            break;
        case ArOp::MulSaturating:
            row.each([=](auto p, auto q) {
                // The greatest product of two codes of 32 bits leaves no room for a shift to the left.
                const int64_t product = wrappedProduct(p, q);
                if (third > 0 && (product > limits.greatest || product < limits.least))
                    return product > 0 ? limits.greatest : limits.least;
                return saturated(shifted(product, third, round), limits);
            });
            break;
        case ArOp::Mac: {
            int64_t sum[kRow];
            loadIntegers(o.result, n, ch, h, w, sum, count);
            for (int64_t i = 0; i < count; ++i) {
                const auto total = static_cast<int64_t>(static_cast<uint64_t>(shifted(sum[i], third, round)) +
                                                        static_cast<uint64_t>(wrappedProduct(in0[i], in1[i])));
                out[i] = saturated(shifted(total, -after, round), limits);
            }
            break;
        }
        case ArOp::MulDoublingHighRound:
            row.each([=](auto p, auto q) { return saturated(numeric::shiftRight(wrappedProduct(p, q), bits - 1, round), limits); });
            break;
        case ArOp::Clamp: {
            const int64_t size = o.c.itemBytes();
            const int64_t least = integerOf(loadBits(o.c.plane(0, ch), size), o.c.precision, c.opd2_sign != 0);
            const int64_t most = integerOf(loadBits(o.c.plane(0, ch) + size, size), o.c.precision, c.opd2_sign != 0);
            row.each([=](auto p, auto) { return std::max(least, std::min(p, most)); });
            break;
        }
        case ArOp::Abs: row.each([](auto p, auto) { return p < 0 ? -p : p; }); break;
        case ArOp::FirstOne: row.each([=](auto p, auto) { return leadingZeros(p, bits); }); break;
        case ArOp::FirstZero: row.each([=](auto p, auto) { return leadingZeros(~p, bits); }); break;
        default: break;
        }
        storeIntegers(elementAt(o.result, n, ch, h, w), o.result.strides[3], o.result.precision, out, count);
    });
}

} // namespace wb::bm1684x::sim

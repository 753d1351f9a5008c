// SPDX-License-Identifier: GPL-3.0-or-later
// sCMP, sVC and sLIN: comparisons with selection, outer products, a * b + c.
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

namespace wb::bm1684x::sim {
namespace {

Result<View> operandOf(const Context& x, const Operand& operand, uint32_t constant, uint32_t layout) {
    if (constant) return constantView(x, operand);
    // Layout 3 has no strides here: one element a lane.
    return localView(x, operand, layout, {0, 0, 0, 0});
}

enum class Test { Greater, Equal, Less };

template <class T> bool holds(Test test, T a, T b) {
    return test == Test::Greater ? a > b : test == Test::Equal ? a == b : a < b;
}

} // namespace

Status execute(const Context& x, const SCmp& c) {
    const Four shape{c.res0_n, c.res0_c, c.res0_h, c.res0_w};
    const bool both = c.tsk_eu_typ == CmpOp::GreaterAndSelect || c.tsk_eu_typ == CmpOp::LessAndSelect;
    Test test;
    switch (c.tsk_eu_typ) {
    case CmpOp::GreaterAndSelect:
    case CmpOp::SelectGreater: test = Test::Greater; break;
    case CmpOp::SelectEqual: test = Test::Equal; break;
    case CmpOp::LessAndSelect:
    case CmpOp::SelectLess: test = Test::Less; break;
    default: return x.unknown("this operation");
    }
    const bool sign = c.opd0_sign != 0;
    WB_ASSIGN(const View a, operandOf(x, {"opd0", c.opd0_addr, c.opd0_prec, sign, shape}, c.opd0_const, c.opd0_str));
    WB_ASSIGN(const View b, operandOf(x, {"opd1", c.opd1_addr, c.opd0_prec, sign, shape}, c.opd1_const, c.opd1_str));
    WB_ASSIGN(const View yes, operandOf(x, {"opd2", c.opd2_addr, c.opd2_prec, true, shape}, c.opd2_const, 0));
    WB_ASSIGN(const View no, operandOf(x, {"opd3", c.opd3_addr, c.opd2_prec, true, shape}, c.opd3_const, 0));
    WB_ASSIGN(const View first, localView(x, {"res0", c.res0_addr, both ? c.opd0_prec : c.opd2_prec, sign, shape}, Layout::Aligned));
    View second = first;
    if (both) { WB_ASSIGN(second, localView(x, {"res1", c.res1_addr, c.opd2_prec, true, shape}, Layout::Aligned)); }
    const bool flat = runsFlat(a) && runsFlat(b);
    const bool real = isFloat(a.precision);
    const int64_t size = second.itemBytes(), wide = first.itemBytes();
    const auto bitsAt = [](const View& v, int64_t n, int64_t ch, int64_t h, int64_t w, int64_t i) {
        return v.constant ? v.bits : loadBits(elementAt(v, n, ch, h, w) + i * v.strides[3] * v.itemBytes(), v.itemBytes());
    };
    return forRuns(x, shape, flat, false, [&](int64_t n, int64_t ch, int64_t h, int64_t w, int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
            const uint32_t p = bitsAt(a, n, ch, h, w, i), q = bitsAt(b, n, ch, h, w, i);
            const bool chosen = real ? holds(test, floatOf(p, a.precision), floatOf(q, a.precision))
                                     : holds(test, integerOf(p, a.precision, sign), integerOf(q, a.precision, sign));
            const uint32_t selected = bitsAt(chosen ? yes : no, n, ch, h, w, i);
            if (both) storeBits(elementAt(first, n, ch, h, w) + i * wide, wide, chosen ? p : q);
            storeBits(elementAt(second, n, ch, h, w) + i * size, size, selected);
        }
    });
}

Status execute(const Context& x, const SVc& c) {
    const int64_t length = (int64_t{c.opd0_c} - 1) * c.opd0_w + c.opd1_w;
    if (c.opd0_c < 1 || length < 1 || c.opd1_w > c.opd0_w) return x.fault("opd0 has no elements");
    const Four rows{length, c.res0_c, 1, c.res0_w}, row{1, c.res0_c, 1, c.res0_w};
    WB_ASSIGN(const View left, localView(x, {"opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign != 0, {1, c.opd0_c, 1, c.opd0_w}}, Layout::Aligned));
    WB_ASSIGN(const View right, localView(x, {"opd1", c.opd1_addr, c.opd1_prec, c.opd1_sign != 0, row}, Layout::Aligned));
    WB_ASSIGN(const View result, localView(x, {"res0", c.res0_addr, c.res0_prec, true, rows}, Layout::Aligned));
    SAr one; // each element of the left vector with all of the right one
    one.tsk_eu_typ = c.tsk_eu_typ;
    one.opd0_sign = c.opd0_sign;
    one.opd1_sign = c.opd1_sign;
    one.opd2_n_str = c.opd2_n_str;
    for (int64_t i = 0; i < length; ++i) {
        ArOperands o;
        o.hasB = true;
        o.a.constant = true;
        o.a.precision = left.precision;
        o.a.isSigned = left.isSigned;
        o.a.bits = loadBits(left.plane(0, i / c.opd0_w) + i % c.opd0_w * left.itemBytes(), left.itemBytes());
        o.b = right;
        o.result = result;
        o.result.shape = row;
        o.result.offset += i * result.strides[0] * result.itemBytes();
        o.a.shape = row;
        WB_TRY(isFloat(result.precision) || isFloat(left.precision) ? arithmeticFloat(x, one, o)
                                                                    : arithmeticInteger(x, one, o));
    }
    return {};
}

Status execute(const Context& x, const SLin& c) {
    const Four shape{c.res0_n, c.res0_c, c.res0_h, c.res0_w}, channel{1, c.res0_c, 1, 1};
    const bool mac = c.tsk_eu_typ == LinOp::Mac, sum = c.tsk_eu_typ == LinOp::SquareSum;
    if (!mac && !sum && c.tsk_eu_typ != LinOp::SquareDifference) return x.unknown("this operation");
    WB_ASSIGN(const View a, localView(x, {"opd0", c.opd0_addr, c.res0_prec, true, shape}, Layout::Aligned));
    WB_ASSIGN(const View out, localView(x, {"res0", c.res0_addr, c.res0_prec, true, shape}, Layout::Aligned));
    if (!isFloat(a.precision)) return x.unknown("integers");
    WB_ASSIGN(const View b, operandOf(x, {"opd1", c.opd1_addr, c.res0_prec, true, channel}, c.opd1_const, 1));
    View d = b;
    if (mac) { WB_ASSIGN(d, operandOf(x, {"opd2", c.opd2_addr, c.res0_prec, true, channel}, c.opd2_const, 1)); }
    return forRuns(x, shape, true, false, [&](int64_t n, int64_t ch, int64_t h, int64_t w, int64_t count) {
        float values[kRow];
        loadFloats(a, n, ch, h, w, values, count);
        const auto number = [&](const View& v) {
            return floatOf(v.constant ? v.bits : loadBits(v.plane(0, ch), v.itemBytes()), v.precision);
        };
        const auto rounded = [&](float v) { return floatOf(bitsOf(v, out.precision), out.precision); };
        const float second = number(b), third = number(d);
        for (int64_t i = 0; i < count; ++i) {
            if (mac) {
                values[i] = rounded(values[i] * second) + third;
            } else {
                const float s = rounded(sum ? values[i] + second : values[i] - second);
                values[i] = s * s;
            }
        }
        storeFloats(elementAt(out, n, ch, h, w), 1, out.precision, values, count);
    });
}

} // namespace wb::bm1684x::sim

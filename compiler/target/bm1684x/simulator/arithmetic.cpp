// SPDX-License-Identifier: GPL-3.0-or-later
// sAR: elementwise arithmetic. Here operands are resolved and copies are made; the rest is in arithmetic_*.cpp.
#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

namespace wb::bm1684x::sim {
namespace {

Result<ArOperands> operandsOf(const Context& x, const SAr& c) {
    const Four shape{c.res0_n, c.res0_c, c.res0_h, c.res0_w};
    ArOperands o;
    const bool resultSign = c.tsk_eu_typ == ArOp::Cast ? c.opd2_sign != 0 : (c.opd0_sign | c.opd1_sign) != 0;
    WB_ASSIGN(o.result, localView(x, {"res0", c.res0_addr, c.res0_prec, resultSign, shape}, c.res0_str,
                                  {c.res0_n_str, c.res0_c_str, c.res0_h_str, c.res0_w_str}));
    const Operand a{"opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign != 0, shape};
    Four strides{c.opd0_n_str, c.opd0_c_str, c.opd0_h_str, c.opd0_w_str};
    if (c.opd0_const) {
        WB_ASSIGN(o.a, constantView(x, a));
    } else if (c.tsk_eu_typ == ArOp::CopyBatch) {
        // Batch 0 for all: the operand has one.
        const Operand one{"opd0", c.opd0_addr, c.opd0_prec, c.opd0_sign != 0, {1, shape[1], shape[2], shape[3]}};
        WB_ASSIGN(o.a, localView(x, one, c.opd0_str, strides));
        o.a.strides[0] = 0;
    } else {
        WB_ASSIGN(o.a, localView(x, a, c.opd0_str, strides));
    }
    o.hasB = c.tsk_opd_num >= 2;
    o.hasC = c.tsk_opd_num >= 3;
    if (o.hasB) {
        const Operand b{"opd1", c.opd1_addr, c.opd1_prec, c.opd1_sign != 0, shape};
        strides = {c.opd1_n_str, c.opd1_c_str, c.opd1_h_str, c.opd1_w_str};
        if (c.opd1_const) { WB_ASSIGN(o.b, constantView(x, b)); }
        else { WB_ASSIGN(o.b, localView(x, b, c.opd1_str, strides)); }
    }
    if (o.hasC) {
        Operand third{"opd2", c.opd2_addr, c.opd2_prec, c.opd2_sign != 0, {1, shape[1], 1, 1}};
        if (c.tsk_eu_typ == ArOp::Mac) third.shape[3] = 2;   // shifts of the sum: left before, right after
        if (c.tsk_eu_typ == ArOp::Clamp) third.shape[3] = 2; // least and greatest
        if (c.opd2_const) { WB_ASSIGN(o.c, constantView(x, third)); }
        else { WB_ASSIGN(o.c, localView(x, third, Layout::Compact)); }
    }
    return o;
}

/// Results whose rows lie on each other are written in order, by one thread.
bool overlaps(const View& result) {
    for (size_t axis = 0; axis < 4; ++axis)
        if (result.shape[axis] > (axis == 1 ? kLanes : 1) && result.strides[axis] == 0) return true;
    return false;
}

Status copy(const Context& x, const ArOperands& o) {
    if (o.result.precision != o.a.precision) return x.unknown("a copy between precisions");
    const int64_t size = o.result.itemBytes();
    return forRuns(x, o.result.shape, runsFlat(o.result) && runsFlat(o.a), overlaps(o.result),
                   [&](int64_t n, int64_t c, int64_t h, int64_t w, int64_t count) {
                       std::byte* to = elementAt(o.result, n, c, h, w);
                       if (o.a.constant) fillElements(to, o.result.strides[3], size, o.a.bits, count);
                       else
                           copyElements(elementAt(o.a, n, c, h, w), o.a.strides[3], to, o.result.strides[3], size,
                                        count);
                   });
}

} // namespace

Status execute(const Context& x, const SAr& c) {
    WB_ASSIGN(const auto o, operandsOf(x, c));
    if (overlaps(o.result) && c.tsk_eu_typ != ArOp::Copy) return x.unknown("a result that lies on itself");
    switch (c.tsk_eu_typ) {
    case ArOp::Copy:
    case ArOp::CopyBatch: return copy(x, o);
    case ArOp::Cast: return arithmeticCast(x, c, o);
    default:
        return isFloat(o.result.precision) || isFloat(o.a.precision) ? arithmeticFloat(x, c, o)
                                                                     : arithmeticInteger(x, c, o);
    }
}

} // namespace wb::bm1684x::sim

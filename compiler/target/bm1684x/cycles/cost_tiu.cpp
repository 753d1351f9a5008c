// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic: passes of a lane's vector unit or of the convolution array.
#include "compiler/target/bm1684x/cycles/cost.h"

#include <algorithm>
#include <array>

namespace wb::bm1684x::cycles {
namespace {

int64_t bytesOfCode(uint32_t code) { return bytesOf(static_cast<Precision>(code)); }
bool isFree(uint32_t layout) { return layout == code(LayoutCode::Free); }
bool sameBank(uint32_t a, uint32_t b) { return a % kLaneBytes / kBankBytes == b % kLaneBytes / kBankBytes; }

/// Rows of 64 channels of the result; the lane in which it begins does not matter.
template <class C> int64_t rowsOf(const C& c) { return ceilDiv(c.res0_c, kLanes); }

/// Passes of a vector unit of `width` elements over the result.
template <class C> int64_t passes(const C& c, int64_t width) {
    const int64_t plane = static_cast<int64_t>(c.res0_h) * c.res0_w;
    return product({c.res0_n, rowsOf(c), ceilDiv(plane, width)});
}

int64_t widthOf(std::initializer_list<uint32_t> precisions) {
    int64_t bytes = 1;
    for (const uint32_t p : precisions)
        bytes = std::max(bytes, bytesOfCode(p));
    return kVectorBytes / bytes;
}

/// The array takes 4 pixels × one 64-byte group of input channels at a time, or 16 pixels × 1 channel in F32.
/// Exact on all 1,110 convolutions of the listings.
Cost cost(const SConv& c) {
    const auto precision = static_cast<Precision>(c.opd0_prec);
    const bool f32 = precision == Precision::F32;
    const int64_t pixels = f32 ? 16 : 4;
    const int64_t channels = f32 ? 1 : kVectorBytes / bytesOf(precision);
    const bool known = precision != Precision::Int4 && c.tsk_eu_typ == ConvOp::Normal;
    return {product({passes(c, pixels), ceilDiv(c.opd0_c, channels), c.opd1_h, c.opd1_w}), known};
}

/// One pass for each tap. A window of one row makes every row of the result begin a pass of its own; steps in both
/// directions cost three times as much (2,2 and 3,3 were seen; 2,1, 1,2 and 1,4 cost nothing).
Cost cost(const SPorD& c) {
    const int64_t width = widthOf({c.res0_prec, c.opd0_prec});
    const int64_t positions = c.opd1_h == 1 ? product({c.res0_h, ceilDiv(c.res0_w, width)})
                                            : ceilDiv(static_cast<int64_t>(c.res0_h) * c.res0_w, width);
    const int64_t steps = c.res_op_x_str > 1 && c.res_op_y_str > 1 ? 3 : 1;
    const bool known = c.tsk_eu_typ == PorDOp::Depthwise || c.tsk_eu_typ == PorDOp::AveragePool ||
                       c.tsk_eu_typ == PorDOp::MaxPool;
    return {product({c.res0_n, rowsOf(c), positions, c.opd1_h, c.opd1_w, steps}), known};
}

/// Rows of the left matrix × pieces of the result × terms of the sum; an accumulation and a bias count as a term.
Cost cost(const SMm& c) {
    const int64_t terms = (std::max<int64_t>(c.opd0_c, 1) - 1) * c.opd0_w + c.opd1_w;
    const bool isFloat = c.opd0_prec == code(Precision::F32);
    const int64_t bias = isFloat && c.opd2_const == 0 ? 1 : 0; // the third operand of integers is a zero point
    const int64_t width = kVectorBytes / bytesOfCode(c.opd0_prec);
    return {product({c.opd0_n, ceilDiv(c.res0_c, kLanes), ceilDiv(c.res0_w, width), terms + c.res_add + bias}),
            c.tsk_eu_typ == MmOp::Normal && c.left_tran == 0};
}

/// The convolution array, with rows of the left matrix as channels: 4 columns at a time.
Cost cost(const SMm2& c) {
    const int64_t group = kVectorBytes / bytesOfCode(c.opd0_prec);
    return {product({ceilDiv(c.res0_c, kLanes), ceilDiv(c.res0_w, 4), ceilDiv(c.opd1_c, group)}),
            c.tsk_eu_typ == Mm2Op::Nn};
}

/// How many times a strided result or operand slows a vector operation down. A step of several elements costs that
/// factor, at worst one element a pass. Gaps between rows cost as many times as the rows would fit; where a row is one
/// element, what is passed over counts. A copy between equal layouts passes nothing over. (Of 8,307 commands
/// in listings 7 differ, all of them rows with gaps.)
int64_t strideFactor(const SAr& c, int64_t width) {
    struct Layout {
        int64_t h = 0, w = 0;
        bool operator==(const Layout&) const = default;
    };
    const Layout result{c.res0_h_str, c.res0_w_str}, operand{c.opd0_h_str, c.opd0_w_str};
    const bool freeResult = isFree(c.res0_str), freeOperand = isFree(c.opd0_str) && !c.opd0_const;
    const bool equalCopy =
        c.tsk_eu_typ == ArOp::Copy && freeResult && freeOperand && result == operand && c.res0_w > 1;
    const int64_t plane = static_cast<int64_t>(c.res0_h) * c.res0_w;
    const int64_t flat = std::max<int64_t>(1, ceilDiv(plane, width));
    const auto factorOf = [&](const Layout& l) {
        const int64_t step = std::min(l.w, width);
        if (c.res0_w > 1) {
            const int64_t gap = l.h / std::max<int64_t>(1, c.res0_w * l.w);
            return std::max(step, equalCopy ? 1 : std::min(gap, width));
        }
        return std::max(step, std::min(ceilDiv(product({c.res0_h, l.h}), flat * width), plane / flat));
    };
    int64_t factor = 1;
    if (freeResult) factor = std::max(factor, factorOf(result));
    if (freeOperand) factor = std::max(factor, factorOf(operand));
    return factor;
}

Cost cost(const SAr& c) {
    const bool binary = c.tsk_opd_num > 1;
    const int64_t width = widthOf({c.res0_prec, c.opd0_prec, binary ? c.opd1_prec : c.opd0_prec});
    const int64_t base = passes(c, width);
    // Three Newton steps (opd2_n_str 2) take 31 passes; strides and places do not matter.
    if (c.tsk_eu_typ == ArOp::Div) return {product({base, 10 * (c.opd2_n_str + 1) + 1}), c.opd2_n_str == 2};
    const bool reads1 = binary && !c.opd1_const;
    int64_t factor = strideFactor(c, width);
    // What a multiplication is added to costs nothing (seen in a listing of an operator made for that).
    // A result in the place of an operand: the bank is read and written in turns. Another place in the same bank
    // costs nothing (listings show hundreds of such commands).
    const bool inPlace = (!c.opd0_const && c.opd0_addr == c.res0_addr) || (reads1 && c.opd1_addr == c.res0_addr);
    if (inPlace && c.tsk_eu_typ != ArOp::Copy) factor *= 2;
    // Two operands with strides of their own, unless the second is one element a row.
    if (!c.opd0_const && reads1 && isFree(c.opd0_str) && isFree(c.opd1_str) &&
        !(c.opd1_w_str == 0 && c.opd1_h_str != 0))
        factor *= 2;
    static constexpr std::array kSeen{ArOp::Mul, ArOp::Add, ArOp::Sub, ArOp::Max, ArOp::Min, ArOp::Cast,
                                      ArOp::AddSaturating, ArOp::SubSaturating, ArOp::Copy, ArOp::MulSaturating,
                                      ArOp::Abs, ArOp::Mac};
    const bool known = std::find(kSeen.begin(), kSeen.end(), c.tsk_eu_typ) != kSeen.end();
    return {product({base, factor}), known};
}

/// One pass; two when result and operand lie in one bank.
Cost cost(const SRqDq& c) {
    const int64_t width = widthOf({c.res0_prec, c.opd0_prec});
    return {product({passes(c, width), sameBank(c.res0_addr, c.opd0_addr) ? 2 : 1}),
            c.tsk_eu_typ == RqDqOp::RequantInteger || c.tsk_eu_typ == RqDqOp::DequantFloat};
}

/// Moves between lanes: 64 bytes a cycle, one lane after the other; a broadcast reads its source once. A copy into
/// several rows of lanes takes as many times as long.
Cost cost(const STransBc& c) {
    const auto rowsFromLane = [](const STransBc& t) {
        return ceilDiv(t.res0_addr / kLaneBytes % kLanes + t.res0_c, kLanes);
    };
    const int64_t words =
        std::max<int64_t>(1, ceilDiv(product({c.res0_h, c.res0_w, bytesOfCode(c.res0_prec)}), kVectorBytes));
    const int64_t inPlace = c.res0_addr == c.opd0_addr ? 2 : 1;
    switch (c.tsk_eu_typ) {
    case TransBcOp::LaneCopy: return {product({c.res0_n, c.res0_c, words, rowsFromLane(c), inPlace}), true};
    case TransBcOp::LaneBroadcast: return {product({c.res0_n, words, inPlace}), true};
    case TransBcOp::StaticBroadcast:
    case TransBcOp::StaticDistribute: return {product({c.res0_n, words}), true};
    default: // one transposition was seen: 1 channel of 1760 columns to 1760 channels of one, a single cycle
        return {product({c.res0_n, ceilDiv(c.opd0_c, kLanes), c.res0_h, c.res0_w}), false};
    }
}

/// One element a cycle and lane; looking hazards up costs half as much again.
Cost cost(const SSg& c) {
    const int64_t lookUps = product({c.res0_n, rowsOf(c)});
    switch (c.tsk_eu_typ) {
    case SgOp::PlGatherD1:
    case SgOp::PeGatherD1: return {product({lookUps, c.res0_w}), true};
    case SgOp::PeGatherHazard: return {product({lookUps, 3 * static_cast<int64_t>(c.res0_w)}) / 2, true};
    case SgOp::PeScatterHazard: return {product({lookUps, c.opd1_w}), true};
    default: return {product({lookUps, c.res0_h, c.res0_w}), false};
    }
}

Cost cost(const SSgl& c) { return {product({c.res0_n, rowsOf(c), c.res0_h, c.res0_w}), false}; }

/// A pass for each coefficient; a reciprocal square root takes ten a Newton step (three were seen).
Cost cost(const SSfu& c) {
    const int64_t base = passes(c, widthOf({c.res0_prec, c.opd0_prec}));
    switch (c.tsk_eu_typ) {
    case SfuOp::Taylor4x: return {product({base, c.opd1_n}), true};
    case SfuOp::Normalise: return {base, true};
    case SfuOp::Rsqrt: return {product({base, 10 * (c.opd2_n_str + 1)}), c.opd2_n_str == 2};
    default: return {product({base, c.opd1_n}), false};
    }
}

/// A comparison and a selection.
Cost cost(const SCmp& c) {
    return {product({passes(c, widthOf({c.opd0_prec, c.opd2_prec})), 2}),
            c.tsk_eu_typ == CmpOp::SelectGreater || c.tsk_eu_typ == CmpOp::SelectEqual};
}

Cost cost(const SLin& c) { return {passes(c, widthOf({c.res0_prec})), false}; }
Cost cost(const SVc& c) {
    return {product({ceilDiv(c.res0_c, kLanes), ceilDiv(c.res0_w, widthOf({c.res0_prec, c.opd0_prec, c.opd1_prec}))}),
            false};
}
Cost cost(const LongTiu& c) { return {passes(c, widthOf({c.res0_prec, c.opd0_prec, c.opd1_prec})), false}; }
Cost cost(const SSeg& c) { return {ceilDiv(c.res0_w, widthOf({c.res0_prec})), false}; }
Cost cost(const Lar&) { return {1, false}; }
Cost cost(const SysId&) { return {1, false}; }

} // namespace

Cost tiuCost(const Command& command) {
    return std::visit(
        [](const auto& c) -> Cost {
            if constexpr (requires { cost(c); }) return cost(c);
            else return {1, false};
        },
        command);
}

} // namespace wb::bm1684x::cycles

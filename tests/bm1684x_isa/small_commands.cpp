// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bm1684x_isa/small_commands.h"

namespace wb::test {
namespace {

using namespace wb::bm1684x;

constexpr uint32_t kI8 = code(Precision::Int8), kI16 = code(Precision::Int16),
                   kI32 = code(Precision::Int32), kF16 = code(Precision::F16),
                   kF32 = code(Precision::F32);

uint32_t at(int bank, int64_t lane) {
    return static_cast<uint32_t>(lane * kLaneBytes + bank * kBankBytes);
}

/// A shape with one to three rows of lanes, and a first lane.
struct Shape {
    uint32_t n, c, h, w;
    int64_t lane;
    explicit Shape(Random& r)
        : n(pick(r, 1, 3))
        , c(pick(r, 1, 140))
        , h(pick(r, 1, 5))
        , w(pick(r, 1, 20))
        , lane(r.below(2) ? 0 : static_cast<int64_t>(r.below(64))) {}
};

template <class C> void result(C& c, const Shape& s) {
    c.res0_n = s.n;
    c.res0_c = s.c;
    c.res0_h = s.h;
    c.res0_w = s.w;
    c.res0_addr = at(0, s.lane);
}

SAr arithmetic(Random& r, uint32_t operation, uint32_t precision, uint32_t operands) {
    const Shape s(r);
    SAr c;
    result(c, s);
    c.tsk_eu_typ = operation;
    c.tsk_opd_num = operands;
    c.res0_prec = c.opd0_prec = c.opd1_prec = c.opd2_prec = precision;
    c.opd0_sign = c.opd1_sign = 1;
    c.opd0_addr = at(4, s.lane);
    c.opd1_addr = at(8, s.lane);
    c.opd2_addr = at(12, s.lane);
    c.opd2_const = operands < 3;
    // Layouts: aligned, or strides of a wider tensor, or one value a channel.
    const auto strides = [&](auto& layout, auto& n, auto& ch, auto& h, auto& w, bool channelWise) {
        switch (r.below(channelWise ? 3 : 2)) {
        case 0:
            layout = code(LayoutCode::Aligned);
            break;
        case 1:
            layout = code(LayoutCode::Free);
            w = pick(r, 1, 2);
            h = w * s.w + pick(r, 0, 3);
            ch = h * s.h + pick(r, 0, 9);
            n = ch * 4;
            break;
        default:
            layout = code(LayoutCode::Free);
            ch = 1;
            n = h = w = 0;
        }
    };
    strides(c.res0_str, c.res0_n_str, c.res0_c_str, c.res0_h_str, c.res0_w_str, false);
    strides(c.opd0_str, c.opd0_n_str, c.opd0_c_str, c.opd0_h_str, c.opd0_w_str, true);
    strides(c.opd1_str, c.opd1_n_str, c.opd1_c_str, c.opd1_h_str, c.opd1_w_str, true);
    return c;
}

SConv convolution(Random& r, uint32_t precision) {
    const Shape s(r);
    SConv c;
    result(c, s);
    c.opd0_prec = precision;
    c.res0_prec = precision == kI8 ? kI32 : precision;
    c.opd0_sign = c.opd1_sign = 1;
    c.opd0_c = pick(r, 1, 80);
    c.opd1_h = pick(r, 1, 3);
    c.opd1_w = pick(r, 1, 3);
    c.res_op_x_str = c.res_op_y_str = pick(r, 1, 2);
    c.opd0_h = (s.h - 1) * c.res_op_y_str + c.opd1_h;
    c.opd0_w = (s.w - 1) * c.res_op_x_str + c.opd1_w;
    c.opd0_addr = at(4, 0);
    c.opd1_addr = at(8, s.lane);
    c.opd2_const = precision == kI8 || r.below(2);
    c.opd2_addr = c.opd2_const ? 0 : at(14, s.lane);
    c.opd3_const = 1;
    c.res_add = precision == kF32 && r.below(3) == 0;
    return c;
}

SPorD pooling(Random& r, uint32_t operation, uint32_t precision) {
    const Shape s(r);
    SPorD c;
    result(c, s);
    c.tsk_eu_typ = operation;
    c.opd0_prec = c.res0_prec = precision;
    if (precision == kI8 && operation == PorDOp::Depthwise) c.res0_prec = kI32;
    c.opd0_sign = c.opd1_sign = c.opd2_sign = 1;
    c.opd1_h = pick(r, 1, 3);
    c.opd1_w = pick(r, 1, 3);
    c.res_op_x_str = c.res_op_y_str = pick(r, 1, 2);
    c.opd0_h = (s.h - 1) * c.res_op_y_str + c.opd1_h;
    c.opd0_w = (s.w - 1) * c.res_op_x_str + c.opd1_w;
    c.opd0_addr = at(4, s.lane);
    c.opd1_const = operation == PorDOp::AveragePool;
    c.opd1_addr = c.opd1_const ? (precision == kF32 ? 0x3E000000u : 1u) : at(8, s.lane);
    c.opd2_const = operation != PorDOp::Depthwise || r.below(2);
    c.opd2_addr = c.opd2_const ? 0 : at(12, s.lane);
    c.opd3_const = 1;
    return c;
}

SMm2 matrix2(Random& r, uint32_t operation, uint32_t precision) {
    SMm2 c;
    c.tsk_eu_typ = operation;
    c.opd0_prec = precision;
    c.res0_prec = precision == kI8 ? kI32 : precision;
    c.opd0_sign = c.opd1_sign = 1;
    const uint32_t rows = pick(r, 1, 80), inner = pick(r, 1, 100), columns = pick(r, 1, 80);
    c.res0_c = rows;
    c.res0_w = columns;
    c.opd1_c = operation == Mm2Op::Nn ? inner : operation == Mm2Op::Nt ? columns : rows;
    c.opd1_w = operation == Mm2Op::Nn ? columns : inner;
    c.res0_addr = at(0, 0);
    c.opd0_addr = at(4, 0);
    c.opd1_addr = at(8, 0);
    c.opd2_const = 1;
    return c;
}

SMm matrix(Random& r) {
    SMm c;
    c.tsk_eu_typ = MmOp::Normal;
    c.opd0_prec = c.res0_prec = kF32;
    c.opd0_sign = c.opd1_sign = 1;
    c.opd0_n = pick(r, 1, 6);
    c.opd0_w = pick(r, 1, 16);
    c.opd0_c = pick(r, 1, 5);
    c.opd1_w = pick(r, 1, c.opd0_w);
    c.res0_c = pick(r, 1, 70);
    c.res0_w = pick(r, 1, 16);
    c.opd2_const = static_cast<uint32_t>(r.below(2));
    c.res0_addr = at(0, 0);
    c.opd0_addr = at(4, 0);
    c.opd1_addr = at(8, 0);
    c.opd2_addr = c.opd2_const ? 0 : at(14, 0);
    return c;
}

SRqDq quantise(Random& r, uint32_t operation) {
    const Shape s(r);
    SRqDq c;
    result(c, s);
    c.tsk_eu_typ = operation;
    const bool requant = operation <= RqDqOp::RequantPacked;
    c.opd0_prec = requant ? kI32 : kI8;
    c.res0_prec = requant ? kI8 : operation == RqDqOp::DequantFloat ? kF32 : kI16;
    c.opd0_sign = c.opd2_sign = 1;
    c.opd0_addr = at(4, s.lane);
    c.opd1_addr = at(8, s.lane);
    return c;
}

STransBc rearrange(Random& r, uint32_t operation) {
    const Shape s(r);
    STransBc c;
    result(c, s);
    c.tsk_eu_typ = operation;
    c.res0_prec =
        operation == TransBcOp::StaticBroadcast || operation == TransBcOp::StaticDistribute
            ? kF32
            : pick(r, 0, 2);
    c.opd0_addr = at(8, static_cast<int64_t>(r.below(64)));
    if (operation <= TransBcOp::TransposeWc) {
        c.res0_addr = at(0, 0);
        c.opd0_addr = at(8, 0);
        c.opd0_c = c.res0_w;
        c.opd0_w = c.res0_c;
    } else if (operation == TransBcOp::LaneBroadcast)
        c.res0_c = pick(r, 1, static_cast<uint64_t>(64 - s.lane));
    else if (operation >= TransBcOp::StaticBroadcast) {
        c.res0_n = c.res0_h = 1;
        c.res0_c = pick(r, 1, static_cast<uint64_t>(64 - s.lane));
        if (operation == TransBcOp::StaticDistribute) c.res0_w = 1;
        c.opd0_addr = static_cast<uint32_t>(kStaticBase) + 0x400;
    }
    return c;
}

SSg gather(Random& r, uint32_t operation) {
    const Shape s(r);
    SSg c;
    result(c, s);
    c.res0_h = 1;
    c.tsk_eu_typ = operation;
    c.res0_prec = c.opd0_prec = pick(r, 0, 2);
    c.opd1_prec = operation <= SgOp::PlScatterD2 ? kI16 : kI8;
    c.opd0_h = 1;
    c.opd0_w = operation <= SgOp::PlScatterD2 ? 260 : pick(r, 4, 40);
    c.opd1_c = operation <= SgOp::PlScatterD2 ? s.w : s.c;
    c.opd1_w = s.w;
    const bool scatter = operation == SgOp::PeScatterD1 || operation == SgOp::PeScatterHazard ||
                         operation == SgOp::PlScatterD1;
    if (scatter) {
        c.opd0_w = c.opd1_w = pick(r, 1, 12);
        if (operation == SgOp::PlScatterD1) c.opd1_c = c.opd0_w;
        c.res0_w = operation == SgOp::PlScatterD1 ? 260 : 12;
    }
    if (operation == SgOp::PeGatherD1 && r.below(2)) c.opd0_str = code(LayoutCode::TablePerLane);
    if (operation == SgOp::PeMaskSelect || operation == SgOp::PeMaskSelectHazard ||
        operation == SgOp::PeNonzero) {
        c.opd0_w = c.opd1_w = c.res0_w;
        if (operation == SgOp::PeNonzero) c.res0_prec = kI16;
    }
    c.opd0_addr = at(4, s.lane);
    c.opd1_addr = at(8, operation <= SgOp::PlScatterD2 ? 0 : s.lane);
    c.res1_addr = at(2, s.lane);
    return c;
}

SSgl lines(Random& r, uint32_t operation) {
    const Shape s(r);
    SSgl c;
    result(c, s);
    c.tsk_eu_typ = operation;
    c.res0_prec = pick(r, 0, 2);
    c.opd1_prec = kI8;
    c.opd0_h = operation == SglOp::GatherLine ? 4 : 2;
    if (operation == SglOp::ScatterLine) c.res0_h = 4;
    c.opd0_str = r.below(2) ? code(LayoutCode::Free) : code(LayoutCode::TablePerLane);
    c.opd0_addr = at(4, s.lane);
    c.opd1_addr = at(8, s.lane);
    return c;
}

SSfu special(Random& r, uint32_t operation) {
    const Shape s(r);
    SSfu c;
    result(c, s);
    c.tsk_eu_typ = operation;
    c.res0_prec = c.opd0_prec = kF32;
    if (operation == SfuOp::Normalise) c.res0_prec = kI32;
    c.opd2_n_str = 2;
    c.opd1_n = pick(r, 2, 16);
    c.opd0_addr = at(4, s.lane);
    c.opd1_addr = at(8, s.lane);
    return c;
}

SLin linear(Random& r, uint32_t operation) {
    const Shape s(r);
    SLin c;
    result(c, s);
    c.tsk_eu_typ = operation;
    c.res0_prec = kF32;
    c.opd0_addr = at(4, s.lane);
    c.opd1_addr = at(8, s.lane);
    c.opd2_addr = at(12, s.lane);
    return c;
}

SCmp compare(Random& r, uint32_t operation, uint32_t precision) {
    const Shape s(r);
    SCmp c;
    result(c, s);
    c.tsk_eu_typ = operation;
    c.opd0_prec = c.opd2_prec = precision;
    c.opd0_addr = at(4, s.lane);
    c.opd1_addr = at(8, s.lane);
    c.opd2_addr = at(12, s.lane);
    c.opd3_addr = at(14, s.lane);
    c.res1_addr = at(2, s.lane);
    c.opd1_str = r.below(2) ? 0 : code(LayoutCode::Free);
    return c;
}

SVc outer(Random& r) {
    SVc c;
    c.tsk_eu_typ = r.below(2) ? VcOp::Mul : VcOp::Add;
    c.res0_prec = c.opd0_prec = c.opd1_prec = kF32;
    c.opd0_c = pick(r, 1, 3);
    c.opd0_w = pick(r, 1, 6);
    c.opd1_w = pick(r, 1, c.opd0_w);
    c.res0_c = pick(r, 1, 70);
    c.res0_w = pick(r, 1, 16);
    c.res0_addr = at(0, 0);
    c.opd0_addr = at(4, 0);
    c.opd1_addr = at(8, 0);
    return c;
}

SSeg indices(Random& r, uint32_t operation) {
    SSeg c;
    c.tsk_eu_typ = operation;
    c.res0_prec = kI32;
    c.res0_c = pick(r, 1, 64);
    c.res0_w = pick(r, 1, 50);
    return c;
}

} // namespace

std::vector<SmallCommand> smallTransfers(); // small_transfers.cpp

std::vector<SmallCommand> smallCommands() {
    std::vector<SmallCommand> out;
    const auto add = [&](std::string name, std::function<Command(Random&)> make,
                         Filling filling = Filling::Moderate) {
        out.push_back({std::move(name), filling, std::move(make)});
    };
    for (const uint32_t p : {kF32, kF16, kI8, kI32}) {
        for (const uint32_t op : {ArOp::Add, ArOp::Max, ArOp::Sub})
            add("AR two operands", [=](Random& r) { return arithmetic(r, op, p, 2); });
        add("AR copy", [=](Random& r) { return arithmetic(r, ArOp::Copy, p, 1); });
    }
    for (const uint32_t p : {kF32, kF16})
        add("AR copy of a batch", [=](Random& r) { return arithmetic(r, ArOp::CopyBatch, p, 1); });
    add("AR mac", [](Random& r) {
        SAr c = arithmetic(r, ArOp::Mac, kF32, 2);
        c.res0_str = 0;
        return c;
    });
    add("AR clamp", [](Random& r) { return arithmetic(r, ArOp::Clamp, kF32, 3); });
    add("AR select", [](Random& r) { return arithmetic(r, ArOp::SelectGreater, kF32, 3); });
    add("AR shift", [](Random& r) { return arithmetic(r, ArOp::AddSaturating, kI8, 3); });
    for (const uint32_t p : {kF32, kF16, kI8}) {
        add("CONV", [=](Random& r) { return convolution(r, p); });
        for (const uint32_t op : {PorDOp::Depthwise, PorDOp::AveragePool, PorDOp::MaxPool})
            add("PorD " + std::to_string(op), [=](Random& r) { return pooling(r, op, p); });
    }
    for (const uint32_t op : {Mm2Op::Nn, Mm2Op::Nt, Mm2Op::Tt})
        for (const uint32_t p : {kF16, kI8})
            add("MM2 " + std::to_string(op), [=](Random& r) { return matrix2(r, op, p); });
    add("MM", [](Random& r) { return matrix(r); });
    for (uint32_t op = 0; op < 6; ++op) {
        if (op != RqDqOp::RequantPacked &&
            op != RqDqOp::DequantPacked) // which the model does not have
            add("RQ, DQ " + std::to_string(op), [=](Random& r) { return quantise(r, op); });
        add("TRANS, BC " + std::to_string(op), [=](Random& r) { return rearrange(r, op); });
    }
    for (const uint32_t op : {0, 3, 5, 6, 8, 9, 13, 14, 15})
        add(
            "SG " + std::to_string(op), [=](Random& r) { return gather(r, op); }, Filling::Flags);
    for (const uint32_t op : {17, 18})
        add(
            "SGL " + std::to_string(op), [=](Random& r) { return lines(r, op); }, Filling::Flags);
    for (const uint32_t op : {12, 13, 15, 17})
        add("SFU " + std::to_string(op), [=](Random& r) { return special(r, op); });
    for (const uint32_t op : {1, 20, 21})
        add("LIN " + std::to_string(op), [=](Random& r) { return linear(r, op); });
    for (uint32_t op = 22; op <= 26; ++op)
        for (const uint32_t p : {kF32, kI8})
            add("CMP " + std::to_string(op), [=](Random& r) { return compare(r, op, p); });
    add("VC", [](Random& r) { return outer(r); });
    for (const uint32_t op : {24, 25})
        add("SEG " + std::to_string(op), [=](Random& r) { return indices(r, op); });
    for (SmallCommand& c : smallTransfers())
        out.push_back(std::move(c));
    return out;
}

} // namespace wb::test

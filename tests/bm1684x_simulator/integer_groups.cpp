// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bm1684x_simulator/shapes.h"

#include <bit>

namespace wb::test {
namespace {

using namespace bm1684x;

/// Some operands aligned, some with strides of their own, some one element a channel, some constants.
void arOperands(SAr& c, Dice& d, const Shape4& s, bool constants) {
    setResult(c, s);
    c.res0_addr = place(d, 3);
    c.opd0_addr = place(d, 0);
    c.opd1_addr = place(d, 1);
    c.opd0_sign = d.chance(60);
    c.opd1_sign = d.chance(60);
    if (d.chance(25)) {
        c.opd0_str = 3;
        c.opd0_w_str = static_cast<uint32_t>(d.roll(0, 2));
        c.opd0_h_str = s.w * c.opd0_w_str + static_cast<uint32_t>(d.roll(0, 3));
        c.opd0_c_str = s.h * std::max(c.opd0_h_str, 1u);
        c.opd0_n_str = c.opd0_c_str * 4;
    }
    if (d.chance(25)) {
        c.opd1_str = 3;
        c.opd1_c_str = 1;
    }
    if (d.chance(15)) {
        c.res0_str = 3;
        c.res0_w_str = 2;
        c.res0_h_str = s.w * 2 + 1;
        c.res0_c_str = s.h * c.res0_h_str;
        c.res0_n_str = c.res0_c_str * 4;
    }
    if (constants && d.chance(30)) {
        c.opd1_const = 1;
        c.opd1_addr = d.bits();
    }
}

/// A third operand that shifts: constant or one a channel (only small amounts as constants; memory has all bytes).
void shiftOperand(SAr& c, Dice& d) {
    if (!d.chance(60)) return;
    c.tsk_opd_num = 3;
    c.opd2_const = 1;
    c.opd2_addr = static_cast<uint8_t>(d.roll(-12, 2));
    c.opd2_sign = 1;
}

Command arithmetic(Dice& d, uint32_t op) {
    SAr c;
    c.tsk_eu_typ = op;
    c.tsk_opd_num = 2;
    arOperands(c, d, anyShape(d), true);
    c.opd2_n_str = static_cast<uint32_t>(d.roll(0, 6));
    const uint32_t p = d.of<uint32_t>({kI8, kI16, kI32});
    c.res0_prec = c.opd0_prec = c.opd1_prec = p;
    switch (op) {
    case ArOp::Mul: case ArOp::Add: case ArOp::Sub:
        c.res0_prec = std::max(p, d.of<uint32_t>({kI8, kI16, kI32}));
        c.opd1_prec = d.of<uint32_t>({kI8, p});
        break;
    case ArOp::AddSaturating: case ArOp::SubSaturating: case ArOp::MulSaturating:
        c.opd0_prec = d.of<uint32_t>({kI8, kI16});
        c.opd1_prec = d.of<uint32_t>({kI8, kI16});
        c.res0_prec = d.of<uint32_t>({kI8, kI16, kI32});
        shiftOperand(c, d);
        break;
    case ArOp::Mac:
        c.opd0_prec = c.opd1_prec = kI8;
        c.res0_prec = kI16;
        c.tsk_opd_num = 3;
        c.opd2_const = 1;
        c.opd2_addr = static_cast<uint32_t>(d.roll(0, 3) | d.roll(0, 4) << 8);
        break;
    case ArOp::Max: case ArOp::Min: c.opd1_sign = c.opd0_sign; break;
    case ArOp::SelectGreater: case ArOp::SelectEqual: case ArOp::SelectLess:
        c.opd1_sign = c.opd0_sign;
        c.tsk_opd_num = 3;
        c.opd2_prec = c.res0_prec;
        c.opd2_const = 1;
        c.opd2_addr = d.bits();
        break;
    case ArOp::LogicShift: case ArOp::ArithmeticShift: case ArOp::Rotate: {
        c.opd1_prec = kI8;
        c.opd1_const = 1;
        const int64_t width = bytesOfCode(p) * 8;
        c.opd1_addr = static_cast<uint8_t>(d.roll(-width, width - 1));
        c.opd1_sign = 1;
        break;
    }
    case ArOp::Not: case ArOp::Abs: case ArOp::FirstOne: case ArOp::FirstZero:
        c.tsk_opd_num = 1;
        c.opd1_const = c.opd1_addr = c.opd1_str = c.opd1_c_str = c.opd1_sign = c.opd1_prec = 0;
        break;
    case ArOp::Cast:
        c.tsk_opd_num = 1;
        c.opd1_const = c.opd1_addr = c.opd1_str = c.opd1_c_str = 0;
        c.res0_prec = d.of<uint32_t>({kI8, kI16, kI32});
        c.opd2_sign = d.chance(50);
        break;
    default: break;
    }
    return c;
}

Command convolution(Dice& d) {
    SConv c;
    const auto h = static_cast<uint32_t>(d.roll(1, 12)), w = static_cast<uint32_t>(d.roll(1, 15));
    c.opd0_sign = d.chance(50);
    c.opd1_sign = d.chance(70);
    c.res0_prec = kI32;
    c.opd2_const = 1;
    c.opd2_sign = d.chance(50);
    c.opd2_addr = d.chance(20) ? d.bits() & 0xff : 0;
    c.opd3_const = 1;
    c.opd3_addr = d.chance(40) ? d.bits() & 0xff : 0;
    c.opd0_up_pad = static_cast<uint32_t>(d.roll(0, 3));
    c.opd0_dn_pad = static_cast<uint32_t>(d.roll(0, 3));
    c.opd0_lf_pad = static_cast<uint32_t>(d.roll(0, 3));
    c.opd0_rt_pad = static_cast<uint32_t>(d.roll(0, 3));
    if (d.chance(15)) c.opd0_x_ins0 = static_cast<uint32_t>(d.roll(0, 2)), c.opd0_y_ins0 = static_cast<uint32_t>(d.roll(0, 2));
    if (d.chance(25)) c.opd1_x_ins0 = static_cast<uint32_t>(d.roll(0, 2)), c.opd1_y_ins0 = static_cast<uint32_t>(d.roll(0, 2));
    const uint32_t height = (h - 1) * (c.opd0_y_ins0 + 1) + 1 + c.opd0_up_pad + c.opd0_dn_pad;
    const uint32_t width = (w - 1) * (c.opd0_x_ins0 + 1) + 1 + c.opd0_lf_pad + c.opd0_rt_pad;
    const auto fit = [&](uint32_t size, uint32_t dilation) {
        return static_cast<uint32_t>(d.roll(1, std::min<int64_t>(4, (size - 1) / (dilation + 1) + 1)));
    };
    c.opd1_h = fit(height, c.opd1_y_ins0);
    c.opd1_w = fit(width, c.opd1_x_ins0);
    c.res_op_y_str = static_cast<uint32_t>(d.roll(1, 3));
    c.res_op_x_str = static_cast<uint32_t>(d.roll(1, 3));
    c.res0_n = static_cast<uint32_t>(d.roll(1, 2));
    c.res0_c = static_cast<uint32_t>(d.chance(30) ? d.roll(60, 130) : d.roll(1, 20));
    c.opd0_c = static_cast<uint32_t>(d.chance(30) ? d.roll(60, 140) : d.roll(1, 20));
    c.res0_h = (height - ((c.opd1_h - 1) * (c.opd1_y_ins0 + 1) + 1)) / c.res_op_y_str + 1;
    c.res0_w = (width - ((c.opd1_w - 1) * (c.opd1_x_ins0 + 1) + 1)) / c.res_op_x_str + 1;
    c.opd0_h = h;
    c.opd0_w = w;
    c.kernel_rotate = d.chance(15);
    c.res_add = d.chance(20);
    c.opd0_addr = place(d, 0);
    c.opd1_addr = place(d, 1) % kLaneBytes;
    c.res0_addr = static_cast<uint32_t>(0x20000 + d.roll(0, 9) * 64); // in lane 0, as its kernels
    if (d.chance(15)) {
        c.opd0_str = 3;
        c.opd0_w_str = 1;
        c.opd0_h_str = w + 3;
        c.opd0_c_str = h * (w + 3);
        c.opd0_n_str = c.opd0_c_str * 4;
    }
    return c;
}

Command depthwise(Dice& d, uint32_t op) {
    SPorD c;
    c.tsk_eu_typ = op;
    const auto h = static_cast<uint32_t>(d.roll(2, 12)), w = static_cast<uint32_t>(d.roll(2, 15));
    c.opd0_sign = d.chance(50);
    c.opd1_sign = d.chance(60);
    c.opd3_const = 1;
    c.opd3_addr = d.chance(40) ? d.bits() & 0xff : 0;
    c.opd0_up_pad = static_cast<uint32_t>(d.roll(0, 2));
    c.opd0_dn_pad = static_cast<uint32_t>(d.roll(0, 2));
    c.opd0_lf_pad = static_cast<uint32_t>(d.roll(0, 2));
    c.opd0_rt_pad = static_cast<uint32_t>(d.roll(0, 2));
    const uint32_t height = h + c.opd0_up_pad + c.opd0_dn_pad, width = w + c.opd0_lf_pad + c.opd0_rt_pad;
    c.opd1_h = static_cast<uint32_t>(d.roll(1, std::min(3u, height)));
    c.opd1_w = static_cast<uint32_t>(d.roll(1, std::min(3u, width)));
    c.res_op_y_str = static_cast<uint32_t>(d.roll(1, 3));
    c.res_op_x_str = static_cast<uint32_t>(d.roll(1, 3));
    c.opd0_h = h;
    c.opd0_w = w;
    setResult(c, {static_cast<uint32_t>(d.roll(1, 2)), static_cast<uint32_t>(d.chance(30) ? d.roll(60, 130) : d.roll(1, 20)),
                  (height - c.opd1_h) / c.res_op_y_str + 1, (width - c.opd1_w) / c.res_op_x_str + 1});
    c.opd0_addr = place(d, 0);
    c.res0_addr = place(d, 3);
    const uint32_t lane = c.opd0_addr / kLaneBytes * kLaneBytes; // parameters lie with their channels
    c.res0_addr = c.res0_addr % kLaneBytes + lane;
    c.opd1_addr = lane + place(d, 1) % kLaneBytes;
    c.opd2_addr = lane + place(d, 2) % kLaneBytes;
    if (op == PorDOp::MaxPool) return c;
    c.kernel_rotate = op != PorDOp::AveragePool && d.chance(20);
    c.res0_prec = d.of<uint32_t>({kI8, kI16, kI32});
    c.opd2_n_str = static_cast<uint32_t>(d.roll(0, 6));
    if (c.res0_prec != kI32) c.res1_addr = static_cast<uint32_t>(d.roll(0, 12)) << 8;
    if (op == PorDOp::AveragePool) {
        c.opd1_const = 1;
        c.opd1_addr = d.bits() & 0xff;
        c.opd2_addr = 0;
    } else if (d.chance(40)) {
        c.opd2_const = 1;
        c.opd2_addr = 0;
    } else {
        c.opd2_sign = 1;
    }
    return c;
}

Command requant(Dice& d, uint32_t op) {
    SRqDq c;
    c.tsk_eu_typ = op;
    setResult(c, anyShape(d));
    c.opd0_prec = op == RqDqOp::DequantFloat || op == RqDqOp::DequantInteger ? d.of<uint32_t>({kI8, kI16}) : kI32;
    c.res0_prec = d.of<uint32_t>({kI8, kI16});
    if (op == RqDqOp::DequantFloat) c.res0_prec = kF32;
    c.opd0_sign = d.chance(80);
    c.opd2_sign = d.chance(50);
    c.opd0_addr = place(d, 0);
    c.res0_addr = place(d, 3);
    c.opd2_n_str = static_cast<uint32_t>(op == RqDqOp::RequantFloat ? d.roll(0, 4) : d.roll(0, 6));
    c.opd1_const = 1; // tables are the business of a network's streams: random words are no shifts
    const auto bitsOfFloat = [](float f) { return std::bit_cast<uint32_t>(f); };
    switch (op) {
    case RqDqOp::RequantInteger:
        c.opd1_addr = d.bits() >> 1;
        c.opd2_addr = static_cast<uint8_t>(-d.roll(25, 60)) | static_cast<uint32_t>(d.roll(-100, 100)) << 16;
        break;
    case RqDqOp::RequantFloat:
        c.opd1_addr = bitsOfFloat(d.real() * 1e-7f);
        c.opd2_addr = bitsOfFloat(d.real() * 10);
        break;
    case RqDqOp::DequantFloat:
        c.opd1_addr = static_cast<uint32_t>(d.roll(-100, 100));
        c.opd2_addr = bitsOfFloat(d.real());
        break;
    default:
        c.opd1_addr = static_cast<uint16_t>(d.roll(-100, 100)) | static_cast<uint32_t>(-d.roll(0, 20)) << 16;
        c.opd2_addr = d.bits() >> 12;
        break;
    }
    return c;
}

Command compare(Dice& d) {
    SCmp c;
    c.tsk_eu_typ = static_cast<uint32_t>(d.roll(22, 26));
    setResult(c, anyShape(d));
    c.opd0_prec = d.of<uint32_t>({kI8, kI16, kI32});
    c.opd2_prec = d.chance(70) ? c.opd0_prec : kI8;
    c.opd0_sign = d.chance(50);
    c.res0_addr = place(d, 3);
    c.res1_addr = c.res0_addr + 0x8000;
    c.opd0_addr = place(d, 0);
    c.opd1_addr = place(d, 1);
    c.opd2_addr = place(d, 2);
    c.opd3_addr = place(d, 2) + 0x8000;
    if (d.chance(40)) c.opd1_const = 1, c.opd1_addr = d.bits();
    if (d.chance(30)) c.opd3_const = 1, c.opd3_addr = d.bits();
    return c;
}

Command outer(Dice& d) {
    SVc c;
    c.tsk_eu_typ = d.of<uint32_t>({VcOp::Mul, VcOp::Add, VcOp::Sub, VcOp::Max, VcOp::Min, VcOp::And, VcOp::Or, VcOp::Xor});
    c.res0_prec = c.opd0_prec = c.opd1_prec = d.of<uint32_t>({kI8, kI16, kI32});
    c.opd0_sign = c.opd1_sign = d.chance(50);
    c.opd0_c = static_cast<uint32_t>(d.roll(1, 5));
    c.opd0_w = static_cast<uint32_t>(d.roll(1, 6));
    c.opd1_w = static_cast<uint32_t>(d.roll(1, c.opd0_w));
    c.res0_c = static_cast<uint32_t>(d.roll(1, 70));
    c.res0_w = static_cast<uint32_t>(d.roll(1, 20));
    c.opd0_addr = place(d, 0);
    c.opd1_addr = place(d, 1);
    c.res0_addr = place(d, 3);
    return c;
}

Command product(Dice& d) {
    SMm2 c;
    c.tsk_eu_typ = static_cast<uint32_t>(d.roll(4, 5));
    c.opd0_sign = d.chance(50);
    c.opd1_sign = d.chance(50);
    c.res0_prec = kI32;
    c.opd2_const = 1;
    c.opd2_addr = d.chance(40) ? d.bits() & 0xff : 0;
    const auto rows = static_cast<uint32_t>(d.roll(1, 80)), inner = static_cast<uint32_t>(d.roll(1, 80)), columns = static_cast<uint32_t>(d.roll(1, 80));
    c.res0_c = rows;
    c.res0_w = columns;
    c.opd1_c = c.tsk_eu_typ == Mm2Op::Nn ? inner : columns;
    c.opd1_w = c.tsk_eu_typ == Mm2Op::Nn ? columns : inner;
    c.res_add = d.chance(30);
    c.opd0_addr = place(d, 0) % kLaneBytes;
    c.opd1_addr = place(d, 1) % kLaneBytes;
    c.res0_addr = 0x20000;
    return c;
}

} // namespace

std::vector<Group> integerGroups() {
    std::vector<Group> groups;
    const auto add = [&](std::string name, std::function<Command(Dice&)> make) {
        Group g;
        g.name = std::move(name);
        g.make = std::move(make);
        groups.push_back(std::move(g));
    };
    // Not ArOp::CopyBatch: the C model writes beyond its own buffers there.
    for (const uint32_t op : {ArOp::Mul, ArOp::Not, ArOp::Add, ArOp::Sub, ArOp::Max, ArOp::Min, ArOp::LogicShift, ArOp::And,
                              ArOp::Or, ArOp::Xor, ArOp::SelectGreater, ArOp::SelectEqual, ArOp::SelectLess, ArOp::Cast,
                              ArOp::AddSaturating, ArOp::SubSaturating, ArOp::Mac, ArOp::Copy, ArOp::MulSaturating,
                              ArOp::ArithmeticShift, ArOp::Rotate, ArOp::MulDoublingHighRound, ArOp::Abs,
                              ArOp::FirstOne, ArOp::FirstZero}) {
        SAr named;
        named.tsk_eu_typ = op;
        add("sAR " + operationName(Command(named)), [op](Dice& d) { return arithmetic(d, op); });
    }
    add("sCONV int8", convolution);
    add("sPorD depthwise int8", [](Dice& d) { return depthwise(d, PorDOp::Depthwise); });
    add("sPorD depthwise relu int8", [](Dice& d) { return depthwise(d, PorDOp::DepthwiseRelu); });
    add("sPorD average int8", [](Dice& d) { return depthwise(d, PorDOp::AveragePool); });
    add("sPorD maximum int8", [](Dice& d) { return depthwise(d, PorDOp::MaxPool); });
    add("sRQ integer", [](Dice& d) { return requant(d, RqDqOp::RequantInteger); });
    add("sRQ float", [](Dice& d) { return requant(d, RqDqOp::RequantFloat); });
    add("sDQ float", [](Dice& d) { return requant(d, RqDqOp::DequantFloat); });
    add("sDQ integer", [](Dice& d) { return requant(d, RqDqOp::DequantInteger); });
    add("sCMP integers", compare);
    add("sVC integers", outer);
    add("sMM2 int8", product);
    return groups;
}

} // namespace wb::test

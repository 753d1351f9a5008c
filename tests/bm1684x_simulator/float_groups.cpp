// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bm1684x_simulator/shapes.h"

#include "compiler/numeric/half.h"

#include <bit>

namespace wb::test {
namespace {

using namespace bm1684x;

Command floatArithmetic(Dice& d, uint32_t op, uint32_t precision) {
    SAr c;
    c.tsk_eu_typ = op;
    const Shape4 s = anyShape(d);
    setResult(c, s);
    c.tsk_opd_num = op == ArOp::Abs ? 1 : 2;
    c.res0_prec = c.opd0_prec = precision;
    if (op != ArOp::Abs) c.opd1_prec = precision;
    c.opd0_sign = c.opd1_sign = 1;
    c.opd0_addr = place(d, 0);
    c.res0_addr = place(d, 3);
    if (op != ArOp::Abs) c.opd1_addr = place(d, 1);
    if (op != ArOp::Abs && d.chance(25)) c.opd1_str = 3, c.opd1_c_str = 1;
    if (op == ArOp::Div) c.opd2_n_str = 2;
    if (op == ArOp::Mac) c.tsk_opd_num = 3, c.opd2_const = 1;
    return c;
}

Command cast(Dice& d, uint32_t from, uint32_t to) {
    SAr c;
    c.tsk_eu_typ = ArOp::Cast;
    setResult(c, anyShape(d));
    c.tsk_opd_num = 1;
    c.opd0_prec = from;
    c.res0_prec = to;
    c.opd0_sign = d.chance(70);
    c.opd2_sign = d.chance(70);
    c.opd2_n_str = static_cast<uint32_t>(d.roll(0, 4));
    c.opd0_addr = place(d, 0);
    c.res0_addr = place(d, 3);
    return c;
}

Command floatConvolution(Dice& d, uint32_t in, uint32_t out, bool adds = false) {
    SConv c;
    c.opd0_prec = in;
    c.res0_prec = out;
    const auto h = static_cast<uint32_t>(d.roll(1, 8)), w = static_cast<uint32_t>(d.roll(1, 10));
    c.opd3_const = 1;
    c.opd0_up_pad = c.opd0_dn_pad = static_cast<uint32_t>(d.roll(0, 1));
    c.opd0_lf_pad = c.opd0_rt_pad = static_cast<uint32_t>(d.roll(0, 1));
    const uint32_t height = h + 2 * c.opd0_up_pad, width = w + 2 * c.opd0_lf_pad;
    c.opd1_h = static_cast<uint32_t>(d.roll(1, std::min(3u, height)));
    c.opd1_w = static_cast<uint32_t>(d.roll(1, std::min(3u, width)));
    c.res_op_y_str = static_cast<uint32_t>(d.roll(1, 2));
    c.res_op_x_str = static_cast<uint32_t>(d.roll(1, 2));
    setResult(c, {1, static_cast<uint32_t>(d.roll(1, 70)), (height - c.opd1_h) / c.res_op_y_str + 1, (width - c.opd1_w) / c.res_op_x_str + 1});
    c.opd0_c = static_cast<uint32_t>(d.roll(1, 40));
    c.opd0_h = h;
    c.opd0_w = w;
    c.opd0_addr = place(d, 0);
    c.opd1_addr = place(d, 1) % kLaneBytes;
    c.opd2_const = 1; // memory holds narrow floats, a bias is wide
    c.opd2_addr = d.chance(50) ? 0 : std::bit_cast<uint32_t>(d.real());
    if (in == kF32 && d.chance(50)) c.opd2_const = 0, c.opd2_addr = place(d, 2) % kLaneBytes;
    c.res_add = adds;
    c.res0_addr = 0x30000;
    return c;
}

Command window(Dice& d, uint32_t op, uint32_t precision) {
    SPorD c;
    c.tsk_eu_typ = op;
    c.res0_prec = c.opd0_prec = precision;
    const auto h = static_cast<uint32_t>(d.roll(2, 9)), w = static_cast<uint32_t>(d.roll(2, 12));
    c.opd3_const = 1;
    c.opd0_up_pad = c.opd0_dn_pad = static_cast<uint32_t>(d.roll(0, 1));
    c.opd0_lf_pad = c.opd0_rt_pad = static_cast<uint32_t>(d.roll(0, 1));
    const uint32_t height = h + 2 * c.opd0_up_pad, width = w + 2 * c.opd0_lf_pad;
    c.opd1_h = static_cast<uint32_t>(d.roll(1, std::min(3u, height)));
    c.opd1_w = static_cast<uint32_t>(d.roll(1, std::min(3u, width)));
    c.res_op_y_str = static_cast<uint32_t>(d.roll(1, 2));
    c.res_op_x_str = static_cast<uint32_t>(d.roll(1, 2));
    c.opd0_h = h;
    c.opd0_w = w;
    setResult(c, {1, static_cast<uint32_t>(d.roll(1, 70)), (height - c.opd1_h) / c.res_op_y_str + 1, (width - c.opd1_w) / c.res_op_x_str + 1});
    c.opd0_addr = place(d, 0) % kLaneBytes;
    c.opd1_addr = place(d, 1) % kLaneBytes;
    c.opd2_addr = place(d, 2) % kLaneBytes;
    c.res0_addr = 0x30000;
    if (op == PorDOp::AveragePool) {
        c.opd1_const = 1;
        const float f = 1.0f / static_cast<float>(c.opd1_h * c.opd1_w);
        c.opd1_addr = precision == kF32 ? std::bit_cast<uint32_t>(f) : numeric::toHalf(f);
        c.opd2_addr = 0;
    }
    if (op == PorDOp::MaxPool) c.opd1_addr = c.opd2_addr = 0;
    return c;
}

Command taylor(Dice& d, uint32_t op, uint32_t precision) {
    SSfu c;
    c.tsk_eu_typ = op;
    c.res0_prec = c.opd0_prec = precision;
    setResult(c, anyShape(d));
    c.opd1_n = static_cast<uint32_t>(d.roll(2, 5));
    c.opd2_n_str = 1;
    c.opd0_addr = place(d, 0);
    c.res0_addr = c.opd0_addr % kLaneBytes / 0x10000 * 0x10000 + c.opd0_addr / kLaneBytes * kLaneBytes + 0x30000;
    c.opd1_addr = c.opd0_addr / kLaneBytes * kLaneBytes + 0x10000;
    return c;
}

Command linear(Dice& d, uint32_t op, uint32_t precision) {
    SLin c;
    c.tsk_eu_typ = op;
    c.res0_prec = precision;
    setResult(c, anyShape(d));
    c.opd0_addr = place(d, 0) % kLaneBytes;
    c.opd1_addr = place(d, 1) % kLaneBytes;
    if (op == LinOp::Mac) c.opd2_addr = place(d, 2) % kLaneBytes;
    c.res0_addr = 0x30000;
    return c;
}

Command floatProduct(Dice& d, bool adds) {
    SMm c;
    c.tsk_eu_typ = MmOp::Normal;
    c.res0_prec = c.opd0_prec = kF32;
    c.opd0_n = static_cast<uint32_t>(d.roll(1, 12));
    c.opd0_c = static_cast<uint32_t>(d.roll(1, 5));
    c.opd0_w = static_cast<uint32_t>(d.roll(1, 8));
    c.opd1_w = static_cast<uint32_t>(d.roll(1, c.opd0_w));
    c.left_tran = d.chance(30);
    c.res0_c = static_cast<uint32_t>(d.roll(1, 6));
    c.res0_w = static_cast<uint32_t>(d.roll(1, 12));
    c.opd0_addr = place(d, 0) % kLaneBytes;
    c.opd1_addr = place(d, 1) % kLaneBytes;
    c.opd2_addr = place(d, 2) % kLaneBytes;
    if (d.chance(50)) c.opd2_const = 1, c.opd2_addr = 0;
    c.res_add = adds;
    c.res0_addr = 0x30000;
    return c;
}

Command productOfLanes(Dice& d, uint32_t precision, uint32_t out) {
    SMm2 c;
    c.tsk_eu_typ = static_cast<uint32_t>(d.roll(4, 5));
    c.opd0_prec = precision;
    c.res0_prec = out;
    const auto rows = static_cast<uint32_t>(d.roll(1, 70)), inner = static_cast<uint32_t>(d.roll(1, 40)), columns = static_cast<uint32_t>(d.roll(1, 50));
    c.res0_c = rows;
    c.res0_w = columns;
    c.opd1_c = c.tsk_eu_typ == Mm2Op::Nn ? inner : columns;
    c.opd1_w = c.tsk_eu_typ == Mm2Op::Nn ? columns : inner;
    c.opd0_addr = place(d, 0) % kLaneBytes;
    c.opd1_addr = place(d, 1) % kLaneBytes;
    c.res0_addr = 0x20000;
    return c;
}

Command floatCompare(Dice& d, uint32_t precision) {
    SCmp c;
    c.tsk_eu_typ = static_cast<uint32_t>(d.roll(22, 26));
    setResult(c, anyShape(d));
    c.opd0_prec = c.opd2_prec = precision;
    c.res0_addr = place(d, 3);
    c.res1_addr = c.res0_addr + 0x8000;
    c.opd0_addr = place(d, 0);
    c.opd1_addr = place(d, 1);
    c.opd2_addr = place(d, 2);
    c.opd3_addr = place(d, 2) + 0x8000;
    if (d.chance(40)) c.opd1_const = 1, c.opd1_addr = 0;
    return c;
}

} // namespace

std::vector<Group> floatGroups() {
    std::vector<Group> groups;
    const auto add = [&](std::string name, Fill fill, uint32_t result, double tolerance, std::function<Command(Dice&)> make) {
        Group g;
        g.name = std::move(name);
        g.fill = fill;
        g.result = static_cast<Precision>(result);
        g.tolerance = tolerance;
        g.make = std::move(make);
        groups.push_back(std::move(g));
    };
    const struct { uint32_t code; Fill fill; const char* name; } kinds[] = {
        {kF32, Fill::F32, "f32"}, {kF16, Fill::F16, "f16"}, {kBf16, Fill::Bf16, "bf16"}};
    for (const auto& k : kinds) {
        const std::string name = k.name;
        for (const uint32_t op : {ArOp::Mul, ArOp::Add, ArOp::Sub, ArOp::Max, ArOp::Min, ArOp::Abs, ArOp::AbsDifference}) {
            SAr named;
            named.tsk_eu_typ = op;
            add("sAR " + operationName(Command(named)) + " " + name, k.fill, k.code, 0, [op, k](Dice& d) { return floatArithmetic(d, op, k.code); });
        }
        for (const uint32_t to : {kI8, kI16, kI32, kF32, kF16, kBf16})
            if (to == k.code || to < 5 || k.code == kF32)
                if (!(to == kF16 && k.code == kBf16))
                    add("sAR Cast " + name + " to " + std::to_string(to), k.fill, to, 0, [to, k](Dice& d) { return cast(d, k.code, to); });
        for (const uint32_t from : {kI8, kI16, kI32})
            add("sAR Cast " + std::to_string(from) + " to " + name, Fill::Bytes, k.code, 0, [from, k](Dice& d) { return cast(d, from, k.code); });
        add("sCONV " + name, k.fill, k.code, 0, [k](Dice& d) { return floatConvolution(d, k.code, k.code); });
        add("sPorD depthwise " + name, k.fill, k.code, 0, [k](Dice& d) { return window(d, PorDOp::Depthwise, k.code); });
        add("sPorD maximum " + name, k.fill, k.code, 0, [k](Dice& d) { return window(d, PorDOp::MaxPool, k.code); });
        add("sSFU taylor " + name, k.fill, k.code, 0, [k](Dice& d) { return taylor(d, SfuOp::Taylor, k.code); });
        add("sSFU taylor4x " + name, k.fill, k.code, 0, [k](Dice& d) { return taylor(d, SfuOp::Taylor4x, k.code); });
        add("sLIN mac " + name, k.fill, k.code, 0, [k](Dice& d) { return linear(d, LinOp::Mac, k.code); });
        add("sLIN square sum " + name, k.fill, k.code, 0, [k](Dice& d) { return linear(d, LinOp::SquareSum, k.code); });
        add("sLIN square difference " + name, k.fill, k.code, 0, [k](Dice& d) { return linear(d, LinOp::SquareDifference, k.code); });
        add("sCMP " + name, k.fill, k.code, 0, [k](Dice& d) { return floatCompare(d, k.code); });
    }
    add("sPorD average f32", Fill::F32, kF32, 0, [](Dice& d) { return window(d, PorDOp::AveragePool, kF32); });
    add("sPorD average f16", Fill::F16, kF16, 0, [](Dice& d) { return window(d, PorDOp::AveragePool, kF16); });
    add("sCONV f16 to f32", Fill::F16, kF32, 0, [](Dice& d) { return floatConvolution(d, kF16, kF32); });
    add("sAR Div f32", Fill::F32, kF32, 0, [](Dice& d) { return floatArithmetic(d, ArOp::Div, kF32); });
    add("sAR Mac f32", Fill::F32, kF32, 0, [](Dice& d) { return floatArithmetic(d, ArOp::Mac, kF32); });
    add("sMM f32", Fill::F32, kF32, 0, [](Dice& d) { return floatProduct(d, false); });
    // Where bias and earlier result enter the sum is not quite as here.
    add("sMM f32 adding", Fill::F32, kF32, 1e-5, [](Dice& d) { return floatProduct(d, true); });
    add("sCONV f32 adding", Fill::F32, kF32, 1e-5, [](Dice& d) { return floatConvolution(d, kF32, kF32, true); });
    add("sMM2 f16", Fill::F16, kF16, 0, [](Dice& d) { return productOfLanes(d, kF16, kF16); });
    add("sMM2 f16 to f32", Fill::F16, kF32, 0, [](Dice& d) { return productOfLanes(d, kF16, kF32); });
    add("sMM2 bf16", Fill::Bf16, kBf16, 0, [](Dice& d) { return productOfLanes(d, kBf16, kBf16); });
    return groups;
}

} // namespace wb::test

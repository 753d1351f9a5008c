// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bm1684x_simulator/shapes.h"

namespace wb::test {
namespace {

using namespace bm1684x;

Command lanes(Dice& d, uint32_t op) {
    STransBc c;
    c.tsk_eu_typ = op;
    c.res0_prec = d.of<uint32_t>({kI8, kI16, kI32});
    setResult(c, anyShape(d));
    if (op <= TransBcOp::TransposeWc) {
        c.opd0_c = c.res0_w;
        c.opd0_w = c.res0_c;
        c.opd0_addr = place(d, 0) % kLaneBytes;
        c.res0_addr = place(d, 3) % kLaneBytes;
        return c;
    }
    c.opd0_c = op == TransBcOp::LaneBroadcast ? 1 : c.res0_c;
    c.opd0_w = c.res0_w;
    c.opd0_addr = place(d, 0);
    c.res0_addr = place(d, 3);
    if (op == TransBcOp::LaneCopy && d.chance(20)) c.res0_addr = (c.opd0_addr + 5 * kLaneBytes) % kLocalBytes; // over itself
    if (op >= TransBcOp::StaticBroadcast) {
        c.res0_n = c.res0_h = 1;
        if (op == TransBcOp::StaticDistribute) c.res0_w = c.opd0_w = 1;
        c.opd0_addr = static_cast<uint32_t>(kStaticBase + static_cast<uint64_t>(d.roll(0, 30)) * 64);
    }
    return c;
}

Command pick(Dice& d, uint32_t op) {
    SSg c;
    c.tsk_eu_typ = op;
    c.res0_prec = c.opd0_prec = d.of<uint32_t>({kI8, kI16, kI32});
    c.opd1_prec = d.of<uint32_t>({kI8, kI16});
    setResult(c, {static_cast<uint32_t>(d.roll(1, 2)), static_cast<uint32_t>(d.roll(1, 130)), 1, static_cast<uint32_t>(d.roll(1, 64))});
    c.opd0_h = 1;
    c.opd0_w = static_cast<uint32_t>(d.roll(64, 256)); // memory holds numbers below 64
    c.opd1_c = c.res0_c;
    c.opd1_w = c.res0_w;
    c.opd0_addr = place(d, 0) % kLaneBytes;
    c.opd1_addr = place(d, 1) % kLaneBytes;
    c.res0_addr = place(d, 3) % kLaneBytes;
    if ((op == SgOp::PeGatherD1 || op == SgOp::PeGatherHazard) && d.chance(50)) c.opd0_str = 4;
    if (op == SgOp::PlGatherD1) c.opd1_c = c.res0_w, c.opd1_w = 1;
    if (op == SgOp::PeScatterD1 || op == SgOp::PeScatterHazard) {
        c.opd0_w = c.opd1_w = static_cast<uint32_t>(d.roll(1, 60));
        c.res0_w = static_cast<uint32_t>(d.roll(64, 90));
    }
    return c;
}

uint64_t global(Dice& d, int half) { return kGlobalBase + static_cast<uint64_t>(half) * 0x200000 + static_cast<uint64_t>(d.roll(0, 4000)) * 4; }
uint64_t local(Dice& d, int operand) { return kLocalBase + place(d, operand, 4); }

/// Strides of a random box: contiguous, or with gaps.
template <class Set> void strides(Dice& d, bool inLanes, uint32_t h, uint32_t w, uint32_t c, bool wide, const Set& set) {
    const uint32_t ws = wide && d.chance(25) ? 2 : 1;
    const uint32_t hs = w * ws + static_cast<uint32_t>(d.chance(30) ? d.roll(0, 5) : 0);
    const uint32_t cs = h * hs + static_cast<uint32_t>(d.chance(30) ? d.roll(0, 9) : 0);
    set(cs * (inLanes ? 4 : c), cs, hs, ws);
}

Command tensor(Dice& d, uint32_t function, bool strided, bool constant) {
    DmaTensor c;
    c.cmd_special_function = function;
    c.stride_enable = strided;
    c.src_data_format = d.of<uint32_t>({kI8, kI16, kI32, kF16, kF32});
    Shape4 s = anyShape(d);
    if (function == DmaTensorOp::Broadcast) s.c = 1;
    c.src_nsize = s.n;
    c.src_csize = s.c;
    c.src_hsize = s.h;
    c.src_wsize = s.w;
    Shape4 t = s;
    if (function == DmaTensorOp::Broadcast) t.c = static_cast<uint32_t>(d.roll(1, 64));
    if (function == DmaTensorOp::TransposeNc) std::swap(t.n, t.c);
    if (function == DmaTensorOp::Collect || function == DmaTensorOp::Distribute) std::swap(t.c, t.w);
    c.dst_nsize = t.n;
    c.dst_csize = t.c;
    c.dst_hsize = t.h;
    c.dst_wsize = t.w;
    c.nchw_copy = function == DmaTensorOp::Copy && d.chance(60);
    bool fromLanes = d.chance(50), toLanes = d.chance(50);
    if (function == DmaTensorOp::Broadcast || function == DmaTensorOp::Distribute) toLanes = true;
    if (function == DmaTensorOp::Distribute) fromLanes = false;
    if (function == DmaTensorOp::Collect) fromLanes = true, toLanes = false;
    c.setSource(fromLanes ? local(d, 0) : global(d, 0));
    c.setDestination(toLanes ? local(d, 2) : global(d, 1));
    const bool wide = function == DmaTensorOp::Copy;
    strides(d, fromLanes, s.h, s.w, s.c, wide, [&](uint32_t n, uint32_t ch, uint32_t h, uint32_t w) {
        c.src_nstride = n, c.src_cstride = ch, c.src_hstride = h, c.src_wstride = w;
    });
    strides(d, toLanes, t.h, t.w, t.c, wide, [&](uint32_t n, uint32_t ch, uint32_t h, uint32_t w) {
        c.dst_nstride = n, c.dst_cstride = ch, c.dst_hstride = h, c.dst_wstride = w;
    });
    if (!strided) {
        c.setSource(c.source() / 64 * 64);
        c.setDestination(c.destination() / 64 * 64);
    }
    if (constant) {
        c.fill_constant_en = 1;
        c.constant_value = d.bits();
    }
    return c;
}

Command reshaped(Dice& d) {
    Command command = tensor(d, DmaTensorOp::Copy, true, false);
    auto& c = std::get<DmaTensor>(command);
    c.nchw_copy = 0;
    c.dst_hsize = c.src_wsize; // as many elements, other rows
    c.dst_wsize = c.src_hsize;
    return command;
}

Command matrix(Dice& d, uint32_t function) {
    DmaMatrix c;
    c.cmd_special_function = function;
    c.stride_enable = 1;
    c.src_data_format = d.of<uint32_t>({kI8, kI16, kF32});
    const auto rows = static_cast<uint32_t>(d.roll(1, 12)), columns = static_cast<uint32_t>(d.roll(1, 200));
    const uint32_t localRows = function ? columns : rows, localColumns = function ? rows : columns;
    const auto piece = static_cast<uint32_t>(d.roll(std::max<int64_t>(1, localColumns / 60), localColumns));
    const uint32_t count = (localColumns + piece - 1) / piece;
    const uint32_t cs = (piece + 15) / 16 * 16, ns = cs * 2;
    if (d.chance(50)) {
        c.setSource(global(d, 0));
        c.setDestination(local(d, 2));
        c.src_hsize = rows, c.src_wsize = columns, c.src_hstride = columns + 3;
        c.dst_nsize = localRows, c.dst_csize = count, c.dst_hsize = 1, c.dst_wsize = piece;
        c.dst_nstride = ns, c.dst_cstride = cs;
    } else {
        c.setDestination(global(d, 1));
        c.setSource(local(d, 0));
        c.dst_hsize = rows, c.dst_wsize = columns, c.dst_hstride = columns + 3;
        c.src_nsize = localRows, c.src_csize = count, c.src_hsize = 1, c.src_wsize = piece;
        c.src_nstride = ns, c.src_cstride = cs;
    }
    return c;
}

Command general(Dice& d, bool broadcast, bool constant) {
    DmaGeneral c;
    c.src_data_format = d.of<uint32_t>({kI8, kI16, kI32});
    c.move_length = static_cast<uint32_t>(d.roll(1, 3000));
    c.setSource(d.chance(50) && !broadcast ? local(d, 0) : global(d, 0));
    c.setDestination(broadcast || d.chance(50) ? kLocalBase + place(d, 2, 4) % kLaneBytes : global(d, 1));
    if (broadcast) {
        c.cmd_special_function = DmaGeneralOp::Broadcast;
        c.dst_csize = static_cast<uint32_t>(d.roll(1, 64));
    }
    if (constant) c.fill_constant_en = 1, c.constant_value = d.bits();
    return c;
}

Command crossed(Dice& d) {
    DmaCwTranspose c;
    c.stride_enable = 1;
    c.src_data_format = d.of<uint32_t>({kI8, kI16, kF32});
    const Shape4 s = anyShape(d);
    c.src_nsize = s.n, c.src_csize = s.c, c.src_hsize = s.h, c.src_wsize = s.w;
    c.dst_nsize = s.n, c.dst_csize = s.w, c.dst_hsize = s.h, c.dst_wsize = s.c;
    const bool fromLanes = d.chance(50), toLanes = d.chance(50);
    c.setSource(fromLanes ? local(d, 0) : global(d, 0));
    c.setDestination(toLanes ? local(d, 2) : global(d, 1));
    strides(d, fromLanes, s.h, s.w, s.c, false, [&](uint32_t n, uint32_t ch, uint32_t h, uint32_t w) { c.src_nstride = n, c.src_cstride = ch, c.src_hstride = h, c.src_wstride = w; });
    strides(d, toLanes, s.h, s.c, s.w, false, [&](uint32_t n, uint32_t ch, uint32_t h, uint32_t w) { c.dst_nstride = n, c.dst_cstride = ch, c.dst_hstride = h, c.dst_wstride = w; });
    return c;
}

template <class C> Command rows(Dice& d, bool gathers) {
    C c;
    c.stride_enable = 1;
    c.src_data_format = d.of<uint32_t>({kI8, kI16, kF32});
    const auto channels = static_cast<uint32_t>(d.roll(1, 20)), width = static_cast<uint32_t>(d.roll(1, 30)), picked = static_cast<uint32_t>(d.roll(1, 20));
    c.src_csize = channels;
    c.src_hsize = gathers ? static_cast<uint32_t>(d.roll(20, 70)) : picked;
    c.src_wsize = c.dst_wsize = width;
    c.dst_csize = channels;
    c.dst_hsize = gathers ? picked : static_cast<uint32_t>(d.roll(20, 70));
    c.index_csize = d.chance(50) ? 1 : channels;
    c.index_hsize = picked;
    c.src_hstride = c.dst_hstride = width;
    c.src_cstride = c.src_hsize * width;
    c.dst_cstride = c.dst_hsize * width;
    c.index_hstride = 1;
    c.index_cstride = picked;
    c.constant_value = d.bits();
    c.setSource(global(d, 0));
    c.setDestination(global(d, 1));
    c.setIndex(kGlobalBase + 0x380000 + static_cast<uint64_t>(d.roll(0, 200)) * 4);
    return c;
}

} // namespace

std::vector<Group> moveGroups() {
    std::vector<Group> groups;
    const auto add = [&](std::string name, std::function<Command(Dice&)> make, Fill fill = Fill::Bytes) {
        Group g;
        g.name = std::move(name);
        g.fill = fill;
        g.make = std::move(make);
        groups.push_back(std::move(g));
    };
    for (const uint32_t op : {0u, 1u, 2u, 3u, 4u, 5u}) {
        STransBc named;
        named.tsk_eu_typ = op;
        add("sTRANS&sBC " + operationName(Command(named)), [op](Dice& d) { return lanes(d, op); });
    }
    for (const uint32_t op : {SgOp::PlGatherD1, SgOp::PeGatherD1, SgOp::PeScatterD1, SgOp::PeGatherHazard, SgOp::PeScatterHazard}) {
        SSg named;
        named.tsk_eu_typ = op;
        add("sSG " + operationName(Command(named)), [op](Dice& d) { return pick(d, op); }, Fill::SmallIntegers16);
    }
    for (const uint32_t function : {0u, 1u, 2u, 3u, 4u}) {
        DmaTensor named;
        named.cmd_special_function = function;
        const auto name = operationName(Command(named));
        add("DMA_tensor " + name, [function](Dice& d) { return tensor(d, function, true, false); });
        if (function == 0 || function == 3)
            add("DMA_tensor without strides " + name, [function](Dice& d) { return tensor(d, function, false, false); });
    }
    add("DMA_tensor constant", [](Dice& d) { return tensor(d, 0, true, true); });
    add("DMA_tensor reshaping", reshaped);
    add("DMA_matrix copy", [](Dice& d) { return matrix(d, 0); });
    add("DMA_matrix transpose", [](Dice& d) { return matrix(d, 1); });
    add("DMA_general copy", [](Dice& d) { return general(d, false, false); });
    add("DMA_general broadcast", [](Dice& d) { return general(d, true, false); });
    add("DMA_general constant", [](Dice& d) { return general(d, false, true); });
    add("DMA_cw_transpose", crossed);
    add("DMA_gather", [](Dice& d) { return rows<DmaGather>(d, true); }, Fill::SmallIntegers16);
    add("DMA_scatter", [](Dice& d) { return rows<DmaScatter>(d, false); }, Fill::SmallIntegers16);
    return groups;
}

} // namespace wb::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bm1684x_isa/small_commands.h"

namespace wb::test {
namespace {

using namespace wb::bm1684x;

uint64_t local(int bank, int64_t lane) {
    return kLocalBase + static_cast<uint64_t>(lane * kLaneBytes + bank * kBankBytes);
}

enum class Way { Load, Store, Move };
constexpr Way kWays[] = {Way::Load, Way::Store, Way::Move};

template <class C> void ends(C& c, Random& r, Way way, int64_t lane) {
    const uint64_t ddr = kGlobalBase + r.below(64) * 4096;
    c.setSource(way == Way::Load
                    ? ddr
                    : local(8, static_cast<int64_t>(
                                   way == Way::Move ? r.below(64) : static_cast<uint64_t>(lane))));
    c.setDestination(way == Way::Store ? ddr : local(0, lane));
}

template <class C> void sizes(C& c, uint32_t n, uint32_t ch, uint32_t h, uint32_t w) {
    c.src_nsize = n;
    c.src_csize = ch;
    c.src_hsize = h;
    c.src_wsize = w;
}

DmaTensor tensor(Random& r, uint32_t function, Way way) {
    DmaTensor c;
    const uint32_t n = pick(r, 1, 3), ch = pick(r, 1, 130), h = pick(r, 1, 4), w = pick(r, 1, 20);
    const auto lane = static_cast<int64_t>(r.below(2) ? 0 : r.below(64));
    c.stride_enable = 1;
    c.cmd_special_function = function;
    c.src_data_format = pick(r, 0, 2);
    sizes(c, n, ch, h, w);
    uint32_t dn = n, dc = ch, dh = h, dw = w;
    if (function == DmaTensorOp::TransposeNc) std::swap(dn, dc);
    if (function == DmaTensorOp::Collect || function == DmaTensorOp::Distribute) std::swap(dc, dw);
    if (function == DmaTensorOp::Broadcast) {
        c.src_csize = 1;
        dc = pick(r, 1, static_cast<uint64_t>(64 - lane));
    } else
        c.nchw_copy = function == DmaTensorOp::Copy;
    c.dst_nsize = dn;
    c.dst_csize = dc;
    c.dst_hsize = dh;
    c.dst_wsize = dw;
    const bool steps = function == DmaTensorOp::Copy && r.below(3) == 0;
    const auto strides = [&](uint32_t rows, uint32_t height, uint32_t width, auto& sn, auto& sc,
                             auto& sh, auto& sw) {
        sw = steps ? 2 : 1;
        sh = width * sw + pick(r, 0, 3);
        sc = sh * height + pick(r, 0, 16);
        sn = sc * rows;
    };
    strides(ch, h, w, c.src_nstride, c.src_cstride, c.src_hstride, c.src_wstride);
    strides(way == Way::Store ? dc : 4, dh, dw, c.dst_nstride, c.dst_cstride, c.dst_hstride,
            c.dst_wstride);
    ends(c, r, way, lane);
    return c;
}

DmaTensor fill(Random& r) {
    DmaTensor c = tensor(r, DmaTensorOp::Copy, Way::Load);
    c.fill_constant_en = 1;
    c.constant_value = 0x3F800000;
    return c;
}

DmaMatrix matrixTransfer(Random& r, uint32_t function, Way way) {
    DmaMatrix c;
    c.stride_enable = 1;
    c.cmd_special_function = function;
    c.src_data_format = pick(r, 0, 2);
    const uint32_t h = pick(r, 1, 6), w = pick(r, 1, 90), piece = pick(r, 3, 16),
                   rowPitch = w + pick(r, 0, 4);
    const bool transposes = function == DmaMatrixOp::Transpose;
    const uint32_t rows = transposes ? w : h, columns = transposes ? h : w,
                   pieces = (columns + piece - 1) / piece;
    const uint32_t row = 64; // elements between rows of pieces
    if (way == Way::Load) {
        c.src_nsize = c.src_csize = 1;
        c.src_hsize = h, c.src_wsize = w, c.src_hstride = rowPitch;
        c.dst_nsize = rows, c.dst_csize = pieces, c.dst_hsize = 1, c.dst_wsize = piece;
        c.dst_cstride = row, c.dst_nstride = row * ((pieces + 63) / 64);
    } else {
        c.dst_nsize = c.dst_csize = 1;
        c.dst_hsize = h, c.dst_wsize = w, c.dst_hstride = rowPitch;
        c.src_nsize = rows, c.src_csize = pieces, c.src_hsize = 1, c.src_wsize = piece;
        c.src_cstride = row, c.src_nstride = row * ((pieces + 63) / 64);
    }
    ends(c, r, way, 0);
    return c;
}

DmaGeneral general(Random& r, uint32_t function, Way way) {
    DmaGeneral c;
    c.cmd_special_function = function;
    c.src_data_format = pick(r, 0, 2);
    c.move_length = pick(r, 1, 3000);
    ends(c, r, way, function == DmaGeneralOp::Broadcast ? 0 : static_cast<int64_t>(r.below(60)));
    if (function == DmaGeneralOp::Broadcast)
        c.dst_csize = pick(r, 1, 64);
    else if (way == Way::Load)
        c.setDestination(c.destination() + 15 * kBankBytes + 14000); // into the next lane
    return c;
}

DmaCwTranspose swapChannels(Random& r, Way way) {
    DmaCwTranspose c;
    c.stride_enable = 1;
    c.src_data_format = pick(r, 0, 2);
    const uint32_t n = pick(r, 1, 2), ch = pick(r, 1, 70), h = pick(r, 1, 3), w = pick(r, 1, 70);
    sizes(c, n, ch, h, w);
    c.dst_nsize = n, c.dst_csize = w, c.dst_hsize = h, c.dst_wsize = ch;
    c.src_wstride = c.dst_wstride = 1;
    c.src_hstride = w, c.src_cstride = w * h, c.src_nstride = w * h * (way == Way::Load ? ch : 2);
    c.dst_hstride = ch, c.dst_cstride = ch * h,
    c.dst_nstride = ch * h * (way == Way::Store ? w : 2);
    ends(c, r, way, 0);
    return c;
}

template <class C> C rows(Random& r) {
    C c;
    c.src_data_format = pick(r, 0, 2);
    const uint32_t ch = pick(r, 1, 60), w = pick(r, 1, 16), count = pick(r, 1, 4);
    c.src_csize = ch, c.src_hsize = 2, c.src_wsize = w, c.src_hstride = w, c.src_cstride = 2 * w;
    c.dst_csize = ch, c.dst_hsize = count, c.dst_wsize = w, c.dst_hstride = w, c.dst_cstride = 64;
    c.index_csize = ch, c.index_hsize = count, c.index_hstride = 1, c.index_cstride = count;
    c.stride_enable = 1;
    c.setSource(kGlobalBase);
    c.setDestination(local(0, 0));
    c.setIndex(local(4, 0));
    return c;
}

} // namespace

std::vector<SmallCommand> smallTransfers() {
    std::vector<SmallCommand> out;
    const auto add = [&](std::string name, std::function<Command(Random&)> make,
                         Filling filling = Filling::Moderate) {
        out.push_back({"DMA " + std::move(name), filling, std::move(make)});
    };
    for (const Way way : kWays) {
        add("tensor copy", [=](Random& r) { return tensor(r, DmaTensorOp::Copy, way); });
        add("tensor transpose",
            [=](Random& r) { return tensor(r, DmaTensorOp::TransposeNc, way); });
        add("cw transpose", [=](Random& r) { return swapChannels(r, way); });
    }
    add("tensor broadcast", [](Random& r) { return tensor(r, DmaTensorOp::Broadcast, Way::Load); });
    add("tensor collect", [](Random& r) { return tensor(r, DmaTensorOp::Collect, Way::Store); });
    add("tensor distribute",
        [](Random& r) { return tensor(r, DmaTensorOp::Distribute, Way::Load); });
    add("tensor fill", fill);
    for (const Way way : {Way::Load, Way::Store})
        for (const uint32_t function : {DmaMatrixOp::Copy, DmaMatrixOp::Transpose})
            add("matrixTransfer", [=](Random& r) { return matrixTransfer(r, function, way); });
    for (const Way way : {Way::Load, Way::Store})
        add("general", [=](Random& r) { return general(r, DmaGeneralOp::Copy, way); });
    add("general broadcast",
        [](Random& r) { return general(r, DmaGeneralOp::Broadcast, Way::Load); });
    add("gather", rows<DmaGather>, Filling::Flags);
    return out;
}

} // namespace wb::test

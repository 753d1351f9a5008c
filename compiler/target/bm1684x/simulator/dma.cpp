// SPDX-License-Identifier: GPL-3.0-or-later
// GDMA: moving elements between and within memories. One side is a box of elements with strides; in local memory its
// channels run over the lanes.
#include "compiler/target/bm1684x/simulator/dma.h"

#include "compiler/target/bm1684x/simulator/elements.h"
#include "compiler/target/bm1684x/simulator/executors.h"

#include <cstdio>

namespace wb::bm1684x::sim {

Result<Side> sideOf(const Context& x, const char* name, uint64_t address, const Four& shape, const Four& strides,
                    int64_t itemBytes) {
    char where[64];
    std::snprintf(where, sizeof where, "%s at 0x%llx ", name, static_cast<unsigned long long>(address));
    for (const int64_t size : shape)
        if (size < 1) return x.fault(std::string(where) + "has no elements");
    Side side;
    side.shape = shape;
    side.strides = strides;
    side.itemBytes = itemBytes;
    side.local = address >= kLocalBase && address < kLocalBase + kLocalBytes;
    int64_t last = 0;
    for (size_t axis = 0; axis < 4; ++axis) {
        const int64_t lane = side.local ? static_cast<int64_t>((address - kLocalBase) / kLaneBytes) : 0;
        last += (axis == 1 && side.local ? (lane + shape[1] - 1) / kLanes : shape[axis] - 1) * strides[axis];
    }
    if (!side.local) {
        side.base = x.memory.find(address, static_cast<uint64_t>(last + 1) * static_cast<uint64_t>(itemBytes));
        if (side.base == nullptr) return x.fault(std::string(where) + "is not all in one area of memory");
        return side;
    }
    side.base = x.memory.local().data();
    side.lane0 = static_cast<int64_t>(address - kLocalBase) / kLaneBytes;
    side.offset = static_cast<int64_t>(address - kLocalBase) % kLaneBytes;
    if (side.offset + (last + 1) * itemBytes > kLaneBytes) return x.fault(std::string(where) + "ends behind its lane");
    return side;
}

Status moveRows(const Context& x, const Side* from, uint32_t constant, const Side& to) {
    Cursor source(from ? *from : to), target(to);
    int64_t since = 0;
    while (!target.done()) {
        const int64_t count = std::min(source.left(), target.left());
        if (from) copyElements(source.at(), from->strides[3], target.at(), to.strides[3], to.itemBytes, count);
        else fillElements(target.at(), to.strides[3], to.itemBytes, constant, count);
        source.advance(count);
        target.advance(count);
        since += count;
        if (since > 1 << 20) {
            since = 0;
            WB_TRY(x.job.checkStop());
        }
    }
    return {};
}

namespace {

template <class C> Status checkCommon(const Context& x, const C& c) {
    if (c.decompress_enable) return x.unknown("decompression");
    if (c.localmem_mask_l32 != 0xffff'ffff || c.localmem_mask_h32 != 0xffff'ffff) return x.unknown("a lane mask");
    return {};
}

Four permuted(const Four& v, const std::array<int, 4>& order) {
    return {v[static_cast<size_t>(order[0])], v[static_cast<size_t>(order[1])], v[static_cast<size_t>(order[2])],
            v[static_cast<size_t>(order[3])]};
}

/// Copies with axes exchanged: element (i, j, k, l) of the source goes where the permuted indices say.
Status moveTransposed(const Context& x, const Side* from, uint32_t constant, const Side& to,
                      const std::array<int, 4>& order) {
    if (!from) return moveRows(x, from, constant, to);
    Four at{};
    int64_t since = 0;
    for (at[0] = 0; at[0] < from->shape[0]; ++at[0])
        for (at[1] = 0; at[1] < from->shape[1]; ++at[1])
            for (at[2] = 0; at[2] < from->shape[2]; ++at[2]) {
                for (at[3] = 0; at[3] < from->shape[3]; ++at[3])
                    std::memcpy(to.element(permuted(at, order)), from->element(at), static_cast<size_t>(to.itemBytes));
                since += from->shape[3];
                if (since > 1 << 18) {
                    since = 0;
                    WB_TRY(x.job.checkStop());
                }
            }
    return {};
}

Four naturalStrides(const Four& shape, uint64_t address, Precision precision) {
    if (address >= kLocalBase && address < kLocalBase + kLocalBytes)
        return stridesOf(Layout::Aligned, shape, static_cast<int64_t>((address - kLocalBase) / kLaneBytes), precision);
    return {shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1};
}

} // namespace

Status execute(const Context& x, const DmaTensor& c) {
    WB_TRY(checkCommon(x, c));
    WB_ASSIGN(const auto precision, precisionOf(x, "src", c.src_data_format));
    const uint32_t function = c.cmd_special_function;
    if (function > DmaTensorOp::Distribute) return x.unknown("this function");
    const Four source{c.src_nsize, c.src_csize, c.src_hsize, c.src_wsize};
    Four target = c.nchw_copy ? source : Four{c.dst_nsize, c.dst_csize, c.dst_hsize, c.dst_wsize};
    std::array<int, 4> order{0, 1, 2, 3};
    if (function == DmaTensorOp::Broadcast) target = {source[0], c.dst_csize, source[2], source[3]};
    if (function == DmaTensorOp::TransposeNc) order = {1, 0, 2, 3};
    if (function == DmaTensorOp::Collect || function == DmaTensorOp::Distribute) order = {0, 3, 2, 1};
    if (function != DmaTensorOp::Copy && function != DmaTensorOp::Broadcast) target = permuted(source, order);
    Four from{c.src_nstride, c.src_cstride, c.src_hstride, c.src_wstride};
    Four to{c.dst_nstride, c.dst_cstride, c.dst_hstride, c.dst_wstride};
    if (function != DmaTensorOp::Copy) from[3] = to[3] = 1;
    if (!c.stride_enable) {
        from = naturalStrides(source, c.source(), precision);
        to = naturalStrides(target, c.destination(), precision);
    }
    const int64_t size = bytesOf(precision);
    WB_ASSIGN(const Side targetSide, sideOf(x, "dst", c.destination(), target, to, size));
    if (c.fill_constant_en) return moveRows(x, nullptr, c.constant_value, targetSide);
    if (function == DmaTensorOp::Broadcast) {
        if (targetSide.lane0 + target[1] > kLanes) return x.fault("it goes beyond the last lane");
        const Four one{source[0], 1, source[2], source[3]};
        WB_ASSIGN(Side side, sideOf(x, "src", c.source(), one, from, size));
        side.shape[1] = target[1];
        side.sameChannel = true;
        return moveRows(x, &side, 0, targetSide);
    }
    WB_ASSIGN(const Side side, sideOf(x, "src", c.source(), source, from, size));
    if (function != DmaTensorOp::Copy) return moveTransposed(x, &side, 0, targetSide, order);
    if (source[0] * source[1] * source[2] * source[3] != target[0] * target[1] * target[2] * target[3])
        return x.fault("source and destination have different numbers of elements");
    return moveRows(x, &side, 0, targetSide);
}

Status execute(const Context& x, const DmaCwTranspose& c) {
    WB_TRY(checkCommon(x, c));
    WB_ASSIGN(const auto precision, precisionOf(x, "src", c.src_data_format));
    const Four source{c.src_nsize, c.src_csize, c.src_hsize, c.src_wsize};
    const Four target = permuted(source, {0, 3, 2, 1});
    Four from{c.src_nstride, c.src_cstride, c.src_hstride, 1}, to{c.dst_nstride, c.dst_cstride, c.dst_hstride, 1};
    if (!c.stride_enable) {
        from = naturalStrides(source, c.source(), precision);
        to = naturalStrides(target, c.destination(), precision);
    }
    const int64_t size = bytesOf(precision);
    WB_ASSIGN(const Side targetSide, sideOf(x, "dst", c.destination(), target, to, size));
    if (c.fill_constant_en) return moveRows(x, nullptr, c.constant_value, targetSide);
    WB_ASSIGN(const Side side, sideOf(x, "src", c.source(), source, from, size));
    return moveTransposed(x, &side, 0, targetSide, {0, 3, 2, 1});
}

Status execute(const Context& x, const DmaMatrix& c) {
    WB_TRY(checkCommon(x, c));
    if (c.fill_constant_en) return x.unknown("a constant");
    if (!c.stride_enable) return x.unknown("a matrix without strides");
    WB_ASSIGN(const auto precision, precisionOf(x, "src", c.src_data_format));
    const int64_t size = bytesOf(precision);
    const auto isLocal = [](uint64_t a) { return a >= kLocalBase && a < kLocalBase + kLocalBytes; };
    const bool store = isLocal(c.source());
    if (store == isLocal(c.destination())) return x.unknown("a matrix that is not between local memory and DDR");
    // In DDR: h rows of w elements. In local memory: a row a batch, cut into pieces a lane wide.
    const int64_t rows = store ? c.dst_hsize : c.src_hsize, columns = store ? c.dst_wsize : c.src_wsize;
    const int64_t piece = store ? c.src_wsize : c.dst_wsize;
    if (piece < 1 || rows < 1 || columns < 1) return x.fault("the matrix has no elements");
    const bool transposed = c.cmd_special_function == DmaMatrixOp::Transpose;
    if (c.cmd_special_function > DmaMatrixOp::Transpose) return x.unknown("this function");
    const int64_t localRows = transposed ? columns : rows, localColumns = transposed ? rows : columns;
    const Four global{1, 1, rows, columns};
    const Four globalStrides{0, 0, store ? c.dst_hstride : c.src_hstride, 1};
    const Four localStrides = store ? Four{c.src_nstride, c.src_cstride, 0, 1} : Four{c.dst_nstride, c.dst_cstride, 0, 1};
    WB_ASSIGN(const Side ddr, sideOf(x, store ? "dst" : "src", store ? c.destination() : c.source(), global,
                                     globalStrides, size));
    const Four box{localRows, ceilDiv(localColumns, piece), 1, std::min(piece, localColumns)};
    WB_ASSIGN(const Side lanes, sideOf(x, store ? "src" : "dst", store ? c.source() : c.destination(), box,
                                       localStrides, size));
    for (int64_t r = 0; r < localRows; ++r) {
        for (int64_t p = 0; p < box[1]; ++p) {
            const int64_t count = std::min(piece, localColumns - p * piece);
            std::byte* there = lanes.element({r, p, 0, 0});
            std::byte* here = transposed ? ddr.element({0, 0, p * piece, r}) : ddr.element({0, 0, r, p * piece});
            const int64_t step = transposed ? globalStrides[2] : 1;
            if (store) copyElements(there, 1, here, step, size, count);
            else copyElements(here, step, there, 1, size, count);
        }
        WB_TRY(x.job.checkStop());
    }
    return {};
}

Status execute(const Context& x, const DmaGeneral& c) {
    WB_TRY(checkCommon(x, c));
    WB_ASSIGN(const auto precision, precisionOf(x, "src", c.src_data_format));
    const int64_t size = bytesOf(precision), count = c.move_length;
    if (count < 1) return x.fault("it moves nothing");
    const bool broadcast = c.cmd_special_function == DmaGeneralOp::Broadcast;
    if (c.cmd_special_function > DmaGeneralOp::Broadcast) return x.unknown("this function");
    const int64_t copies = broadcast ? static_cast<int64_t>(c.dst_csize) : 1;
    std::byte* source = nullptr;
    const auto bytes = static_cast<uint64_t>(count * size);
    if (!c.fill_constant_en) {
        source = x.memory.find(c.source(), bytes);
        if (source == nullptr) return x.fault("src is not all in one area of memory");
    }
    for (int64_t i = 0; i < copies; ++i) {
        const uint64_t address = c.destination() + static_cast<uint64_t>(i * kLaneBytes);
        std::byte* to = x.memory.find(address, bytes);
        if (to == nullptr) return x.fault("dst is not all in one area of memory");
        if (source) copyElements(source, 1, to, 1, size, count);
        else fillElements(to, 1, size, c.constant_value, count);
        WB_TRY(x.job.checkStop());
    }
    return {};
}

Status execute(const Context& x, const DmaSys& c) {
    if (c.cmd_special_function > 1) return x.unknown("this function");
    return {};
}

} // namespace wb::bm1684x::sim

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/transfer.h"

#include "compiler/target/bm1684x/cycles/cost.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace wb::bm1684x {
namespace {

using Box = std::array<int64_t, 4>;

bool isLocal(const Place& place) {
    return place.address >= kLocalBase && place.address < kLocalBase + kLocalBytes;
}

/// The place of element `index` of axis `axis`; channels of local memory begin at multiples of 64.
Place advanced(Place place, Precision precision, size_t axis, int64_t index) {
    const int64_t steps = axis == 1 && isLocal(place) ? index / kLanes : index;
    assert(axis != 1 || !isLocal(place) || index % kLanes == 0);
    place.address += static_cast<uint64_t>(steps * place.strides[axis] * bytesOf(precision));
    return place;
}

/// Calls make(shape, offset by axis) for pieces that fit the size fields.
template <class Make> void pieces(Box shape, Box offset, const Make& make) {
    constexpr int64_t kPiece = 32768; // a multiple of 64 below kMaxDimension
    for (size_t axis = 0; axis < 4; ++axis) {
        if (shape[axis] <= kMaxDimension) continue;
        for (int64_t begin = 0; begin < shape[axis]; begin += kPiece) {
            Box part = shape;
            Box at = offset;
            part[axis] = std::min(kPiece, shape[axis] - begin);
            at[axis] += begin;
            pieces(part, at, make);
        }
        return;
    }
    make(shape, offset);
}

Place advanced(Place place, Precision precision, const Box& offset) {
    for (size_t axis = 0; axis < 4; ++axis)
        place = advanced(place, precision, axis, offset[axis]);
    return place;
}

bool isEmpty(const Box& shape) {
    return std::any_of(shape.begin(), shape.end(), [](int64_t size) { return size <= 0; });
}

DmaTensor tensorCommand(Precision precision, const Box& shape, const Place& to) {
    DmaTensor c;
    c.stride_enable = 1;
    c.nchw_copy = 1;
    c.cmd_special_function = DmaTensorOp::Copy;
    c.src_data_format = code(precision);
    c.src_nsize = c.dst_nsize = static_cast<uint32_t>(shape[0]);
    c.src_csize = c.dst_csize = static_cast<uint32_t>(shape[1]);
    c.src_hsize = c.dst_hsize = static_cast<uint32_t>(shape[2]);
    c.src_wsize = c.dst_wsize = static_cast<uint32_t>(shape[3]);
    c.dst_nstride = static_cast<uint32_t>(to.strides[0]);
    c.dst_cstride = static_cast<uint32_t>(to.strides[1]);
    c.dst_hstride = static_cast<uint32_t>(to.strides[2]);
    c.dst_wstride = static_cast<uint32_t>(to.strides[3]);
    c.setDestination(to.address);
    return c;
}

/// One axis of a move within DDR.
struct Axis {
    int64_t size = 1, from = 0, to = 0;
};

/// Axes of one element drop out; neighbours that continue each other on both sides become one.
std::vector<Axis> mergedAxes(const StridedMove& move) {
    std::vector<Axis> axes;
    for (size_t i = 0; i < move.shape.size(); ++i) {
        const Axis next{move.shape[i], move.sourceStrides[i], move.targetStrides[i]};
        if (next.size == 1) continue;
        if (!axes.empty() && axes.back().from == next.from * next.size && axes.back().to == next.to * next.size) {
            axes.back() = {axes.back().size * next.size, next.from, next.to};
            continue;
        }
        axes.push_back(next);
    }
    return axes;
}

/// An axis beyond the size field as two that fit, if its size has such factors.
void splitLong(std::vector<Axis>& axes) {
    for (size_t i = 0; i < axes.size(); ++i) {
        const Axis axis = axes[i];
        if (axis.size <= kMaxDimension) continue;
        int64_t inner = kMaxDimension;
        while (axis.size % inner != 0)
            --inner;
        if (inner < 256 || axis.size / inner > kMaxDimension) continue; // copyBox cuts it
        axes[i] = {inner, axis.from, axis.to};
        axes.insert(axes.begin() + static_cast<int64_t>(i), {axis.size / inner, axis.from * inner, axis.to * inner});
        ++i;
    }
}

/// Which axes one transfer takes, the others are a loop. Axes that repeat (source stride 0) or run
/// backwards are always looped.
struct Arrangement {
    std::vector<Axis> transfer, loop;
};
Arrangement arranged(const StridedMove& move) {
    std::vector<Axis> axes = mergedAxes(move);
    splitLong(axes);
    std::vector<size_t> order;
    for (size_t i = 0; i < axes.size(); ++i)
        if (axes[i].from > 0) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return axes[a].size > axes[b].size; });
    order.resize(std::min<size_t>(order.size(), 4));
    Arrangement out;
    for (size_t i = 0; i < axes.size(); ++i) {
        const bool inside = std::find(order.begin(), order.end(), i) != order.end();
        (inside ? out.transfer : out.loop).push_back(axes[i]);
    }
    return out;
}

/// Calls make(shape, from, to) for each transfer of a move.
template <class Make> void forEachTransfer(const StridedMove& move, const Make& make) {
    for (const int64_t size : move.shape)
        if (size <= 0) return;
    const Arrangement plan = arranged(move);
    Box shape{1, 1, 1, 1};
    Place from{move.source, {1, 1, 1, 1}}, to{move.target, {1, 1, 1, 1}};
    for (size_t i = 0; i < plan.transfer.size(); ++i) {
        const size_t axis = 4 - plan.transfer.size() + i;
        shape[axis] = plan.transfer[i].size;
        from.strides[axis] = plan.transfer[i].from;
        to.strides[axis] = plan.transfer[i].to;
    }
    int64_t rounds = 1;
    for (const Axis& axis : plan.loop)
        rounds *= axis.size;
    const int64_t bytes = bytesOf(move.precision);
    for (int64_t round = 0; round < rounds; ++round) {
        int64_t rest = round;
        Place a = from, b = to;
        for (size_t i = plan.loop.size(); i-- > 0;) {
            const Axis& axis = plan.loop[i];
            const int64_t at = rest % axis.size;
            rest /= axis.size;
            a.address += static_cast<uint64_t>(at * axis.from * bytes);
            b.address += static_cast<uint64_t>(at * axis.to * bytes);
        }
        make(shape, a, b);
    }
}

} // namespace

Place placeOf(const LocalTensor& t) {
    return {kLocalBase + t.address, {t.nStride, t.cStride, t.hStride, t.wStride}};
}

Place placeOf(const GlobalTensor& t, const Part& part) {
    Place place;
    place.strides = {t.shape[1] * t.shape[2] * t.shape[3], t.shape[2] * t.shape[3], t.shape[3], 1};
    const int64_t first = part.n.begin * place.strides[0] + part.c.begin * place.strides[1] +
                          part.h.begin * place.strides[2] + part.w.begin;
    place.address = t.address + static_cast<uint64_t>(first * bytesOf(t.precision));
    return place;
}

std::array<int64_t, 4> shapeOf(const Part& part) {
    return {part.n.size(), part.c.size(), part.h.size(), part.w.size()};
}

DmaTensor boxCommand(Precision precision, const Box& shape, const Place& from, const Place& to) {
    DmaTensor c = tensorCommand(precision, shape, to);
    c.src_nstride = static_cast<uint32_t>(from.strides[0]);
    c.src_cstride = static_cast<uint32_t>(from.strides[1]);
    c.src_hstride = static_cast<uint32_t>(from.strides[2]);
    c.src_wstride = static_cast<uint32_t>(from.strides[3]);
    c.setSource(from.address);
    return c;
}

void copyBox(Assembler& out, Precision precision, const Box& shape, const Place& from, const Place& to) {
    if (isEmpty(shape)) return;
    pieces(shape, {}, [&](const Box& part, const Box& offset) {
        out.add(boxCommand(precision, part, advanced(from, precision, offset), advanced(to, precision, offset)));
    });
}

void fillBox(Assembler& out, Precision precision, const Box& shape, uint32_t bits, const Place& to) {
    if (isEmpty(shape)) return;
    pieces(shape, {}, [&](const Box& part, const Box& offset) {
        DmaTensor c = tensorCommand(precision, part, advanced(to, precision, offset));
        c.fill_constant_en = 1;
        c.constant_value = bits;
        out.add(c);
    });
}

void load(Assembler& out, const GlobalTensor& from, const LocalTensor& to) {
    copyBox(out, to.precision, shapeOf(to.part), placeOf(from, to.part), placeOf(to));
}

void store(Assembler& out, const LocalTensor& from, const GlobalTensor& to) {
    copyBox(out, from.precision, shapeOf(from.part), placeOf(from), placeOf(to, from.part));
}

void loadLanes(Assembler& out, uint64_t address, int64_t width, uint32_t offset, int64_t lanes) {
    // Whole 32-bit words in rows as long as the size field allows; 64 lanes are 64 channels.
    assert(width % 4 == 0);
    const int64_t words = width / 4;
    const Box strides{kLanes * words, words, words, 1};
    copyBox(out, Precision::F32, {1, lanes, 1, words}, {address, strides}, {kLocalBase + offset, {words, words, words, 1}});
}

void moveStrided(Assembler& out, const StridedMove& move) {
    forEachTransfer(move, [&](const Box& shape, const Place& from, const Place& to) {
        copyBox(out, move.precision, shape, from, to);
    });
}

void fillStrided(Assembler& out, const StridedMove& move, uint32_t bits) {
    forEachTransfer(move, [&](const Box& shape, const Place&, const Place& to) {
        fillBox(out, move.precision, shape, bits, to);
    });
}

bool isOneRun(const StridedMove& move) {
    const std::vector<Axis> axes = mergedAxes(move);
    return axes.empty() || (axes.size() == 1 && axes[0].from == 1 && axes[0].to == 1);
}

int64_t transfersOf(const StridedMove& move) {
    int64_t rounds = 1;
    for (const Axis& axis : arranged(move).loop)
        rounds *= axis.size;
    return rounds;
}

int64_t cyclesOfMove(const StridedMove& move) {
    int64_t cycles = 0, transfers = 0;
    forEachTransfer(move, [&](const Box& shape, const Place& from, const Place& to) {
        if (transfers++ == 0) cycles = costOf(boxCommand(move.precision, shape, from, to)).cycles; // all of one kind
    });
    return cycles * transfers;
}

} // namespace wb::bm1684x

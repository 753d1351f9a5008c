// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/row_bm1684x.h"

#include <limits>

namespace wb::ops {

using namespace bm1684x;

namespace {

constexpr int64_t kVector = kVectorBytes / 4; ///< float32 elements
constexpr int64_t kMostStep = 15;             ///< windows move by a field of four bits

/// How many pieces of a row are folded at once: the largest divisor that a window may move by; 0 if there is none.
int64_t foldOf(int64_t vectors) {
    for (int64_t f = std::min(vectors, kMostStep); f > 1; --f)
        if (vectors % f == 0) return f;
    return 0;
}

bool folds(int64_t vectors) {
    while (vectors > 1) {
        const int64_t f = foldOf(vectors);
        if (f == 0) return false;
        vectors /= f;
    }
    return true;
}

void window(VectorUnit& v, LaneRows::Fold how, const LocalTensor& to, const LocalTensor& from, int64_t height, int64_t width, float factor) {
    SPorD c;
    c.tsk_eu_typ = how == LaneRows::Fold::Maximum ? PorDOp::MaxPool : PorDOp::AveragePool;
    c.opd0_sign = c.opd1_sign = c.opd2_sign = 1;
    c.opd1_const = c.opd2_const = c.opd3_const = 1;
    c.opd1_addr = immediate(factor, Precision::F32);
    c.opd3_addr = immediate(how == LaneRows::Fold::Maximum ? -std::numeric_limits<float>::infinity() : 0, Precision::F32);
    c.res0_prec = c.opd0_prec = code(Precision::F32);
    c.res_op_y_str = u32(height);
    c.res_op_x_str = 1;
    c.res0_n = u32(to.n());
    c.res0_c = u32(to.c());
    c.res0_h = u32(to.h());
    c.res0_w = u32(to.w());
    c.opd0_h = u32(to.h() * height);
    c.opd0_w = u32(to.w() * width);
    c.opd1_h = u32(height);
    c.opd1_w = u32(width);
    c.opd0_addr = from.address;
    c.res0_addr = to.address;
    v.assembler().add(c);
}

Part withRow(Part part, int64_t length) {
    part.w = {0, length};
    return part;
}

} // namespace

std::optional<LaneRows> LaneRows::of(const ir::Shape& shape, int64_t axis) {
    const auto rank = static_cast<int64_t>(shape.size());
    constexpr double kFull = 0.5; // otherwise rows are dealt out to lanes on their way from DDR
    if ((rank != 3 && rank != 4) || axis != rank - 1 || shape[1] < 1) return {};
    if (static_cast<double>(shape[1]) < kFull * static_cast<double>(roundUp(shape[1], kLanes))) return {};
    // A single short row a lane would come and leave in short runs, and mostly be padding.
    constexpr int64_t kShortRow = 32;
    if (shape.back() < (rank == 3 ? kShortRow : kVector)) return {};
    if (rank == 4 && shape[2] > kMaxDimension) return {};
    return ofLength(shape.back(), rank);
}

std::optional<LaneRows> LaneRows::ofLength(int64_t length, int64_t rank) {
    LaneRows r;
    r.rank = rank;
    r.length = length;
    int64_t vectors = ceilDiv(r.length, kVector);
    while (!folds(vectors)) ++vectors;
    r.padded = vectors * kVector;
    if (r.padded > kMaxDimension) return {};
    return r;
}

LocalTensor LaneRows::view(const LocalTensor& tensor) const {
    if (rank == 4) return tensor;
    LocalTensor t = tensor;
    t.part.w = tensor.part.h;
    t.part.h = {0, 1};
    t.wStride = tensor.hStride;
    t.hStride = tensor.hStride * tensor.h();
    return t;
}

Part LaneRows::wide(const Part& result) const {
    Part part = withRow(result, padded);
    if (rank == 3) part.h = {0, 1};
    return part;
}

Part LaneRows::thin(const Part& result) const { return withRow(wide(result), 1); }

int64_t LaneRows::foldBytes(const Part& result) const {
    const int64_t f = std::max<int64_t>(1, foldOf(padded / kVector));
    return alignedBytes(Precision::F32, withRow(wide(result), padded / f));
}

LocalTensor LaneRows::filled(const LocalTensor& box) const {
    LocalTensor t = box;
    t.part.w = {0, length};
    return t;
}

LocalTensor LaneRows::behind(const LocalTensor& box) const {
    LocalTensor t = box;
    t.address += u32(length * bytesOf(box.precision));
    t.part.w = {length, padded};
    return t;
}

void LaneRows::fold(VectorUnit& v, Fold how, const LocalTensor& to, const LocalTensor& from, float factor,
                    const std::array<uint32_t, 2>& scratch) const {
    LocalTensor at = from;
    size_t turn = 0;
    while (at.w() > kVector) {
        const int64_t f = foldOf(at.w() / kVector);
        const LocalTensor next = alignedTensor(scratch[turn], Precision::F32, true, withRow(at.part, at.w() / f));
        window(v, how, next, at, f, 1, 1);
        at = next;
        turn = 1 - turn;
    }
    window(v, how, to, at, 1, at.w(), factor);
}

} // namespace wb::ops

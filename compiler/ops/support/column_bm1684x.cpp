// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/column_bm1684x.h"

#include <algorithm>
#include <limits>

namespace wb::ops {

using namespace bm1684x;

Columns Columns::of(const ir::Shape& shape, size_t first, size_t last) {
    Columns c;
    for (size_t i = 0; i < shape.size(); ++i)
        (i < first ? c.outer : i < last ? c.length : c.inner) *= shape[i];
    return c;
}

Part ColumnPiece::part() const { return {{0, shape[0]}, {0, shape[1]}, {0, shape[2]}, {0, shape[3]}}; }

Part ColumnPiece::reduced() const {
    if (together) return {{0, shape[0]}, {0, shape[1]}, {0, shape[2]}, {0, 1}};
    return {{0, shape[0]}, {0, shape[1]}, {0, 1}, {0, shape[3]}};
}

std::vector<ColumnPiece> rowPiecesTogether(const Columns& k, int64_t bytes, int64_t wide, int64_t thin) {
    constexpr int64_t kPieces = 4;                 // so that one arrives while another is worked on
    constexpr int64_t kRun = 256 / 2;              // elements; shorter runs of two bytes each are charged as these
    if (k.inner != 1 || k.length > kMaxDimension || k.length < 2) return {};
    const int64_t most = std::min(kMaxDimension, (bytes - (wide + thin) * kVectorBytes) / (4 * (wide * k.length + thin)));
    if (most < 1) return {};
    const int64_t wanted = std::max(ceilDiv(kRun, k.length), ceilDiv(k.outer, kPieces * kLanes));
    std::vector<ColumnPiece> pieces;
    for (int64_t row = 0; row < k.outer;) {
        ColumnPiece p;
        const int64_t left = k.outer - row;
        const int64_t rows = std::min({most, wanted, ceilDiv(left, kLanes)});
        const int64_t lanes = std::min(kLanes, left / rows);
        p.together = true;
        p.shape = {1, lanes, rows, k.length};
        p.strides = {0, rows * k.length, k.length, 1};
        p.reducedStrides = {0, rows, 1, 1};
        p.first = row * k.length;
        p.reducedFirst = p.outerBegin = row;
        pieces.push_back(p);
        row += lanes * rows;
    }
    return pieces;
}

std::vector<ColumnPiece> columnPieces(const Columns& k, int64_t bytes, int64_t period) {
    std::vector<ColumnPiece> pieces;
    const auto fits = [&](const ColumnPiece& p) { return alignedBytes(Precision::F32, p.part()) <= bytes; };
    const int64_t row = k.length * k.inner;
    if (k.length > kMaxDimension) return {};
    // Runs of inner shorter than this move badly, so channels are not filled with them.
    constexpr int64_t kRun = 16;
    const int64_t runs = ceilDiv(k.inner, kRun);
    if (period > 0 || k.outer >= std::min(runs, kLanes)) {
        ColumnPiece p;
        p.strides = {0, row, k.inner, 1};
        p.reducedStrides = {0, k.inner, k.inner, 1};
        p.shape = {1, kLanes, k.length, k.inner};
        // Narrow the run until one row of lanes fits, then take as many rows as do.
        while (!fits(p) && p.shape[3] > 1)
            p.shape[3] = (p.shape[3] + 1) / 2;
        if (!fits(p) || p.shape[3] > kMaxDimension) return {};
        const int64_t width = p.shape[3];
        while (p.shape[1] < k.outer && p.shape[1] < 4096) {
            p.shape[1] += kLanes;
            if (fits(p)) continue;
            p.shape[1] -= kLanes;
            break;
        }
        const int64_t channels = p.shape[1];
        for (int64_t o = 0; o < k.outer;) {
            int64_t end = std::min(o + channels, k.outer);
            if (period > 0) end = std::min(end, (o / period + 1) * period);
            for (int64_t i = 0; i < k.inner; i += width) {
                p.shape[1] = end - o;
                p.shape[3] = std::min(width, k.inner - i);
                p.first = o * row + i;
                p.reducedFirst = o * k.inner + i;
                p.outerBegin = o;
                pieces.push_back(p);
            }
            o = end;
        }
        return pieces;
    }
    ColumnPiece p;
    p.outerAlongChannels = false;
    p.shape = {1, kLanes, k.length, std::max(kRun, ceilDiv(k.inner, kLanes))};
    while (!fits(p) && p.shape[3] > 1)
        p.shape[3] = (p.shape[3] + 1) / 2;
    if (!fits(p) || p.shape[3] > kMaxDimension) return {};
    const int64_t run = p.shape[3];
    p.strides = {row, run, k.inner, 1};
    p.reducedStrides = {k.inner, run, k.inner, 1};
    const auto add = [&](int64_t first, int64_t channels, int64_t width) {
        if (channels == 0 || width == 0) return;
        p.shape[1] = channels;
        p.shape[3] = width;
        for (int64_t o = 0; o < k.outer; ++o) {
            p.first = o * row + first;
            p.reducedFirst = o * k.inner + first;
            p.outerBegin = o;
            pieces.push_back(p);
        }
    };
    for (int64_t first = 0; first < k.inner; first += run * kLanes) {
        const int64_t rest = std::min(run * kLanes, k.inner - first);
        add(first, rest / run, run);
        add(first + rest / run * run, rest % run > 0 ? 1 : 0, rest % run);
    }
    return pieces;
}

namespace {

void reduceColumns(VectorUnit& v, const LocalTensor& to, const LocalTensor& from, uint32_t op, float factor, float padding) {
    SPorD c;
    c.tsk_eu_typ = op;
    c.opd0_sign = c.opd1_sign = c.opd2_sign = 1;
    c.opd1_const = c.opd2_const = c.opd3_const = 1;
    c.opd1_addr = immediate(factor, Precision::F32);
    c.opd3_addr = immediate(padding, Precision::F32);
    c.res0_prec = c.opd0_prec = code(Precision::F32);
    c.res_op_y_str = c.res_op_x_str = 1;
    c.res0_n = static_cast<uint32_t>(to.n());
    c.res0_c = static_cast<uint32_t>(to.c());
    const bool rows = to.h() == from.h() && to.w() == 1; // along w
    c.res0_h = static_cast<uint32_t>(to.h());
    c.res0_w = static_cast<uint32_t>(to.w());
    c.opd0_h = static_cast<uint32_t>(from.h());
    c.opd0_w = static_cast<uint32_t>(from.w());
    c.opd1_h = rows ? 1 : c.opd0_h;
    c.opd1_w = rows ? c.opd0_w : 1;
    c.opd0_addr = from.address;
    c.res0_addr = to.address;
    v.assembler().add(c);
}

} // namespace

void columnMaximum(VectorUnit& v, const LocalTensor& to, const LocalTensor& from) {
    reduceColumns(v, to, from, PorDOp::MaxPool, 1, -std::numeric_limits<float>::infinity());
}

void columnSum(VectorUnit& v, const LocalTensor& to, const LocalTensor& from, float factor) {
    reduceColumns(v, to, from, PorDOp::AveragePool, factor, 0);
}

LocalTensor LaneSpace::box(const Part& part, Precision precision) {
    return alignedTensor(take(alignedBytes(precision, part)), precision, true, part);
}

uint32_t LaneSpace::take(int64_t bytes) {
    const auto at = static_cast<uint32_t>(m_used);
    m_used += roundUp(bytes, kVectorBytes);
    return at;
}

} // namespace wb::ops

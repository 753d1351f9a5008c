// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/transpose_bm1684x.h"

#include "compiler/ops/support/vector_bm1684x.h"

#include <algorithm>

namespace wb::ops {
namespace {

using bm1684x::kLaneBytes;
using bm1684x::kLanes;
using bm1684x::LocalTensor;
using bm1684x::Place;

constexpr int64_t kHalf = kLaneBytes / 2; ///< before in the lower half, after in the upper one
constexpr int64_t kLongRun = 256;         ///< bytes; shorter runs are charged as these

struct Axis {
    int64_t size, from, to;
};

/// Few columns, many rows that follow each other (pixels whose channels lie together): lanes take runs of whole rows, so
/// that both sides move long runs.
bool takesRuns(const Transpose& t) { return t.columns < t.rows && t.sourceRow == t.columns; }

/// Rows of a run, one run a lane; 0 if not even one fits.
int64_t runOf(const Transpose& t) {
    const int64_t size = bm1684x::bytesOf(t.precision);
    const int64_t most = std::min((kHalf / size - bm1684x::kVectorBytes) / t.columns, bm1684x::kMaxDimension / t.columns);
    return std::min({std::max(kLongRun / size, bm1684x::ceilDiv(t.rows, kLanes)), most, t.rows});
}

/// Columns of a piece, one piece a lane; 0 if not even one fits.
int64_t pieceOf(const Transpose& t) {
    const int64_t size = bm1684x::bytesOf(t.precision);
    const int64_t most = std::min((kHalf - bm1684x::kVectorBytes) / (t.rows * size), bm1684x::kMaxDimension);
    const int64_t wanted = std::max(kLongRun / size, bm1684x::ceilDiv(t.columns, kLanes));
    return std::min({wanted, most, t.columns});
}

} // namespace

std::optional<Transpose> transposeOf(const ElementMove& move, bm1684x::Precision precision) {
    std::vector<Axis> axes;
    for (size_t i = 0; i < move.shape.size(); ++i) {
        const Axis next{move.shape[i], move.sourceStrides[i], move.targetStrides[i]};
        if (next.size == 1) continue;
        if (!axes.empty() && axes.back().from == next.from * next.size && axes.back().to == next.to * next.size)
            axes.back() = {axes.back().size * next.size, next.from, next.to};
        else axes.push_back(next);
    }
    if (axes.size() != 2 && axes.size() != 3) return {};
    Transpose t;
    t.precision = precision;
    const Axis *columns = nullptr, *rows = nullptr, *batch = nullptr;
    for (const Axis& axis : axes) {
        if (axis.from == 1) columns = &axis;
        else if (axis.to == 1) rows = &axis;
        else batch = &axis;
    }
    if (columns == nullptr || rows == nullptr || rows->from < columns->size || columns->to < rows->size) return {};
    t.rows = rows->size;
    t.columns = columns->size;
    t.sourceRow = rows->from;
    t.targetColumn = columns->to;
    if (batch != nullptr) {
        t.batch = batch->size;
        t.sourceBatch = batch->from;
        t.targetBatch = batch->to;
    }
    if (takesRuns(t) ? runOf(t) < 1 : t.rows > bm1684x::kMaxDimension || pieceOf(t) < 1) return {};
    return t;
}

namespace {

void emitRuns(const Transpose& t, uint64_t source, uint64_t target, bm1684x::Assembler& out) {
    const int64_t run = runOf(t), size = bm1684x::bytesOf(t.precision);
    VectorUnit unit(out);
    for (int64_t b = 0; b < t.batch; ++b)
        for (int64_t row = 0; row < t.rows;) {
            const int64_t left = t.rows - row;
            const int64_t lanes = std::clamp<int64_t>(left / run, 1, kLanes);
            const int64_t rows = std::min(run, left);
            const LocalTensor before =
                bm1684x::alignedTensor(0, t.precision, true, {{0, 1}, {0, lanes}, {0, 1}, {0, rows * t.columns}});
            const LocalTensor after = bm1684x::alignedTensor(static_cast<uint32_t>(kHalf), t.precision, true,
                                                             {{0, 1}, {0, lanes}, {0, t.columns}, {0, rows}});
            const uint64_t from = source + static_cast<uint64_t>((b * t.sourceBatch + row * t.columns) * size);
            const uint64_t to = target + static_cast<uint64_t>((b * t.targetBatch + row) * size);
            bm1684x::copyBox(out, t.precision, {1, lanes, 1, rows * t.columns},
                             {from, {0, rows * t.columns, rows * t.columns, 1}}, bm1684x::placeOf(before));
            LocalTensor turned = before; // read with rows and columns exchanged
            turned.part = after.part;
            turned.hStride = 1;
            turned.wStride = t.columns;
            unit.copy(after, turned);
            bm1684x::copyBox(out, t.precision, {1, lanes, t.columns, rows}, bm1684x::placeOf(after),
                             {to, {0, rows, t.targetColumn, 1}});
            row += lanes * rows;
        }
}

} // namespace

void emitTranspose(const Transpose& t, uint64_t source, uint64_t target, bm1684x::Assembler& out) {
    if (takesRuns(t)) return emitRuns(t, source, target, out);
    const int64_t piece = pieceOf(t), size = bm1684x::bytesOf(t.precision);
    VectorUnit unit(out);
    for (int64_t b = 0; b < t.batch; ++b)
        for (int64_t column = 0; column < t.columns;) {
            // As many whole pieces as there are lanes, then what is left as one shorter piece.
            const int64_t left = t.columns - column;
            const int64_t lanes = std::clamp<int64_t>(left / piece, 1, kLanes);
            const int64_t width = std::min(piece, left);
            const LocalTensor before =
                bm1684x::alignedTensor(0, t.precision, true, {{0, 1}, {0, lanes}, {0, t.rows}, {0, width}});
            const LocalTensor after = bm1684x::alignedTensor(static_cast<uint32_t>(kHalf), t.precision, true,
                                                             {{0, 1}, {0, lanes}, {0, width}, {0, t.rows}});
            const uint64_t from = source + static_cast<uint64_t>((b * t.sourceBatch + column) * size);
            const uint64_t to = target + static_cast<uint64_t>((b * t.targetBatch + column * t.targetColumn) * size);
            bm1684x::copyBox(out, t.precision, {1, lanes, t.rows, width}, {from, {0, width, t.sourceRow, 1}},
                             bm1684x::placeOf(before));
            LocalTensor turned = before; // read with rows and columns exchanged
            turned.part = after.part;
            turned.hStride = 1;
            turned.wStride = width;
            unit.copy(after, turned);
            bm1684x::copyBox(out, t.precision, {1, lanes, width, t.rows}, bm1684x::placeOf(after),
                             {to, {0, width * t.targetColumn, t.targetColumn, 1}});
            column += lanes * width;
        }
}

} // namespace wb::ops

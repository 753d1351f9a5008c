// SPDX-License-Identifier: GPL-3.0-or-later
// Operators along one axis of a tensor in DDR, whatever the axis: the tensor is seen as [outer][length][inner] and moved
// to local memory with `length` along h, so that pools reduce it. Either every outer index has a channel (and inner
// lies along w), or runs of inner have one (and outer lies along n), whichever fills more lanes. Rows of the last axis
// may lie several to a channel instead, `length` along w: they move in longer runs.
#pragma once

#include "compiler/ops/support/vector_bm1684x.h"
#include "compiler/target/bm1684x/transfer.h"

#include <functional>

namespace wb::ops {

struct Columns {
    int64_t outer = 1, length = 1, inner = 1;

    /// Axes [first, last) of a shape as the length.
    static Columns of(const ir::Shape& shape, size_t first, size_t last);
};

/// One piece of the work, in local memory at once.
struct ColumnPiece {
    std::array<int64_t, 4> shape{};      ///< n, c, length, w of a box
    std::array<int64_t, 4> strides{};    ///< of the whole tensor, elements
    std::array<int64_t, 4> reducedStrides{}; ///< of a tensor with length 1
    int64_t first = 0, reducedFirst = 0; ///< offset of the piece in both, elements
    int64_t outerBegin = 0;              ///< outer index of its first channel (c runs over outer) or image
    bool outerAlongChannels = true;
    bool together = false;               ///< rows along h, length along w

    bm1684x::Part part() const;          ///< of the box
    bm1684x::Part reduced() const;       ///< of a box with length 1
    std::array<int64_t, 4> reducedShape() const { return bm1684x::shapeOf(reduced()); }
};

/// Pieces whose box takes at most `bytes` a lane in float32; nothing if even the smallest one does not. Pieces hold
/// outer indices of one multiple of `period` only.
std::vector<ColumnPiece> columnPieces(const Columns& columns, int64_t bytes, int64_t period = 0);
/// Rows of the last axis, several to a channel, `wide` boxes of them and `thin` ones of length 1 in `bytes` a lane;
/// nothing where one row does not fit or `columns` are no rows.
std::vector<ColumnPiece> rowPiecesTogether(const Columns& columns, int64_t bytes, int64_t wide, int64_t thin);

/// The greatest element, or factor times the sum, of each column: `from` [n, c, length, w] to `to` [n, c, 1, w], or
/// [n, c, h, length] to [n, c, h, 1].
void columnMaximum(VectorUnit& v, const bm1684x::LocalTensor& to, const bm1684x::LocalTensor& from);
void columnSum(VectorUnit& v, const bm1684x::LocalTensor& to, const bm1684x::LocalTensor& from, float factor);

/// Bytes of local memory a lane that such an operator may use, and boxes in it one after the other.
class LaneSpace {
public:
    static constexpr int64_t kBytes = bm1684x::kLaneBytes;
    bm1684x::LocalTensor box(const bm1684x::Part& part, bm1684x::Precision precision);
    uint32_t take(int64_t bytes);
    int64_t used() const { return m_used; }

private:
    int64_t m_used = 0;
};

} // namespace wb::ops

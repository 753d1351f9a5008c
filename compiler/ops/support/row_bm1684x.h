// SPDX-License-Identifier: GPL-3.0-or-later
// Operators along the last axis of a tensor whose rows lie along lanes: [n, c, length] has one row a lane, [n, c, rows, length]
// several. Rows are worked on in float32 with a length that whole vectors divide, so that a reduction folds vectors first
// and only the last one element by element.
#pragma once

#include "compiler/ops/support/column_bm1684x.h"

namespace wb::ops {

struct LaneRows {
    int64_t rank = 0;    ///< of the tensor: 3 or 4
    int64_t length = 1;  ///< of a row
    int64_t padded = 16; ///< in float32 boxes

    /// Of a result along its last axis; nothing where its rows do not lie along well-filled lanes.
    static std::optional<LaneRows> of(const ir::Shape& shape, int64_t axis);

    /// Of rows of that many elements, however the lanes are filled; nothing where the chip has no such rows.
    static std::optional<LaneRows> ofLength(int64_t length, int64_t rank);

    Cuts cuts() const { return {.n = true, .c = true, .h = rank == 4, .w = false}; }
    /// The tensor as [n, c, rows, length].
    bm1684x::LocalTensor view(const bm1684x::LocalTensor& tensor) const;
    /// Of float32 boxes for a part of the result: whole rows, and one number a row.
    bm1684x::Part wide(const bm1684x::Part& result) const;
    bm1684x::Part thin(const bm1684x::Part& result) const;
    /// Of a scratch buffer of fold().
    int64_t foldBytes(const bm1684x::Part& result) const;
    /// The elements of a wide box, and those behind them.
    bm1684x::LocalTensor filled(const bm1684x::LocalTensor& box) const;
    bm1684x::LocalTensor behind(const bm1684x::LocalTensor& box) const;
    /// The greatest element of each row, or factor times the sum; from a wide box to a thin one.
    enum class Fold : uint8_t { Maximum, Sum };
    void fold(VectorUnit& v, Fold how, const bm1684x::LocalTensor& to, const bm1684x::LocalTensor& from, float factor,
              const std::array<uint32_t, 2>& scratch) const;
};

} // namespace wb::ops

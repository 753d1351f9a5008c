// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors as commands address them: pieces in local memory, whole ones in DDR.
#pragma once

#include "compiler/target/bm1684x/machine.h"

#include <array>

namespace wb::bm1684x {

/// Half-open interval of indices.
struct Range {
    int64_t begin = 0;
    int64_t end = 0;
    int64_t size() const { return end - begin; }
    bool operator==(const Range&) const = default;
};

/// A box of a tensor of four axes.
struct Part {
    Range n, c, h, w;
    bool operator==(const Part&) const = default;
};

/// A box of a tensor in local memory. Channel k of the box lies in lane (lane0 + k) % 64, row (lane0 + k) / 64, with
/// lane0 = address / kLaneBytes. Strides are in elements; cStride is between rows of 64 channels.
struct LocalTensor {
    uint32_t address = 0;               ///< lane0 · kLaneBytes + offset, without kLocalBase
    Precision precision = Precision::Int8;
    bool isSigned = true;
    Part part;                          ///< which box of the whole tensor this is
    int64_t nStride = 0, cStride = 0, hStride = 0;
    int64_t wStride = 1;

    int64_t n() const { return part.n.size(); }
    int64_t c() const { return part.c.size(); }
    int64_t h() const { return part.h.size(); }
    int64_t w() const { return part.w.size(); }
    int64_t lane0() const { return address / kLaneBytes; }
    int64_t offset() const { return address % kLaneBytes; }
    /// Rows of 64 channels.
    int64_t rows() const { return ceilDiv(lane0() + c(), kLanes); }
    /// The same memory, seen as the part of it that `wanted` names (inside `part`, whole channels from lane0's
    /// row on: wanted.c.begin - part.c.begin is a multiple of 64 or zero).
    LocalTensor sub(const Part& wanted) const;
};

/// Aligned layout (code 0) at `address`.
LocalTensor alignedTensor(uint32_t address, Precision precision, bool isSigned, const Part& part);
/// Bytes a lane that the aligned layout of `part` takes, beginning in lane 0.
int64_t alignedBytes(Precision precision, const Part& part);

/// A tensor in DDR, row-major.
struct GlobalTensor {
    uint64_t address = 0;               ///< full address, >= kGlobalBase
    Precision precision = Precision::Int8;
    bool isSigned = true;
    std::array<int64_t, 4> shape{};     ///< n, c, h, w
};

} // namespace wb::bm1684x

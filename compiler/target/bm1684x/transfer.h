// SPDX-License-Identifier: GPL-3.0-or-later
// Moving boxes of elements by GDMA: between DDR and local memory, or within DDR. Every transfer is one or more
// tensor copies (GDMA type 0) with strides; boxes beyond the 16-bit size fields are cut.
#pragma once

#include "compiler/target/bm1684x/assembler/assembler.h"
#include "compiler/target/bm1684x/tensors.h"

#include <array>
#include <cstdint>
#include <vector>

namespace wb::bm1684x {

/// Where a box lies: full address (local memory from kLocalBase on), strides in elements. In local memory the
/// channel stride is between rows of 64 channels.
struct Place {
    uint64_t address = 0;
    std::array<int64_t, 4> strides{}; ///< n, c, h, w
};

Place placeOf(const LocalTensor& tensor);
/// The place of `part` in a row-major tensor.
Place placeOf(const GlobalTensor& tensor, const Part& part);
std::array<int64_t, 4> shapeOf(const Part& part);

/// The one command for a box, whatever its size (what it would cost is asked of it too).
DmaTensor boxCommand(Precision precision, const std::array<int64_t, 4>& shape, const Place& from, const Place& to);
/// Copies a box of elements as they are. At most one of the places is in local memory.
void copyBox(Assembler& out, Precision precision, const std::array<int64_t, 4>& shape, const Place& from, const Place& to);
/// Writes one element, given as bits, all over a box.
void fillBox(Assembler& out, Precision precision, const std::array<int64_t, 4>& shape, uint32_t bits, const Place& to);

/// DDR → local memory: `part` of `from`, exactly the box of `to`.
void load(Assembler& out, const GlobalTensor& from, const LocalTensor& to);
/// Local memory → DDR: the box of `from` into its place in `to`.
void store(Assembler& out, const LocalTensor& from, const GlobalTensor& to);
/// `width` bytes for each of the first `lanes` lanes, one lane after the other at `address`, to `offset` of each.
void loadLanes(Assembler& out, uint64_t address, int64_t width, uint32_t offset, int64_t lanes = kLanes);

/// A copy within DDR of any rank: element (i0, i1, …) from source + Σ i·sourceStrides to target + Σ i·targetStrides.
struct StridedMove {
    Precision precision = Precision::Int8;
    uint64_t source = 0, target = 0;          ///< byte addresses of element (0, 0, …)
    std::vector<int64_t> shape;
    std::vector<int64_t> sourceStrides, targetStrides; ///< elements; a source stride of 0 repeats
};
/// Axes are merged where both sides allow it; the four longest that remain become one transfer, the others a loop.
void moveStrided(Assembler& out, const StridedMove& move);
/// The same with an element, given as bits, in place of the source.
void fillStrided(Assembler& out, const StridedMove& move, uint32_t bits);
/// The elements are one run on both sides, in the same order.
bool isOneRun(const StridedMove& move);
/// The number of transfers that moveStrided makes.
int64_t transfersOf(const StridedMove& move);
/// What they cost together by the listings' measure (cycles/cost.h).
int64_t cyclesOfMove(const StridedMove& move);

} // namespace wb::bm1684x

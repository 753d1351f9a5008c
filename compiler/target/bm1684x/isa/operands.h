// SPDX-License-Identifier: GPL-3.0-or-later
// What a command's operands are: immediates, or tensors with shape and strides. Footprints and the disassembly both
// follow from this list, so a layout is written down once.
#pragma once

#include "compiler/target/bm1684x/isa/command.h"

#include <array>

namespace wb::bm1684x {

enum class Space : uint8_t {
    Constant, ///< an immediate; `address` holds its bits
    Local,    ///< address = lane0 · kLaneBytes + offset
    Static,   ///< address from kStaticBase on
    Global,   ///< DDR or L2, full address
    AnyLocal, ///< somewhere in local memory: operations whose operands are not described further
    Nowhere,  ///< an address outside of every window
};

/// A tensor in local memory has channel k in lane (lane0 + k) % 64, row (lane0 + k) / 64, and stride[1] is the distance
/// of rows. Elsewhere it is a plain strided tensor.
struct Operand {
    const char* name = ""; ///< as the registers: res0, opd0, …; src, dst, index, mask for GDMA
    bool reads = false, writes = false;
    Space space = Space::Constant;
    uint64_t address = 0;
    Precision precision = Precision::Int8;
    bool isSigned = false;
    std::array<int64_t, 4> shape{1, 1, 1, 1};  ///< n, c, h, w
    std::array<int64_t, 4> stride{0, 0, 0, 1}; ///< in elements
    const char* layout = "";                   ///< how it lies, for readers: "aligned", "compact", …

    int64_t lane0() const { return static_cast<int64_t>(address) / kLaneBytes; }
    int64_t offset() const { return static_cast<int64_t>(address) % kLaneBytes; }
};

/// Results first. Never fewer than the command touches; where the register tables leave a case open, more.
std::vector<Operand> operandsOf(const Command& command);

namespace detail {
std::vector<Operand> tiuOperands(const Command& command);
std::vector<Operand> gdmaOperands(const Command& command);
/// Sets space and address from an address as TIU fields (local without base) or GDMA fields (full) hold it.
void placeTiu(Operand& operand, uint64_t address);
void placeGdma(Operand& operand, uint64_t address);
/// The three layouts that follow from shape, precision and first lane.
void layAligned(Operand& operand);
void layCompact(Operand& operand);
void layRowAligned(Operand& operand); ///< every h row padded to 64 bytes
} // namespace detail

} // namespace wb::bm1684x

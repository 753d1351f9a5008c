// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/isa/operands.h"

namespace wb::bm1684x {
namespace detail {
namespace {

/// n stride of a layout: the rows of 64 lanes that the channels take, counted from the first lane.
int64_t rowsOf(const Operand& o) {
    return o.space == Space::Local ? ceilDiv(o.lane0() + o.shape[1], kLanes) : o.shape[1];
}

} // namespace

void placeTiu(Operand& operand, uint64_t address) {
    operand.address = address;
    if (address < kLocalBytes)
        operand.space = Space::Local;
    else if (address >= kLocalBase && address < kLocalBase + kLocalBytes) {
        operand.space = Space::Local;
        operand.address = address - kLocalBase;
    } else if (address >= kStaticBase && address < kStaticBase + kStaticBytes)
        operand.space = Space::Static;
    else
        operand.space = Space::Nowhere;
}

void placeGdma(Operand& operand, uint64_t address) {
    operand.address = address;
    const auto within = [&](uint64_t base, uint64_t end) {
        return address >= base && address < end;
    };
    if (within(kLocalBase, kLocalBase + kLocalBytes)) {
        operand.space = Space::Local;
        operand.address = address - kLocalBase;
    } else if (within(kStaticBase, kStaticBase + kStaticBytes))
        operand.space = Space::Static;
    else if (within(kL2Base, kL2Base + kL2Bytes) || within(kGlobalBase, kGlobalEnd))
        operand.space = Space::Global;
    else
        operand.space = Space::Nowhere;
}

void layAligned(Operand& o) {
    const int64_t row = roundUp(o.shape[2] * o.shape[3], kVectorBytes / bytesOf(o.precision));
    o.stride = {rowsOf(o) * row, row, o.shape[3], 1};
    o.layout = "aligned";
}

void layCompact(Operand& o) {
    const int64_t row = o.shape[2] * o.shape[3];
    o.stride = {rowsOf(o) * row, row, o.shape[3], 1};
    o.layout = "compact";
}

void layRowAligned(Operand& o) {
    const int64_t line = roundUp(o.shape[3], kVectorBytes / bytesOf(o.precision));
    o.stride = {rowsOf(o) * o.shape[2] * line, o.shape[2] * line, line, 1};
    o.layout = "row-aligned";
}

} // namespace detail

std::vector<Operand> operandsOf(const Command& command) {
    return engineOf(command) == Engine::Tiu ? detail::tiuOperands(command)
                                            : detail::gdmaOperands(command);
}

} // namespace wb::bm1684x

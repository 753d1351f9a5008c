// SPDX-License-Identifier: GPL-3.0-or-later
// What the execution of one command is given, and how operands become checked views of memory. Inside of simulator/
// only.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/target/bm1684x/isa/command.h"
#include "compiler/target/bm1684x/simulator/memory.h"

#include <array>
#include <string>

namespace wb::bm1684x::sim {

struct Context {
    Memory& memory;
    const Command& command;
    const JobContext& job;
    bool scalar = false; ///< the plain loops that define the results, instead of their fast twins

    /// CommandFault: what this command does cannot happen on the chip.
    Error fault(const std::string& what) const;
    /// CommandUnknown: what this command asks for is not simulated.
    Error unknown(const std::string& what) const;
    /// Runs body(begin, end) over [0, count) on the job's threads. Long bodies test the stop flag themselves.
    Status forEach(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& body) const;
};

/// Number of elements and their distances, in the order n, c, h, w.
using Four = std::array<int64_t, 4>;

/// An operand: a box of elements in local memory, or one number for all.
struct View {
    Precision precision = Precision::Int8;
    bool isSigned = true;
    bool constant = false;
    uint32_t bits = 0; ///< of the constant
    Four shape{};
    Four strides{};    ///< c: between rows of lanes
    std::byte* local = nullptr;
    int64_t lane0 = 0, offset = 0;

    int64_t itemBytes() const { return bytesOf(precision); }
    /// Element (n, c, 0, 0).
    std::byte* plane(int64_t n, int64_t c) const {
        const int64_t lane = lane0 + c;
        return local + lane % kLanes * kLaneBytes + offset +
               (n * strides[0] + lane / kLanes * strides[1]) * itemBytes();
    }
    bool dense() const { return strides[3] == 1 && (strides[2] == shape[3] || shape[2] == 1); }
};

enum class Layout { Aligned, Compact, PerChannel, RowAligned };
Four stridesOf(Layout layout, const Four& shape, int64_t lane0, Precision precision);

/// An operand to be checked.
struct Operand {
    const char* name;   ///< "opd0"
    uint32_t address;
    uint32_t precision; ///< code of the command
    bool isSigned = true;
    Four shape{};
};

/// CommandUnknown for a precision that there is not.
Result<Precision> precisionOf(const Context& c, const char* name, uint32_t code);
Result<View> constantView(const Context& c, const Operand& operand);
/// CommandFault unless all of the box is in local memory, inside of its lanes, at a multiple of its elements' size.
Result<View> localView(const Context& c, const Operand& operand, const Four& strides);
Result<View> localView(const Context& c, const Operand& operand, Layout layout);
/// By the code in a field opdX_str: aligned, compact, per channel or free with the strides given.
Result<View> localView(const Context& c, const Operand& operand, uint32_t layoutCode, const Four& freeStrides);

} // namespace wb::bm1684x::sim

// SPDX-License-Identifier: GPL-3.0-or-later
// The memories of the chip as bytes. Every access names address and length; nothing outside of a window or of a mapped
// area of DDR can be reached.
#pragma once

#include "compiler/base/result.h"
#include "compiler/target/bm1684x/machine.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wb::bm1684x {

class Memory {
public:
    Memory();

    /// An area of DDR of `bytes` zeros at `address` (at least kGlobalBase). CommandFault if it overlaps another one,
    /// OutOfMemory if the host has no room.
    Status map(uint64_t address, uint64_t bytes);

    /// The bytes at a full address (local, static, L2 or DDR) that lie together in one window or area; null if not all
    /// of them are there.
    std::byte* find(uint64_t address, uint64_t bytes);

    std::span<std::byte> local() { return m_local; }
    std::span<std::byte> staticMemory() { return m_static; }

private:
    struct Area {
        uint64_t address;
        std::vector<std::byte> bytes;
    };
    std::vector<std::byte> m_local, m_static, m_l2;
    std::vector<Area> m_global; ///< by address
};

/// What firmware puts into static memory: coefficients of Taylor series and a few tables, from their formulas.
void fillStaticMemory(std::span<std::byte> memory);

} // namespace wb::bm1684x

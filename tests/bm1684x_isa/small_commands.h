// SPDX-License-Identifier: GPL-3.0-or-later
// Small commands of every format with random shapes, layouts and lanes: what the footprint test
// runs on a C model.
#pragma once

#include "compiler/target/bm1684x/isa/command.h"
#include "tests/support/shared_data.h"

#include <functional>

namespace wb::test {

/// How the memory around a command is filled.
enum class Filling {
    Moderate, ///< every byte 0x30 … 0x3f: small positive numbers in every format
    Flags,    ///< every byte 0 or 1: small indices, masks with holes
};

struct SmallCommand {
    std::string name;
    Filling filling = Filling::Moderate;
    std::function<bm1684x::Command(Random&)> make;
};

/// A number of [low, high].
inline uint32_t pick(Random& r, uint64_t low, uint64_t high) { return static_cast<uint32_t>(low + r.below(high - low + 1)); }

/// Results in banks 0 and 2, operands from banks 4, 8, 12 and 14 on, DDR within its first MiB.
std::vector<SmallCommand> smallCommands();

} // namespace wb::test

// SPDX-License-Identifier: GPL-3.0-or-later
// The functional simulator as a chip: every run takes the commands in another order that their dependencies allow.
#pragma once

#include "compiler/target/bm1684x/simulator/simulator.h"
#include "tests/emitters_float/one_node.h"

namespace wb::test {

class SimulatorChip final : public Chip {
public:
    std::string run(Memory& memory, const bm1684x::Program& program) override;

private:
    bm1684x::Machine m_machine;
    bool m_mapped = false;
    uint64_t m_seed = 0;
};

} // namespace wb::test

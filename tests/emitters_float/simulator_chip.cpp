// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/emitters_float/simulator_chip.h"

#include <algorithm>

namespace wb::test {

namespace {

constexpr uint64_t kGlobalBytes = 64 << 20;

} // namespace

std::string SimulatorChip::run(Memory& memory, const bm1684x::Program& program) {
    auto& chip = m_machine.memory();
    if (!m_mapped) {
        if (auto done = chip.map(bm1684x::kGlobalBase, kGlobalBytes); !done) return done.error().what;
        m_mapped = true;
    }
    for (int64_t lane = 0; lane < bm1684x::kLanes; ++lane)
        std::copy_n(memory.local.begin() + lane * memory.pitch, memory.pitch,
                    chip.local().begin() + lane * bm1684x::kLaneBytes);
    if (memory.ddr.size() > kGlobalBytes) return "the case needs more DDR than there is";
    auto* ddr = chip.find(bm1684x::kGlobalBase, kGlobalBytes);
    std::copy(memory.ddr.begin(), memory.ddr.end(), ddr);
    std::vector<bm1684x::Command> tiu, gdma;
    for (const auto& placed : program.placed)
        (placed.engine == bm1684x::Engine::Tiu ? tiu : gdma).push_back(placed.command);
    if (auto done = bm1684x::run(m_machine, tiu, gdma, {++m_seed}); !done)
        return done.error().what + " " + done.error().why;
    for (int64_t lane = 0; lane < bm1684x::kLanes; ++lane)
        std::copy_n(chip.local().begin() + lane * bm1684x::kLaneBytes, memory.pitch,
                    memory.local.begin() + lane * memory.pitch);
    std::copy_n(ddr, memory.ddr.size(), memory.ddr.begin());
    return {};
}

} // namespace wb::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/emitters_float/vendor_chip.h"

#include "compiler/target/bm1684x/isa/command.h"

namespace wb::test {

using interop::VendorCModel;

namespace {

uint64_t offsetOf(int64_t lane) { return static_cast<uint64_t>(lane * bm1684x::kLaneBytes); }

std::span<std::byte> laneOf(Memory& memory, int64_t lane) {
    return std::span(memory.local).subspan(static_cast<size_t>(lane * memory.pitch), static_cast<size_t>(memory.pitch));
}

} // namespace

std::string VendorChip::run(Memory& memory, const bm1684x::Program& program) {
    for (int64_t lane = 0; lane < bm1684x::kLanes && memory.pitch > 0; ++lane)
        if (auto wrong = m_model.write(VendorCModel::Local, offsetOf(lane), laneOf(memory, lane)); !wrong.empty()) return wrong;
    if (auto wrong = m_model.write(VendorCModel::Global, 0, memory.ddr); !wrong.empty()) return wrong;
    for (const auto& placed : program.placed) {
        std::vector<std::byte> words(bm1684x::encodedBytes(placed.command));
        if (auto done = bm1684x::encode(placed.command, words); !done) return done.error().what;
        if (auto wrong = m_model.execute(placed.engine, words); !wrong.empty())
            return std::string(bm1684x::formatOf(placed.command).type) + "." + bm1684x::operationName(placed.command) + ": " + wrong;
    }
    for (int64_t lane = 0; lane < bm1684x::kLanes && memory.pitch > 0; ++lane)
        if (auto wrong = m_model.read(VendorCModel::Local, offsetOf(lane), laneOf(memory, lane)); !wrong.empty()) return wrong;
    return m_model.read(VendorCModel::Global, 0, memory.ddr);
}

} // namespace wb::test

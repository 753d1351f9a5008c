// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/emitters_float/vendor_chip.h"

#include "compiler/target/bm1684x/isa/command.h"

namespace wb::test {

using interop::VendorCModel;

std::string VendorChip::run(Memory& memory, const bm1684x::Program& program) {
    std::vector<VendorCModel::Encoded> commands;
    for (const auto& placed : program.placed) {
        commands.push_back({placed.engine, std::vector<std::byte>(bm1684x::encodedBytes(placed.command))});
        if (auto done = bm1684x::encode(placed.command, commands.back().words); !done) return done.error().what;
    }
    if (auto wrong = m_model.writeLanes(memory.pitch, memory.local); !wrong.empty()) return wrong;
    if (auto wrong = m_model.write(VendorCModel::Global, 0, memory.ddr); !wrong.empty()) return wrong;
    size_t failed = 0;
    if (auto wrong = m_model.execute(commands, failed); !wrong.empty()) {
        const auto& command = program.placed[failed].command;
        return std::string(bm1684x::formatOf(command).type) + "." + bm1684x::operationName(command) + ": " + wrong;
    }
    if (auto wrong = m_model.readLanes(memory.pitch, memory.local); !wrong.empty()) return wrong;
    return m_model.read(VendorCModel::Global, 0, memory.ddr);
}

} // namespace wb::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/simulator/simulator.h"
#include "tests/emitters_int8/one_op.h"

#include <algorithm>

namespace wb::test {

Result<Machine> simulatorMachine() {
    auto model = std::make_shared<bm1684x::Machine>();
    return Machine([model](std::vector<std::byte>& local, const bm1684x::Program& program, int64_t used) {
        const auto memory = model->memory().local();
        const auto copyLanes = [&](std::span<const std::byte> from, std::span<std::byte> to) {
            for (int64_t lane = 0; lane < bm1684x::kLanes; ++lane)
                std::copy_n(from.begin() + lane * bm1684x::kLaneBytes, used, to.begin() + lane * bm1684x::kLaneBytes);
        };
        copyLanes(local, memory);
        for (const auto& placed : program.placed)
            if (const auto done = model->execute(placed.command); !done)
                return bm1684x::operationName(placed.command) + ": " + done.error().what + ": " + done.error().why;
        copyLanes(memory, local);
        return std::string();
    });
}

} // namespace wb::test

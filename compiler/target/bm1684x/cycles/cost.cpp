// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/cycles/cost.h"

#include <algorithm>

namespace wb::bm1684x {

int64_t cycles::product(std::initializer_list<int64_t> factors) {
    int64_t out = 1;
    for (const int64_t factor : factors) {
        if (factor != 0 && out > kMostCycles / factor) return kMostCycles;
        out *= factor;
    }
    return out;
}

Cost costOf(const Command& command) {
    Cost cost = engineOf(command) == Engine::Tiu ? cycles::tiuCost(command) : cycles::gdmaCost(command);
    cost.cycles = std::clamp<int64_t>(cost.cycles, 1, kMostCycles);
    return cost;
}

} // namespace wb::bm1684x

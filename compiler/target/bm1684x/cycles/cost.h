// SPDX-License-Identifier: GPL-3.0-or-later
// How long one command takes, in the currency of the vendor's compiler: the cycle listings that it publishes
// (compiler_profile_0.txt) for a chip at 1 GHz. They are estimates, not measurements of silicon.
//
// Every form here was found by comparing listings with the decoded commands of the same file: yolov5n,
// yolo_fastest_xl and ultraface in INT8, F16, F32, squeezenet, shufflenet and a ResNet, of which all 13,273 commands
// come out equal, and single operators in the same types (5,242 commands, of which 7 differ). What no listing shows is
// marked as not observed and costs what the nearest relative does.
#pragma once

#include "compiler/target/bm1684x/isa/command.h"

#include <cstdint>

namespace wb::bm1684x {

struct Cost {
    int64_t cycles = 1;   ///< at least 1; at most kMostCycles, for commands that no sane stream has
    bool observed = true; ///< false: no listing shows a command like this
};

inline constexpr int64_t kMostCycles = int64_t{1} << 40;

Cost costOf(const Command& command);

namespace cycles {
Cost tiuCost(const Command& command);  ///< cost_tiu.cpp
Cost gdmaCost(const Command& command); ///< cost_gdma.cpp
/// Product, kept at or below kMostCycles; factors are not negative.
int64_t product(std::initializer_list<int64_t> factors);
} // namespace cycles

} // namespace wb::bm1684x

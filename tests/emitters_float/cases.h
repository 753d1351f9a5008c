// SPDX-License-Identifier: GPL-3.0-or-later
// Nodes to emit, and how far from the kernel's result their commands may end.
#pragma once

#include "tests/emitters_float/one_node.h"

namespace wb::test {

struct Case {
    std::string name;
    std::function<OneNode()> make;
    double absolute = 0, relative = 0; ///< both zero: equal
    Placement placement;
};

inline const char* nameOf(ir::ElementType element) {
    using E = ir::ElementType;
    return element == E::F16 ? "f16" : element == E::BF16 ? "bf16" : element == E::F32 ? "f32" : "i8";
}

std::vector<Case> elementwiseCases();
std::vector<Case> convCases();
std::vector<Case> poolCases();
std::vector<Case> axisCases();

} // namespace wb::test

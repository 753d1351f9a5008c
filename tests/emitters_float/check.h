// SPDX-License-Identifier: GPL-3.0-or-later
// One case on one chip: what is wrong, or nothing.
#pragma once

#include "tests/emitters_float/cases.h"

#include <QTest>

namespace wb::test {

inline std::string check(const Case& c, Chip& chip) {
    const OneNode node = c.make();
    const ir::Tensor expected = node.expected();
    if (expected.empty()) return "there is no kernel";
    const Outcome outcome = runEmitted(node, c.placement, chip);
    if (!outcome.error.empty()) return outcome.error;
    if (c.absolute == 0 && c.relative == 0)
        return distance(outcome.result, expected, 1e-30, 0) == 0 ? "" : "the result differs from the kernel's";
    const double far = distance(outcome.result, expected, c.absolute, c.relative);
    return far <= 1 ? "" : "an element is " + std::to_string(far) + " times as far from the kernel's as it may be";
}

inline void addRows(const std::vector<Case>& cases) {
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < cases.size(); ++i)
        QTest::newRow(cases[i].name.c_str()) << static_cast<int>(i);
}

} // namespace wb::test

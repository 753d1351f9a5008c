// SPDX-License-Identifier: GPL-3.0-or-later
// Small networks, one an operator or form, that tests run here and in the format's own interpreter.
#pragma once

#include <string>
#include <vector>

namespace wb::test {

struct TfliteCase {
    std::string name;
    std::string bytes;
    bool integer = false; ///< codes all the way
    int steps = 0;        ///< how far codes may be apart
};

/// Floating-point networks of one operator each.
std::vector<TfliteCase> floatTfliteCases();
/// The same idea with codes, uint8 and int8, scales a tensor and a channel.
std::vector<TfliteCase> integerTfliteCases();

} // namespace wb::test

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/numeric/multiplier.h"

#include <cmath>
#include <limits>

namespace wb::numeric {
namespace {

MultiplierShift search(double factor, int bits, int firstShift) {
    const auto value = static_cast<double>(static_cast<float>(factor));
    const double limit = bits == 32 ? std::numeric_limits<int32_t>::max() : 127;
    float best = std::numeric_limits<float>::infinity();
    MultiplierShift found;
    for (int shift = firstShift; shift <= 30; ++shift) {
        const double multiplier = std::round(std::ldexp(value, shift));
        const auto error = static_cast<float>(std::fabs(std::ldexp(multiplier, -shift) - value));
        if (error < best && std::fabs(multiplier) < limit) {
            best = error;
            found = {static_cast<int32_t>(multiplier), shift};
        }
    }
    return found;
}

} // namespace

MultiplierShift scaleShift(double factor, int bits) {
    return search(factor, bits, -32);
}
MultiplierShift scaleShiftPositive(double factor, int bits) {
    return search(factor, bits, 0);
}

} // namespace wb::numeric

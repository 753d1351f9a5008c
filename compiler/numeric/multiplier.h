// SPDX-License-Identifier: GPL-3.0-or-later
// A positive real as multiplier / 2^shift, searched as the vendor's compiler searches it, so that
// the pairs equal those in its files.
#pragma once

#include <cstdint>

namespace wb::numeric {

struct MultiplierShift {
    int32_t multiplier = 0;
    int32_t shift = 0; ///< right shift; negative shifts left
    bool operator==(const MultiplierShift&) const = default;
};

/// Nearest pair over shifts -32…30. `bits` is 32 (multiplier below 2^31 - 1) or 8 (below 127). The
/// factor is first rounded to float32; of equally near pairs the smallest shift wins.
MultiplierShift scaleShift(double factor, int bits);

/// The same over shifts 0…30 (used by Add and by requants between scales).
MultiplierShift scaleShiftPositive(double factor, int bits);

/// TensorFlow Lite's form: factor = multiplier / 2^31 / 2^shift with a multiplier of 31 bits. Factors below 2^-32 give 0,
/// from 2^31 on the largest.
MultiplierShift quantisedMultiplier(double factor);

/// value · factor as its integer kernels work it out: shifted left (saturating) where the shift is negative, the high half
/// of the doubled product rounded half up, then shifted right, rounded half away from zero.
int32_t multiplyQuantised(int64_t value, MultiplierShift factor);

} // namespace wb::numeric

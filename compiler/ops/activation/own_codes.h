// SPDX-License-Identifier: GPL-3.0-or-later
// A mark of the improved mode on top.LeakyRelu and top.PRelu: the result has codes of its own range and zero point instead
// of its operand's, as functions made of tables have. A convolution before it takes it along before it rounds
// (quantise/sum_activations.h); elsewhere a leaky one becomes a table of two lines. The vendor's form, without the mark, has
// one range for both.
#pragma once

namespace wb::ops {

inline constexpr char kOwnCodes[] = "own_codes"; ///< boolean

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// A mark of the improved mode on top.LeakyRelu: its result has codes of its own range and zero point instead of its
// operand's, as functions made of tables have. The vendor's form, without the mark, has one range for both.
#pragma once

namespace wb::ops {

inline constexpr char kOwnCodes[] = "own_codes"; ///< boolean

} // namespace wb::ops

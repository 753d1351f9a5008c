// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as users write them in mean and scale: "0.0039216", "1/255", "1/57.375", "-2*(3+1)".
#pragma once

#include "compiler/base/result.h"

#include <string_view>
#include <vector>

namespace wb::preprocess {

/// Value of an arithmetic expression of decimal numbers, + - * / and parentheses, in double precision.
/// PreprocessInvalid with the position and what was expected there; also for a division by zero, a
/// result that is not finite, a text over 200 characters or parentheses nested deeper than 30.
Result<double> parseNumber(std::string_view text);

/// The same for a comma separated list ("0.485*255,0.456*255,0.406*255"); never empty.
Result<std::vector<double>> parseNumberList(std::string_view text);

} // namespace wb::preprocess

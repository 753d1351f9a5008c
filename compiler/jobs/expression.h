// SPDX-License-Identifier: GPL-3.0-or-later
// The value of a number as users write it in mean and scale ("1/255"), for forms that show it.
#pragma once

#include "compiler/base/result.h"

#include <string>

namespace wb::jobs {

/// PreprocessInvalid with the position of what is wrong.
Result<double> evaluateNumber(const std::string& text);

} // namespace wb::jobs

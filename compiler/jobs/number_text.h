// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers in one-line results and reports: six digits for cosines, as tables show them.
#pragma once

#include <string>

namespace wb::jobs {

std::string cosineText(double cosine);                ///< "0.961300"
std::string fixedText(double value, int digits);      ///< printf's %.*f

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/expression.h"

#include "compiler/preprocess/number.h"

namespace wb::jobs {

Result<double> evaluateNumber(const std::string& text) { return preprocess::parseNumber(text); }

} // namespace wb::jobs

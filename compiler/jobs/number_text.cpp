// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/number_text.h"

#include <cstdio>

namespace wb::jobs {

std::string fixedText(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string cosineText(double cosine) { return fixedText(cosine, 6); }

} // namespace wb::jobs

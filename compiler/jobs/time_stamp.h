// SPDX-License-Identifier: GPL-3.0-or-later
// The date line of the vendor's tables.
#pragma once

#include <string>

namespace wb::jobs {

/// "2026-11-22 15:27:12.002183", local time.
std::string timeStamp();

} // namespace wb::jobs

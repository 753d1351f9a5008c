// SPDX-License-Identifier: GPL-3.0-or-later
// The icons inside the program (":/icons/NAME.svg").
#pragma once

namespace wb::resources {

/// Makes the resources readable; call once before the first use, more often does no harm.
void init();

} // namespace wb::resources

// SPDX-License-Identifier: GPL-3.0-or-later
// The compiled translations inside the program (":/i18n/workbench_zh_CN.qm").
#pragma once

namespace wb::translations {

/// Makes the resources readable; more than once does no harm.
void init();

} // namespace wb::translations

// SPDX-License-Identifier: GPL-3.0-or-later
// A scripted walk through the real window on the sample with the real worker; every screen is stored as a
// picture, in both themes and languages (rule A-1).
#pragma once

#include <QString>

namespace wb::workbench {

/// Writes NAME-THEME-LANGUAGE.png into the folder. 0, or 1 with a reason on standard error.
int runTour(const QString& folder);

} // namespace wb::workbench

// SPDX-License-Identifier: GPL-3.0-or-later
// Which chips a project can be made for.
#pragma once

#include <QString>

namespace wb::models {

/// Whether networks are quantised for the chip ("bm1684", any case).
bool chipQuantises(const QString& chip);
/// Whether bmodels are written for it.
bool chipHasBmodel(const QString& chip);

} // namespace wb::models

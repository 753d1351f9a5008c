// SPDX-License-Identifier: GPL-3.0-or-later
// Which chips a project can be made for.
#pragma once

#include <QString>
#include <QStringList>

namespace wb::models {

/// Whether networks are quantised for the chip ("bm1684", any case).
bool chipQuantises(const QString& chip);
/// Whether bmodels are written for it.
bool chipHasBmodel(const QString& chip);

/// How raw pictures can lie (--customization_format), in the vendor's order.
QStringList rawFormats();
/// Whether only the video hardware of the CV18xx delivers it: no file is compiled for such inputs.
bool isVideoFormat(const QString& format);

} // namespace wb::models

// SPDX-License-Identifier: GPL-3.0-or-later
// The language of the window, switched while running: every widget hears of it by LanguageChange.
#pragma once

#include <QString>

namespace wb::workbench {

/// "en" or "zh_CN"; anything else, and an empty text, means the system's language.
void setLanguage(const QString& language);
QString language(); ///< the one shown: "en" or "zh_CN"

} // namespace wb::workbench

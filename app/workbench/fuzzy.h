// SPDX-License-Identifier: GPL-3.0-or-later
// How well a few typed letters fit a name (rule H-2).
#pragma once

#include <QString>

namespace wb::workbench {

/// Letters of `pattern` in order somewhere in `text`, without case; −1 when they are not. More for letters side
/// by side, at the start of words, and for short texts; blanks in the pattern part words that all must fit.
int fuzzyScore(const QString& pattern, const QString& text);

} // namespace wb::workbench

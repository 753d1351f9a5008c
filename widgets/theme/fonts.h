// SPDX-License-Identifier: GPL-3.0-or-later
// Fonts: the system's for text, a monospaced one for values, a Chinese fall-back behind both.
#pragma once

#include <QStringList>

class QApplication;

namespace wb::theme {

/// Takes the system font as it is, puts a Chinese face of the right region behind it, and makes it half
/// a point smaller for rows and labels.
void installFonts(QApplication& application);

QStringList monoFamilies();

} // namespace wb::theme

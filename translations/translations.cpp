// SPDX-License-Identifier: GPL-3.0-or-later
#include "translations/translations.h"

#include <QtCore/QDir>

static void registerTranslations() { Q_INIT_RESOURCE(translations); }

namespace wb::translations {

void init() { registerTranslations(); }

} // namespace wb::translations

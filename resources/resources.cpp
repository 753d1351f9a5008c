// SPDX-License-Identifier: GPL-3.0-or-later
// Registers the compiled resources. The macro must stand outside every namespace.
#include "resources/resources.h"

#include <QtCore/QDir>

static void registerWorkbenchResources() { Q_INIT_RESOURCE(workbench); }

namespace wb::resources {

void init() { registerWorkbenchResources(); }

} // namespace wb::resources

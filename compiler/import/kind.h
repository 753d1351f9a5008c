// SPDX-License-Identifier: GPL-3.0-or-later
// Which framework some bytes are from; fileKind() of import.h is the same for a file.
#pragma once

#include "compiler/import/import.h"

#include <span>

namespace wb::importer {

/// `head`: the beginning of the file, or all of it.
FileKind kindOf(std::span<const std::byte> head);

} // namespace wb::importer

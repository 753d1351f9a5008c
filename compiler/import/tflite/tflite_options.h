// SPDX-License-Identifier: GPL-3.0-or-later
// An operator's options as attributes. Names are the format's own: border, stride_w, activation, keep_dims …; words for
// enumerations, 0 and 1 for flags, -1 where a number of the enumeration is unknown.
#pragma once

#include "compiler/ops/import_rule.h"

#include <tflite_generated.h>

namespace wb::importer {

void readTfliteOptions(const tflite::wire::Operator& source, ops::SourceNode& node);

} // namespace wb::importer

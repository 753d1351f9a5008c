// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns that converters write for what one operator says better.
#pragma once

#include "compiler/import/source_model.h"

namespace wb::importer {

/// SPACE_TO_BATCH_ND, a convolution of stride 1 without border, BATCH_TO_SPACE_ND with the same blocks, each read once:
/// one convolution with that dilation. Where borders and crops do not come to a border of the picture, nothing changes.
void mergeDilations(SourceModel& model);

} // namespace wb::importer

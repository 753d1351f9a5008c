// SPDX-License-Identifier: GPL-3.0-or-later
// Facts of a lowered network for the layer table, and the vendor's file name prefix.
#pragma once

#include "compiler/calibrate/table.h"
#include "compiler/jobs/snapshot.h"
#include "compiler/quantise/lower.h"

#include <string>
#include <vector>

namespace wb::jobs {

/// One entry a layer: what was asked, what came out, with scale, zero point and range (rule T-5).
std::vector<LayerPrecision> describePrecisions(const NetworkSnapshot& network, const quantise::Lowered& lowered,
                                               const quantise::RangeTable& ranges,
                                               const quantise::PrecisionTable& requested);

/// "<name>_<chip>_<mode>" with "_sym" or "_asym" for INT8 (dossier section 0).
std::string filePrefix(const std::string& modelName, const ops::LoweringOptions& options);

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
// Networks that bring their own scales (module.state TOP_QUANTIZED, dossier section 5.10): no calibration table; layers work
// on the codes that the file gives them, in its arithmetic. A layer without such a form is worked out in F32 between casts,
// and its result is brought to the file's codes again.
#pragma once

#include "compiler/quantise/lower.h"

namespace wb::quantise {

/// Whether the graph's values are typed with scales by the network.
bool bringsScales(const ir::Graph& top);

/// The same network in numbers: constants dequantised, casts gone, no scales on any value. What saturated at the ends of the
/// codes does so no more.
Result<ir::Graph> withoutCodes(const ir::Graph& top);

/// As lower(), for such a graph. Other module precisions than INT8 are those of withoutCodes().
Result<Lowered> lowerQuantised(const ir::Graph& top, const PrecisionTable& precisions, const LowerOptions& options,
                               const JobContext& context);

} // namespace wb::quantise

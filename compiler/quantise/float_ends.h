// SPDX-License-Identifier: GPL-3.0-or-later
// Outputs that are several tensors side by side. As codes they would share one scale, and where boxes in pixels lie
// beside scores below one nothing is left of the scores. In the improved mode each part is cast with a scale of its own
// before they are joined: as many elements are cast as at the output otherwise, and the casts write into place.
#pragma once

#include "compiler/quantise/lower.h"

namespace wb::quantise {

/// Views: operators that take the type of their operand whatever was asked for, and keep its bytes.
bool followsInput(std::string_view op);

/// Concatenations of a marked network (sum_activations.h) whose result is an output, or becomes one under other shapes
/// only, with what lies between: by name of the result. Empty for other networks, targets, or integer outputs.
PrecisionTable floatEnds(const ir::Graph& top, const LowerOptions& options);

} // namespace wb::quantise

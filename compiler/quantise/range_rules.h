// SPDX-License-Identifier: GPL-3.0-or-later
// Harmonisation of calibrated ranges: operators that carry codes over must have one scale on both
// sides, and some only work if their operands share a scale or a sign (dossier section 5.3).
#pragma once

#include "compiler/quantise/lower.h"

namespace wb::quantise {

/// The types of `graph`'s values carry ranges as read from the table; rewrites them in the vendor's
/// order, each rule to a fixed point, as the chip's integer forms want it. May swap the operands of a Mul.
void harmoniseRanges(ir::Graph& graph, const PrecisionTable& precisions, ops::Chip chip = ops::Chip::BM1684X);

} // namespace wb::quantise

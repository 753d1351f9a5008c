// SPDX-License-Identifier: GPL-3.0-or-later
// How much of an INT8 network is float after all, by the number of elements that its layers give.
#pragma once

#include "compiler/quantise/lower.h"

namespace wb::improve {

struct FloatPart {
    size_t layers = 0; ///< without ends of outputs (R08), which are cast at no cost of their own, and their views (R04)
    double share = 0;  ///< of the elements of all layers' results
};

/// Errors of lower().
Result<FloatPart> floatPart(const ir::Graph& top, const quantise::RangeTable& ranges, const quantise::LowerOptions& form,
                            const JobContext& context);

} // namespace wb::improve

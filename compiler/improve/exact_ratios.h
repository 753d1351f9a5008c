// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges under which sums add without an error of gain. A sum brings each operand to its result's scale by a multiplier
// of 7 bits, up to 0.8 % off. Where the operand's range is free it can move by as little, so that the ratio of the two
// scales is a multiplier and a shift. Concatenations need none of it: their operands are requantised with 31 bits.
#pragma once

#include "compiler/improve/ranges.h"

namespace wb::improve {

struct ExactRatios {
    quantise::RangeTable ranges;
    size_t moved = 0;      ///< classes
    double furthest = 0;   ///< by which share, at most
};

/// Results are settled before operands, the last sum of the network first; a class that several sums read is made exact
/// for the last of them. Classes that no sum reads stay as they are.
Result<ExactRatios> withExactRatios(const ir::Graph& top, const quantise::RangeTable& ranges,
                                    const std::vector<RangeClass>& classes, const quantise::LowerOptions& form,
                                    const JobContext& context);

} // namespace wb::improve

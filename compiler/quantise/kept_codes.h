// SPDX-License-Identifier: GPL-3.0-or-later
// A network of codes, quantised again for a chip that scales a whole filter by one shift (BM1684). Weights of such a network
// were fitted to their codes in training; rounded to another grid, the small channels of a depthwise filter lose all (codes of
// 2 or 3 where the greatest has 113). Where a result's scale is the operand's times the weights' times a power of two, the
// chip's codes are the file's own.
#pragma once

#include "compiler/quantise/lower.h"

namespace wb::quantise {

/// Moves the ranges of convolutions' results to such scales where that costs less than rounding the weights again; weights
/// beyond 8 bits are cut off. `numbers` is withoutCodes(top), `ranges` carriedRanges(top); both are changed.
Status keepFilterCodes(const ir::Graph& top, ir::Graph& numbers, RangeTable& ranges);

} // namespace wb::quantise

// SPDX-License-Identifier: GPL-3.0-or-later
// Attributes of convolutions whose sums become their results in float32 (kernels/sum_form.h): the improved mode's, never the
// vendor's.
#pragma once

namespace wb::ops {

/// top.Conv while it is lowered (quantise/sum_activations.h): its sums take that way …
inline constexpr char kOwnSums[] = "own_sums";           ///< boolean
/// … with this activation behind them, by its operator's name, and the slopes below zero of a leaky one, one or one a channel …
inline constexpr char kSumActivation[] = "sum_activation";
inline constexpr char kSumSlopes[] = "sum_slopes";
/// … or to float32, as an output of the network.
inline constexpr char kSumResult[] = "sum_result";       ///< boolean

/// tpu.Conv2D: the parts of a SumForm, in its order. A line is three numbers: slope, offset, part.
inline constexpr char kSumScales[] = "sum_scales";
inline constexpr char kSumOffsets[] = "sum_offsets";
inline constexpr char kSumLines[] = "sum_lines";
inline constexpr char kSumUnit[] = "sum_unit";

} // namespace wb::ops

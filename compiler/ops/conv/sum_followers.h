// SPDX-License-Identifier: GPL-3.0-or-later
// Forms of sums (kernels/sum_form.h) made for a quantised filter and what follows it.
#pragma once

#include "compiler/kernels/sum_form.h"
#include "compiler/ops/conv/conv_codes.h"

#include <string>

namespace wb::ops {

inline constexpr double kSumWide = 32767; ///< the largest of the numbers of 16 bits between sums and results

/// What follows the sums of a convolution.
struct SumFollower {
    std::vector<double> slopes; ///< below zero, of a leaky activation: one or one a channel
    std::string activation;     ///< of another one, its operator: "top.SiLU"
    double reach = 0;           ///< not 0: the result is float32, no further than this from zero
};

/// By the attributes of conv_attributes.h on the top node, whose result has this range; nothing if it has none of them.
std::optional<SumFollower> sumFollowerOf(const ir::Node& conv, const ir::CalibratedRange* range);
void eraseSumFollower(ir::AttributeMap& attributes);

/// Whether lines give the activation's codes well enough.
bool linesGive(const std::string& activation, const Codes& out);

/// `out`: of the result, unless it is float32.
kernels::SumForm sumFormFor(const QuantisedFilter& filter, const Codes& out, const SumFollower& follower, bool relu);

} // namespace wb::ops

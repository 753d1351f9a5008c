// SPDX-License-Identifier: GPL-3.0-or-later
// A convolution's filter and bias as the BM1684X takes them in INT8 (dossier section 5.5): codes per output channel,
// 32-bit bias, one multiplier and shift a channel.
#pragma once

#include "compiler/ops/support/lower_support.h"

#include <span>

namespace wb::ops {

/// What a filter with `channels` output channels becomes; arrays have an entry a channel.
struct QuantisedFilter {
    std::vector<int8_t> codes; ///< in the order of the source; bytes of uint8 codes when !isSigned
    std::vector<int32_t> bias; ///< empty without one
    std::vector<int64_t> multipliers;
    std::vector<int64_t> shifts;
    std::vector<double> steps, starts; ///< what a sum (without bias) times the step, plus the start, is in real numbers
    bool isSigned = true;
};

/// `scales`: of each channel's weights, as a calibration table may give them ("#weight_scale"); empty: the largest
/// magnitude over 127 (255 where no weight is negative and there is no bias).
QuantisedFilter quantiseFilter(std::span<const float> filter, std::span<const float> bias, int64_t channels,
                               const Codes& in, const Codes& out, std::span<const double> scales = {});

/// The attributes that every lowered convolution carries.
void convDefaults(ir::AttributeMap& attributes, bool withBias);

/// A convolution, also one with floats, as the parts of the chips without its integer form leave it.
Result<Precision> lowerConvFloat(LoweringBuilder& builder, const ir::Node& node, Precision precision);

/// The attribute of a filter's top.Weight node that carries such scales.
inline constexpr char kWeightScales[] = "scale";

} // namespace wb::ops

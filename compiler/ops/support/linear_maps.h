// SPDX-License-Identifier: GPL-3.0-or-later
// Operators that are a linear map along single axes (interpolation, running sums), as products with constant matrices.
#pragma once

#include "compiler/ops/support/lower_support.h"

#include <vector>

namespace wb::ops {

struct AxisMap {
    size_t axis = 0;
    int64_t in = 1, out = 1;
    std::vector<float> matrix; ///< [out, in]
};

/// OperatorNotLowered where the matrix would be larger than anything worth compiling.
Status checkMapSize(const LoweringBuilder& builder, const ir::Node& node, int64_t in, int64_t out);
/// The maps one after the other, in a float precision; the last product has the node's name.
Result<Precision> lowerLinearMaps(LoweringBuilder& builder, const ir::Node& node, Precision precision, std::vector<AxisMap> maps);

} // namespace wb::ops

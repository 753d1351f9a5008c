// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compiler/ops/support/linear_maps.h"

#include <optional>
#include <vector>

namespace wb::ops {

/// What top.Resample does along each axis as a matrix; nothing where it puts another number outside the picture.
std::optional<std::vector<AxisMap>> resampleMaps(const ir::Node& node, const ir::Shape& in, const ir::Shape& out);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compiler/ops/support/lower_support.h"

namespace wb::ops {

/// tpu.MatMul's attributes, without zero points and requantisation.
ir::AttributeMap matmulAttributes(const ir::Node& node);

} // namespace wb::ops

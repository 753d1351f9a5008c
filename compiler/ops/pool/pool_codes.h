// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compiler/ops/support/lower_support.h"

namespace wb::ops {

/// tpu.Pool2D's attributes; `mode` is "Avg" or "Max".
ir::AttributeMap poolAttributes(const ir::Node& node, const char* mode);

} // namespace wb::ops

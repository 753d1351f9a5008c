// SPDX-License-Identifier: GPL-3.0-or-later
// Filters of transposed convolutions, from the order of source files to the graph's (conv.cpp).
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/tensor.h"

namespace wb::ops {

/// [C, O/g, …] → the shape [O/g, C, …] with numbers that lie [O, C/g, …]. `group` divides C.
Result<ir::Tensor> deconvFilter(const ir::Tensor& filter, int64_t group);

} // namespace wb::ops

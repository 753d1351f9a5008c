// SPDX-License-Identifier: GPL-3.0-or-later
// Conversion of a 4-D value between memory layouts, for every element size.
#pragma once

#include "compiler/kernels/work.h"
#include "compiler/ops/kernel.h"

namespace wb::execute {

/// Copies `from` into `to`, which differ in layout only. Channels that a blocked form adds become zero.
void reorder(const ops::Buffer& from, const ops::Buffer& to, const kernels::Work& work);

} // namespace wb::execute

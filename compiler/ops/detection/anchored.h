// SPDX-License-Identifier: GPL-3.0-or-later
// The end of TensorFlow's object detection networks as one operator: offsets to anchors become boxes, the best are kept.
#pragma once

#include "compiler/ops/float_kernel.h"

namespace wb::ops {

Prepared prepareAnchoredDetection(const PrepareContext& context);

} // namespace wb::ops

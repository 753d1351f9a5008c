// SPDX-License-Identifier: GPL-3.0-or-later
// The sliding window of Conv, Deconv and the pools, brought to three spatial axes for the float kernels.
#pragma once

#include "compiler/kernels/f32_conv.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {

struct Window {
    kernels::WindowShape shape;
    std::array<int64_t, 3> padAfter{0, 0, 0};
};

/// From operand 0, result 0 and kernel_shape, strides, pads, dilations, group; an empty kernel_shape means
/// the whole picture. ShapeMismatch if these do not belong together.
Result<Window> readWindow(const ir::Graph& graph, const ir::Node& node);

} // namespace wb::ops

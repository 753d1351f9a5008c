// SPDX-License-Identifier: GPL-3.0-or-later
// Unpooling that chips can run: where the windows of the pooling do not overlap, a number goes back to the pixel that is
// the first of its window to equal the greatest. That is a comparison, a choice among a window's pixels and a product.
#pragma once

#include "compiler/ops/import_compose.h"

namespace wb::ops {

/// The positions that a MaxPoolWithMask of this graph gave, through a plane or as a whole: its own result; else kNoValue.
ir::ValueId poolPositions(const ir::Graph& graph, ir::ValueId positions);

/// x [N,C,h,w] at the places that a MaxPoolWithMask of this graph gave as `positions`, in zeros of shape `sizes`, as the
/// node's result. kNoValue, and nothing emitted, where the positions come from elsewhere or the windows are of another kind.
ir::ValueId unpoolWindow(Composer& c, ImportBuilder& builder, ir::ValueId x, ir::ValueId positions, const ir::Shape& sizes);

/// A pooling whose positions are asked for: the values are a MaxPool of their own, so that nothing is left of the
/// positions where unpoolWindow() did without them. `attributes` are MaxPoolWithMask's, without dilation; positions count
/// through each plane of x (`inPlane`: Caffe, PyTorch) or all of it (ONNX).
Status poolWithPositions(const SourceNode& node, ImportBuilder& builder, ir::ValueId x, ir::AttributeMap attributes, bool inPlane);

} // namespace wb::ops

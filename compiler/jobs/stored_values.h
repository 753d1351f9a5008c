// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers for an input in the type in which the model takes them.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"

namespace wb::jobs {

/// `values` are F32 or have the input's type already. Codes are x/scale + zero point, halves away from zero, saturated;
/// those of a raw picture (attribute customization_format) are the values themselves. InputShapeWrong.
Result<ir::Tensor> toStored(const ir::Tensor& values, const ir::Graph& graph, ir::ValueId input);

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers for an input in the type in which the model takes them.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"

#include <optional>

namespace wb::jobs {

/// `values` are F32 or have the input's type already. Codes are x/scale + zero point, halves away from zero, saturated;
/// those of a raw picture (attribute customization_format) are the values themselves. InputShapeWrong.
Result<ir::Tensor> toStored(const ir::Tensor& values, const ir::Graph& graph, ir::ValueId input);

/// An array that holds codes already: integers of the width and sign in which an input of `type` is stored (the vendor's
/// runner takes such arrays as they are, too). Nothing for other arrays, which hold numbers.
std::optional<ir::Tensor> asCodes(const ir::Tensor& array, const ir::TensorType& type);

} // namespace wb::jobs

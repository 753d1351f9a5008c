// SPDX-License-Identifier: GPL-3.0-or-later
// Data movement on constants of any element type: the part of fold.cpp that never looks at the
// numbers.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/tensor.h"

namespace wb::importer {

/// Result element at index i… = source element at base + Σ i·strides (in elements; 0 repeats).
Result<ir::Tensor> gatherStrided(const ir::Tensor& source, const ir::Shape& shape,
                                 const std::vector<int64_t>& strides, int64_t base);
std::vector<int64_t> rowMajorStrides(const ir::Shape& shape);

Result<ir::Tensor> transposeConstant(const ir::Tensor& x, std::vector<int64_t> order);
Result<ir::Tensor> expandConstant(const ir::Tensor& x, const ir::Shape& wanted);
Result<ir::Tensor> sliceConstant(const ir::Tensor& x, const std::vector<int64_t>& starts,
                                 const std::vector<int64_t>& ends, std::vector<int64_t> axes,
                                 std::vector<int64_t> steps);
Result<ir::Tensor> gatherConstant(const ir::Tensor& x, const ir::Tensor& indices,
                                  const std::vector<int64_t>& positions, int64_t axis);
Result<ir::Tensor> concatConstants(const std::vector<const ir::Tensor*>& parts, int64_t axis);

} // namespace wb::importer

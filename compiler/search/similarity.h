// SPDX-License-Identifier: GPL-3.0-or-later
// How near a layer or an output comes to the float network's. Private to this module.
#pragma once

#include "compiler/ir/tensor.h"
#include "compiler/ir/type.h"

namespace wb::search {

/// 0.5 + 0.5 · cosine of two stored tensors of equal size, 0.5 where that is no number. Codes of a
/// symmetric scale count as they are: a scale cancels out.
double similarityOf(const ir::Tensor& stored, const ir::TensorType& type, const ir::Tensor& reference,
                    const ir::TensorType& referenceType);

/// |stored − reference|² / |reference|² of float32 tensors; 1 where the reference is nothing but zeros.
double errorShare(const ir::Tensor& stored, const ir::Tensor& reference);

} // namespace wb::search

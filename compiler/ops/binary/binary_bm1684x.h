// SPDX-License-Identifier: GPL-3.0-or-later
// BM1684X emitters of this family by kind of number; emit_binary chooses between them.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// F32, F16 and BF16: element-wise operators of two tensors, or of a tensor and a number, by node->op.
Result<std::unique_ptr<LocalEmitter>> prepareFloatBinary(const EmitContext& context);
/// tpu.Where: operand 0 != 0 ? operand 1 : operand 2 (or the numbers x_const_val, y_const_val); F32.
Result<std::unique_ptr<LocalEmitter>> prepareChoice(const EmitContext& context);

/// Beyond four axes the chip joins those between channels and the last one. `shape`, with as many axes as the result,
/// with all of these repeated as the result has them where one of them is; then they can be joined.
ir::Shape joinableShape(const ir::Shape& shape, const ir::Shape& result);
/// A constant of `shape` repeated to `wanted`, of which it has the axes or ones.
ir::Tensor repeatedConstant(const ir::Tensor& data, const ir::Shape& shape, const ir::Shape& wanted);

} // namespace wb::ops

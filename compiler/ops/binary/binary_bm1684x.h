// SPDX-License-Identifier: GPL-3.0-or-later
// BM1684X emitters of this family by kind of number; emit_binary chooses between them.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// F32, F16 and BF16: element-wise operators of two tensors, or of a tensor and a number, by node->op.
Result<std::unique_ptr<LocalEmitter>> prepareFloatBinary(const EmitContext& context);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// BM1684X emitters of this family by kind of number; emit_pool chooses between them.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// F32, F16 and BF16: tpu.Pool2D, by node->op.
Result<std::unique_ptr<LocalEmitter>> prepareFloatPool(const EmitContext& context);

} // namespace wb::ops

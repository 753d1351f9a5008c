// SPDX-License-Identifier: GPL-3.0-or-later
// BM1684X emitters of this family by kind of number; emit_cast chooses between them.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// F32, F16 and BF16: tpu.Cast between float types, by node->op.
Result<std::unique_ptr<LocalEmitter>> prepareFloatCast(const EmitContext& context);

} // namespace wb::ops

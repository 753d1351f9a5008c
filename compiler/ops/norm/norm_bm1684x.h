// SPDX-License-Identifier: GPL-3.0-or-later
// BM1684X emitters of this family by kind of number; emit_norm chooses between them.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// F32, F16 and BF16: tpu.LRN, tpu.BatchNorm and the normalisations by data, by node->op.
Result<std::unique_ptr<LocalEmitter>> prepareFloatNorm(const EmitContext& context);

} // namespace wb::ops

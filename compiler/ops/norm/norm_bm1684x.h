// SPDX-License-Identifier: GPL-3.0-or-later
// BM1684X emitters of this family by kind of number; emit_norm chooses between them.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// F32, F16 and BF16: tpu.LRN and tpu.BatchNorm, by node->op.
Result<std::unique_ptr<LocalEmitter>> prepareFloatNorm(const EmitContext& context);
/// The normalisations by the data's own mean and deviation.
Result<std::unique_ptr<GlobalEmitter>> prepareRowNorm(const EmitContext& context);

/// tpu.LayerNorm of rows that lie along lanes.
Result<std::unique_ptr<LocalEmitter>> prepareLaneNorm(const EmitContext& context);
/// tpu.InstanceNorm and tpu.GroupNorm of one group, of pictures whose channels fill lanes.
Result<std::unique_ptr<LocalEmitter>> preparePictureNorm(const EmitContext& context);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// BM1684X emitters of this family by kind of number; emit_conv chooses between them.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// F32, F16 and BF16: tpu.Conv2D, tpu.Deconv and tpu.Scale, by node->op.
Result<std::unique_ptr<LocalEmitter>> prepareFloatConv(const EmitContext& context);

/// 8-bit codes in; Conv2D gives codes, Deconv 32-bit sums.
Result<std::unique_ptr<LocalEmitter>> prepareCodeConv(const EmitContext& context);
/// 32-bit sums to codes by a table of the channels.
Result<std::unique_ptr<LocalEmitter>> prepareRequantAxis(const EmitContext& context);

/// Passes of the vector unit over a byte an element that a convolution of codes takes behind its sums: bias and requant, or
/// its form.
double passesBehindSums(const ir::Node& node, int64_t channels);

} // namespace wb::ops

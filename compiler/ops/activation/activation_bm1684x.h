// SPDX-License-Identifier: GPL-3.0-or-later
// BM1684X emitters of this family by kind of number; emit_activation chooses between them.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// F32, F16 and BF16: tpu.Active, tpu.Relu, tpu.LeakyRelu, tpu.PReluOp, tpu.Clip and the functions without a mode of tpu.Active, by node->op.
Result<std::unique_ptr<LocalEmitter>> prepareFloatActivation(const EmitContext& context);

/// Whether slopes of a PRelu of that shape are one for all, or one a channel: axes aligned at their ends.
bool slopesInChannels(const ir::Shape& slopes, const ir::Shape& shape);

/// Of codes: any function of one code (codeTableOf), by steps of vector instructions or by a look-up.
Result<std::unique_ptr<LocalEmitter>> prepareCodeFunction(const EmitContext& context);

} // namespace wb::ops

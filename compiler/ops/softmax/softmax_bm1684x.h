// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// tpu.Softmax of codes, equal to its integer model.
Result<std::unique_ptr<GlobalEmitter>> prepareCodeSoftmax(const EmitContext& context);

/// To F16 or BF16, over rows that lie along lanes.
Result<std::unique_ptr<LocalEmitter>> prepareRowSoftmax(const EmitContext& context);

} // namespace wb::ops

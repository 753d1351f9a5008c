// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// tpu.Softmax of codes, equal to its integer model.
Result<std::unique_ptr<GlobalEmitter>> prepareCodeSoftmax(const EmitContext& context);

} // namespace wb::ops

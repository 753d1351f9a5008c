// SPDX-License-Identifier: GPL-3.0-or-later
// Operators that rewrites of codegen make and no source of networks knows.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// tpu.LaneView: other elements of the rows that lie along lanes.
Result<std::unique_ptr<LocalEmitter>> prepareLaneView(const EmitContext& context);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// What the emitters of tpu.Reduce and tpu.Arg share.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

enum class Reduction : uint8_t { Mean, Sum, Max, Min, Prod, L1, L2, ArgMax, ArgMin };
/// Of the attribute `mode`.
std::optional<Reduction> reductionOf(const std::string& name);

/// tpu.Reduce over what each lane has of a tensor: axes behind the channels.
Result<std::unique_ptr<LocalEmitter>> prepareLaneReduce(const EmitContext& context);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Casts between kinds of float: one command, or two by way of float32 where the chip has none.
#include "compiler/ops/cast/cast_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"

namespace wb::ops {

Result<std::unique_ptr<LocalEmitter>> prepareFloatCast(const EmitContext& context) { return makeChain(context, {}); }

} // namespace wb::ops

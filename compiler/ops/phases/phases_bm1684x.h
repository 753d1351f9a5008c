// SPDX-License-Identifier: GPL-3.0-or-later
// Operators that rewrites of codegen make and no source of networks knows.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

/// tpu.LaneView: other elements of the rows that lie along lanes.
Result<std::unique_ptr<LocalEmitter>> prepareLaneView(const EmitContext& context);
/// tpu.LaneJoin: rows side by side in their lanes.
Result<std::unique_ptr<LocalEmitter>> prepareLaneJoin(const EmitContext& context);
/// tpu.JoinPhases: channels that become rows and columns (join_bm1684x.cpp).
Result<std::unique_ptr<LocalEmitter>> prepareJoin(const EmitContext& context);
/// tpu.LaneSlice: some channels, in lanes of their own.
Result<std::unique_ptr<LocalEmitter>> prepareLaneSlice(const EmitContext& context);

/// Channels of `from`, which fill its rows and columns without a gap, at `address` in other lanes.
void toLanes(const bm1684x::LocalTensor& from, uint32_t address, bm1684x::Assembler& out);

} // namespace wb::ops

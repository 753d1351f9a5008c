// SPDX-License-Identifier: GPL-3.0-or-later
// Attention with tokens in lanes. Its products are written with a matrix for each head, [batch, head, token, element], and
// transposes before and behind; projections and all else have [batch, token, head · element]. A product of heads that lie
// along each token's row needs none of these transposes (hdim_is_batch), and the whole of it can stay in local memory. What
// is done to heads before a product (rotary embedding) is done to them along the row; keys and values that several heads
// share are not repeated.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

inline constexpr const char* kLaneView = "tpu.LaneView"; ///< made here; see ops/phases/lane_view_bm1684x.cpp

inline constexpr const char* kLaneJoin = "tpu.LaneJoin"; ///< lane_join_bm1684x.cpp

/// The graph with such products, and the element-wise operators and softmaxes between them, in that order of axes.
ir::Graph headsAlongLanes(const ir::Graph& graph);

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// Cycles of single operators by layout: closed forms of target/bm1684x/cycles, transfers at the rate of long rows.
#pragma once

#include "compiler/codegen/layouts/conv_phases.h"
#include "compiler/codegen/layouts/ties.h"

namespace wb::codegen {

/// Layouts for the values of a tie, the plain one first.
std::vector<Phases> candidates(const ir::Graph& graph, const Ties& ties, const Tie& tie);

/// Of an elementwise operator; of the cast that a loaded tie begins with.
double elementwiseCycles(const ir::Graph& graph, const ir::Node& node, const Phases& phases);
/// Of bringing a network input into blocks, its cast included.
double loadCycles(const ir::Graph& graph, const ir::Node& producer, const Phases& phases);
/// Of clearing what blocks have outside of the picture, where the convolution needs that: a copy, and columns at both
/// sides.
double clearCycles(const ConvShape& conv, const Phases& from);
/// Infinite where there is no such convolution.
double convCycles(const ConvShape& conv, const Phases& from, const ChannelOrder& in, const Phases& to,
                  const std::vector<int64_t>& outSegments);

} // namespace wb::codegen

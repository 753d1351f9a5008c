// SPDX-License-Identifier: GPL-3.0-or-later
// Which tensors lie in which blocks: the layouts with the fewest cycles of arithmetic, over the whole graph.
#pragma once

#include "compiler/codegen/layouts/ties.h"

namespace wb::codegen {

/// For each tie.
std::vector<Phases> choosePhases(const ir::Graph& graph, const Ties& ties);

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// Rewrites of the top graph that the chip wants before lowering: a Scale behind a convolution
// disappears into its weights, reductions over whole pictures become pools (dossier section 6).
#pragma once

#include "compiler/ir/graph.h"

#include <map>
#include <string>

namespace wb::quantise {

/// Names that vanish, and the name of the layer that does their work now.
using FusedNames = std::map<std::string, std::string, std::less<>>;

/// Reductions over height and width as pools; keeps all names.
void reductionsToPools(ir::Graph& graph);

/// Conv + Scale as one Conv under the Scale's name. Runs on the graph with ranges, so that both
/// names were in the table.
FusedNames mergeScales(ir::Graph& graph);

} // namespace wb::quantise

// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions over three axes, which the chip does not have: the axis with the shortest kernel becomes images, each with
// the neighbours that its taps meet as channels beside its own. Results are the same, bit for bit. Transposed ones (in floats:
// they have no integer form) give as many results of that axis as its stride, as channels, too.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// The graph with such convolutions over two axes.
ir::Graph flattenVolumes(const ir::Graph& graph);

} // namespace wb::codegen

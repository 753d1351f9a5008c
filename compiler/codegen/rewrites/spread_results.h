// SPDX-License-Identifier: GPL-3.0-or-later
// Results that come from few channels' worth of work on many pixels, made as many channels of few pixels:
// - a transposed convolution walks over the zeros between its operand's pixels; the results between which one lies are
//   convolutions of the operand as it is, each with the taps that meet it;
// - a convolution in front of a DepthToSpace gives its channels in the order in which they become rows and columns.
// tpu.JoinPhases puts them side by side in local memory. Results are the same, bit for bit.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

ir::Graph spreadResults(const ir::Graph& graph);

} // namespace wb::codegen

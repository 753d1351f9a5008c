// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions whose sums become their results in float32, the activation behind them included (kernels/sum_form.h): one
// rounding instead of two or three, no tensor in between, outputs of the network never codes. The improved mode marks a
// network for it; without the mark nothing changes.
#pragma once

#include "compiler/quantise/chip_forms.h"
#include "compiler/quantise/lower.h"

namespace wb::quantise {

using Users = std::vector<std::vector<ir::NodeId>>;

/// The mark, on a graph: boolean.
inline constexpr char kOwnSumsModule[] = "module.own_sums";

/// Slopes below zero, one or one a channel, of a LeakyRelu or PRelu that reads a convolution nobody else reads; empty where
/// a convolution of codes cannot take it (a slope above 1: the larger result is the wrong one).
std::vector<double> slopesForSums(const ir::Graph& top, const ir::Node& activation, const Users& users);
/// Whether a convolution can take the activation: such a one, or a smooth one in the same place.
bool takenFromSums(const ir::Graph& top, const ir::Node& activation, const Users& users);
/// Whether a node is a convolution that gives an output of the network to nobody else.
bool givesOutput(const ir::Graph& top, const ir::Node& conv, const Users& users);

/// The network with the mark; its leaky activations have codes of their own (ops/activation/own_codes.h). Nothing if no
/// activation or output gains by it. `alone`: leaky activations that no convolution takes.
std::shared_ptr<const ir::Graph> withOwnSums(const ir::Graph& top, size_t& alone);

/// On the graph with ranges: what INT8 convolutions of a marked network take becomes part of them, under its own name and
/// range.
FusedNames takeActivations(ir::Graph& graph, const PrecisionTable& precisions, const LowerOptions& options, const JobContext& context);

} // namespace wb::quantise

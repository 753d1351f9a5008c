// SPDX-License-Identifier: GPL-3.0-or-later
// Forms of sums (kernels/sum_form.h) in a node's attributes.
#pragma once

#include "compiler/ir/graph.h"
#include "compiler/kernels/sum_form.h"

#include <optional>

namespace wb::ops {

void setSumForm(ir::AttributeMap& attributes, const kernels::SumForm& form);
/// Nothing where the node has none, or not as many numbers as channels.
std::optional<kernels::SumForm> sumFormOf(const ir::Graph& graph, const ir::Node& node, int64_t channels);
bool hasSumForm(const ir::Node& node);

} // namespace wb::ops

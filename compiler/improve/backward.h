// SPDX-License-Identifier: GPL-3.0-or-later
// The float network forward and backward: every value, and the gradient of a scalar by it.
#pragma once

#include "compiler/execute/executor.h"
#include "compiler/ops/gradient.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace wb::improve {

/// A tensor for each value of the graph, F32; weights too.
using Values = std::vector<ir::Tensor>;

/// Runs the graph and keeps everything. The executor must be observable.
Result<Values> forward(execute::Executor& executor, const execute::TensorMap& inputs, const JobContext& context);

/// Called for each node on the way back, last first, with what flows into its results (GradientCall::given).
using Visit = std::function<void(const ops::GradientCall&)>;

/// From the gradients at the outputs (by place in Graph::outputs) to all nodes that they reach. `stopped` gets the
/// operators through which no gradient goes, with the reason.
Status backward(const ir::Graph& graph, const Values& values, const std::vector<ir::Tensor>& seeds, const Visit& visit,
                std::map<std::string, std::string>& stopped, const JobContext& context);

/// Random signs over the outputs: the gradient of Σ_k Σ_j v_kj y_kj / sqrt(N_k mean(y_k²)). Its square, averaged over
/// signs, is by how much an error changes the outputs, each measured by its own energy; as are tensors that an output
/// joins and that are quantities of another size.
std::vector<ir::Tensor> projection(const ir::Graph& graph, const Values& values, uint64_t seed);

} // namespace wb::improve

// SPDX-License-Identifier: GPL-3.0-or-later
// A pass: one named step that rewrites a graph of top ops and keeps what it computes. Which
// patterns there are, and which names survive, follows the vendor's tool (dossier section 6,
// measured on its 1.30.2): the names are the keys of calibration and precision tables.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"

namespace wb::passes {

struct Pass {
    const char* name;
    const char* summary; ///< one sentence
    /// Whether the graph changed; an error leaves it unusable.
    Result<bool> (*run)(ir::Graph& graph, const JobContext& context);
    bool once = false; ///< in the first round only
};

// In the order of the pipeline; what each does is said there.
Result<bool> foldConstants(ir::Graph& graph, const JobContext& context);
Result<bool> foldConvBatchNorm(ir::Graph& graph, const JobContext& context);
Result<bool> mergeMatMulAdd(ir::Graph& graph, const JobContext& context);
Result<bool> makeShapesExplicit(ir::Graph& graph, const JobContext& context);
Result<bool> recogniseNorms(ir::Graph& graph, const JobContext& context);
Result<bool> recogniseActivations(ir::Graph& graph, const JobContext& context);
Result<bool> simplifyArithmetic(ir::Graph& graph, const JobContext& context);
Result<bool> makeScales(ir::Graph& graph, const JobContext& context);
Result<bool> simplifyMovement(ir::Graph& graph, const JobContext& context);
Result<bool> recogniseShuffles(ir::Graph& graph, const JobContext& context);
Result<bool> mergePads(ir::Graph& graph, const JobContext& context);
Result<bool> mergeConvs(ir::Graph& graph, const JobContext& context);
Result<bool> fuseRelu(ir::Graph& graph, const JobContext& context);

} // namespace wb::passes

// SPDX-License-Identifier: GPL-3.0-or-later
// The ordered list of passes between import and calibration, and the function that runs it.
#pragma once

#include "compiler/passes/pass.h"

#include <functional>
#include <span>
#include <string>

namespace wb::passes {

struct PipelineOptions {
#ifdef NDEBUG
    bool verify = false;
#else
    bool verify = true; ///< check the graph after each pass
#endif
    /// Called after each pass with its name and whether it changed anything; for dumps and
    /// statistics.
    std::function<void(const Pass&, const ir::Graph&, bool changed)> observer = {};
};

/// The passes that make the vendor's optimised top graph.
std::span<const Pass> topPasses();

/// Runs the list repeatedly until nothing changes (at most eight times), then drops what is dead.
/// Cancelled, GraphInvalid (naming the pass) when verification is on and fails, or a pass's own
/// error.
Status runPasses(ir::Graph& graph, std::span<const Pass> passes, const JobContext& context,
                 const PipelineOptions& options = {});

/// The imported graph → the optimised one: topPasses(), then module.FLOPs and module.weight_file.
Status optimiseTop(ir::Graph& graph, const JobContext& context,
                   const PipelineOptions& options = {});

/// Exchanges names in the imported graph where a convolution of the optimised one goes under its own name with the
/// BatchNorm after it folded in, so that a name means the same values in both.
void nameFoldedNorms(ir::Graph& origin, const ir::Graph& optimised);

/// Σ of the operators' FLOPs by the vendor's rules.
int64_t countFlops(const ir::Graph& graph);

} // namespace wb::passes

// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a graph once and writes the value of every layer (or of the outputs) as float32 into an npz.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/execute/executor.h"

#include <filesystem>
#include <memory>

namespace wb::jobs {

struct LayerValuesOptions {
    /// Only the network's outputs, what its part on the host takes (quantise/host_part.h), and the value before a final
    /// cast (dossier 1.1).
    bool outputsOnly = false;
};

/// The graph that runs what `graph` says: itself, or, of a network that brings its scales, its integer form.
Result<std::shared_ptr<const ir::Graph>> runnable(std::shared_ptr<const ir::Graph> graph, const JobContext& context);

/// Values of lowered graphs are dequantised. The file is written as the layers come, and appears complete or
/// not at all.
Status writeLayerValues(std::shared_ptr<const ir::Graph> graph, const execute::TensorMap& inputs,
                        const std::filesystem::path& file, const LayerValuesOptions& options,
                        JobContext& context);

} // namespace wb::jobs

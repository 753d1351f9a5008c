// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a network that runs on the host behind a bmodel, in a file beside it: a top .mlir whose inputs are the
// bmodel's outputs.
#pragma once

#include "compiler/execute/executor.h"
#include "compiler/jobs/model_file.h"

namespace wb::jobs {

/// "x.bmodel" → "x_host.mlir".
std::filesystem::path hostModelFile(const std::filesystem::path& bmodel);

/// The host's part of a bmodel, or null when there is none. BmodelInputMismatch when it was made for another bmodel.
Result<std::shared_ptr<const ir::Graph>> openHostModel(const std::filesystem::path& bmodel, const ir::Graph& compiled);

/// Its results for what a run of the bmodel gave.
Result<execute::TensorMap> runHostModel(std::shared_ptr<const ir::Graph> host, const ir::Graph& compiled,
                                        const execute::TensorMap& outputs, const JobContext& context);

/// "NonMaxSuppression, Gather": its operators, each once, in order.
std::string hostOperators(const ir::Graph& host);

} // namespace wb::jobs

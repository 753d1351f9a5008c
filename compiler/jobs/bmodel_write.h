// SPDX-License-Identifier: GPL-3.0-or-later
// The last steps of deploy: commands for the chip, the file, and the proof that the file does what the quantised model
// says.
#pragma once

#include "compiler/execute/executor.h"
#include "compiler/jobs/deploy.h"
#include "compiler/quantise/host_part.h"

namespace wb::jobs {

/// Compiles the lowered graph and writes request.model. CodegenUnsupported lists every layer that has no emitter.
Result<BmodelResult> writeBmodel(const ir::Graph& lowered, const DeployRequest& request, JobContext& context);

/// Writes what the host runs behind the bmodel (host_model.h) and says which layers that are; removes such a file of an
/// earlier bmodel of this name when there are none.
Status writeHostPart(const quantise::HostSplit& split, const DeployRequest& request, BmodelResult& result, JobContext& context);

/// Reads the file back, runs its streams on the simulated chip and compares the outputs with those of the quantised
/// model; writes <prefix>_model_outputs.npz. BelowTolerance when they are not as near as request.correctness asks.
Status verifyBmodel(std::shared_ptr<const ir::Graph> lowered, const execute::TensorMap& inputs, const std::string& prefix,
                    const DeployRequest& request, BmodelResult& result, JobContext& context);

} // namespace wb::jobs

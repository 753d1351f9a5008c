// SPDX-License-Identifier: GPL-3.0-or-later
// A bmodel as a network that can be run: its instruction streams on the simulated chip.
#pragma once

#include "compiler/execute/executor.h"
#include "compiler/jobs/model_file.h"

namespace wb::jobs {

/// The first network's first stage. The graph has its inputs (with the preprocessing that `options` names, since a bmodel
/// knows none) and outputs, and between them one node, tpu.Compiled. BmodelWrongChip for other chips, BmodelDamaged,
/// CommandUnknown where parts of it need the host's processor.
Result<OpenedModel> openBmodel(const std::filesystem::path& path, const OpenOptions& options);

/// Runs it. Inputs are F32 or of the stored type, by name (toStored). Outputs have the stored type.
Result<execute::TensorMap> runBmodel(const OpenedModel& model, const execute::TensorMap& inputs, const JobContext& context);

/// A network of any stage, prepared to be run: the executor for graphs, the simulated chip for bmodels.
class ModelRun {
public:
    static Result<ModelRun> create(const OpenedModel& model, const execute::Options& options, const JobContext& context);
    Result<execute::TensorMap> run(const execute::TensorMap& inputs, const JobContext& context,
                                   const execute::Executor::Observer& observer = {}) const;
    /// Planned activation memory; of a bmodel, its context area.
    size_t peakBytes() const;

private:
    OpenedModel m_model;
    std::unique_ptr<execute::Executor> m_executor; ///< null for a bmodel
};

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
// Calibration of a top graph: samples run through it in float32, of every tensor only statistics are kept,
// thresholds come from these, and tuning raises some by trying them (dossier sections 3.2 to 3.5).
//
// The object is the state: a cancelled run keeps the samples already seen and can be continued.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/calibrate/table.h"
#include "compiler/calibrate/thresholds.h"
#include "compiler/execute/executor.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace wb::calibrate {

struct Options {
    Method method = Method::Kl;
    int histogramBins = 2048;    ///< 16…1,000,000
    int tuneNum = 5;             ///< samples for tuning; 0: none. Only kl and aciq_* are tuned
    int tuneSteps = 21;
};

/// Inputs of run `index` by name; called once for each run, and again for the first `tuneNum` when tuning.
using SampleLoader = std::function<Result<execute::TensorMap>(size_t index)>;

struct Thresholds {
    std::vector<TableRow> rows;  ///< in layer order, one for each tensor
    size_t samples = 0;          ///< they come from
    bool tuned = false;
    size_t raised = 0;           ///< thresholds that tuning changed
};

class Calibrator {
public:
    /// `runs` is how many samples there will be. UsageError for options out of range, and the errors of
    /// Executor::create.
    static Result<std::unique_ptr<Calibrator>> create(std::shared_ptr<const ir::Graph> top, size_t runs,
                                                      const Options& options, const JobContext& context);
    ~Calibrator();

    /// Runs the samples that were not run yet. Cancelled keeps what is done; call again to continue.
    Status collect(const SampleLoader& load, const JobContext& context);
    size_t runsDone() const;

    /// From the runs done so far. DatasetEmpty before the first. Warns of tensors that are all zero and of
    /// samples that differ too much.
    Result<Thresholds> thresholds(const JobContext& context) const;

    /// Raises thresholds of `start` where that makes the layers reading the tensor more exact. Returns
    /// `start` itself for methods that are not tuned.
    Result<Thresholds> tune(const Thresholds& start, const SampleLoader& load, const JobContext& context);

private:
    struct State;
    explicit Calibrator(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// collect, thresholds and tune in one.
Result<Thresholds> calibrate(std::shared_ptr<const ir::Graph> top, size_t runs, const SampleLoader& load,
                             const Options& options, const JobContext& context);

} // namespace wb::calibrate

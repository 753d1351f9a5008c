// SPDX-License-Identifier: GPL-3.0-or-later
// What the stages share while a project runs: the opened network, its executors and test inputs, made once
// when first needed, and the folder of the stage at work.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/evaluate/detect.h"
#include "compiler/execute/executor.h"
#include "compiler/jobs/model_file.h"
#include "compiler/jobs/stage_keys.h"
#include "compiler/jobs/variant_run.h"
#include "compiler/quantise/lower.h"

#include <memory>
#include <optional>

namespace wb::jobs {

inline constexpr char kCalibrationTable[] = "cali_table"; ///< in the folder of Calibrate
inline constexpr char kImprovedNetwork[] = "improved.mlir"; ///< in the same, if a recipe has rewritten weights
/// In the same: what these weights were fitted from, and the last other precision plan's network and table.
inline constexpr char kBaseNetwork[] = "improved_base.mlir", kPlanNetwork[] = "improved_plan.mlir", kPlanTable[] = "plan_cali_table";
inline constexpr char kPrecisionTable[] = "qtable";        ///< in the folder of Precision

class StageRun {
public:
    StageRun(const Project& project, std::filesystem::path projectFile, JobContext& context);

    /// Runs one stage into its folder; the result is complete on return (summary and files set).
    Status run(Stage stage, StageResult& result, const std::filesystem::path& folder);

    /// Puts the bmodel of a finished Deploy where the user wants it, unless it is there already.
    Status deliver(const StageResult& result, const std::filesystem::path& folder) const;

private:
    // The stages, in stage_*.cpp.
    Status runImport(StageResult& result, const std::filesystem::path& folder);
    Status runPreprocess(StageResult& result, const std::filesystem::path& folder);
    Status runReference(StageResult& result, const std::filesystem::path& folder);
    Status runCalibrate(StageResult& result, const std::filesystem::path& folder);
    Status runQuantise(StageResult& result, const std::filesystem::path& folder);
    Status runPrecision(StageResult& result, const std::filesystem::path& folder);
    Status runMixed(StageResult& result, const std::filesystem::path& folder);
    Status runDeploy(StageResult& result, const std::filesystem::path& folder);

    // What they need, computed once.
    Status needModel();
    Status needReference();     ///< the observable FP32 executor
    Status needInputs();        ///< test tensors and where the pictures lie in them
    /// What INT8 is made of: the calibrated table and, where a recipe has rewritten them, weights.
    struct Quantised {
        std::shared_ptr<const ir::Graph> graph;
        quantise::RangeTable ranges;
        bool asymmetric = false;
        std::filesystem::path table, mlir; ///< empty: the network brings its scales; its own weights
    };
    /// For this precision plan: weights of a recipe are fitted to it if they are for another.
    Result<Quantised> quantised(const quantise::PrecisionTable& precisions);
    /// The files of one calibration folder, if their weights fit the plan.
    Result<std::optional<Quantised>> fitting(const std::filesystem::path& mlir, const std::filesystem::path& table,
                                             const quantise::PrecisionTable& precisions);
    Status runRecipe(StageResult& result, const std::filesystem::path& folder);
    CalibrationSettings resolvedCalibration() const; ///< its paths
    Result<quantise::PrecisionTable> precisionTable() const;
    Status runLowered(Variant variant, const quantise::PrecisionTable& table, StageResult& result,
                      const std::filesystem::path& folder);
    /// Candidate boxes of every test picture, written and emitted; nothing when the network is no detector.
    Status writeDetections(Variant variant, const std::vector<execute::TensorMap>& outputs,
                           StageResult& result, const std::filesystem::path& folder);
    Status writeSamples(const VariantResult& run, StageResult& result, const std::filesystem::path& folder);
    std::filesystem::path resolve(const std::string& path) const { return resolvePath(m_file, path); }
    std::string modelName() const;

    const Project& m_project;
    std::filesystem::path m_file;
    JobContext& m_context;
    OpenedModel m_model;
    NetworkSnapshot m_network;
    std::unique_ptr<execute::Executor> m_reference;
    std::vector<execute::TensorMap> m_inputs;
    std::vector<preprocess::Placement> m_placements; ///< empty for tensor inputs
};

/// Settings of the detection heads for a graph with these outputs; an error when it is no detector.
Result<evaluate::DetectPlan> planFor(const ir::Graph& graph, const DetectSettings& settings,
                                     std::vector<std::string>* outputNames = nullptr);

/// Boxes of one picture, in picture pixels, best first, not suppressed.
Result<std::vector<DetectionBox>> candidatesOf(const evaluate::DetectPlan& plan,
                                               const execute::TensorMap& outputs,
                                               const preprocess::Placement& placement, double lowScore);

} // namespace wb::jobs

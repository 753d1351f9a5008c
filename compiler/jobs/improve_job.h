// SPDX-License-Identifier: GPL-3.0-or-later
// calibrate --recipe: a table, and where it pays rewritten weights, that make a better INT8 network at the same cost on
// the chip. Held-out pictures decide; the report says on which.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/improve/recipes.h"
#include "compiler/jobs/calibrate_job.h"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace wb::jobs {

struct ImproveSettings {
    std::string recipe = "auto";         ///< auto, vendor, ranges, weights, ranges+weights
    std::string validation, test;        ///< folders; empty: held out from the calibration pictures
    int repeats = 3;
    double ridge = 4;
    std::filesystem::path quantizeTable; ///< precision table of the plan that weights are fitted to; empty: INT8 throughout
};

struct ImproveOnGraph {
    std::shared_ptr<const ir::Graph> top;
    CalibrationSettings calibration;     ///< paths resolved; the method of the vendor's table
    ImproveSettings improve;
    std::string mlirName;
    std::filesystem::path table;         ///< result
    std::filesystem::path mlir;          ///< result: top file of rewritten weights, written only if there are any
    std::filesystem::path base;          ///< result, if wanted: what refit() of other plans starts with
};

/// One recipe in the report.
struct RecipeReport {
    std::string name, mode, level, reason;
    bool kept = false, measured = false;
    improve::BandedAgreement validation; ///< when measured
    double seconds = 0;
};

struct ImproveResult {
    std::filesystem::path table;
    std::filesystem::path mlir;          ///< empty: the network's own weights
    std::filesystem::path base;          ///< empty: not wanted, or no rewritten weights
    std::string mode, recipe, level;     ///< of what was kept
    bool asymmetric = false;             ///< with zero points; the table's header says so
    std::vector<RecipeReport> recipes;
    size_t calibrationPictures = 0, validationPictures = 0, testPictures = 0;
    bool tested = false, cancelled = false;
    improve::BandedAgreement testVendor, testBest; ///< when tested
    std::string verdict;                 ///< "better", "no measurable difference", … on the test pictures
    std::vector<improve::LayerMove> layers;
    std::vector<improve::EqualisedTensor> equalised; ///< of what was kept: tensors tried
    std::vector<Error> notes;            ///< what was not possible, and why
    double seconds = 0;
};
void to_json(nlohmann::json& j, const ImproveResult& v);

/// UsageError for an unknown recipe or pictures that two sets share; errors of calibration.
Result<ImproveResult> improveGraph(const ImproveOnGraph& request, JobContext& context);
/// The same on a top .mlir.
Result<ImproveResult> improve(const CalibrateRequest& request, const ImproveSettings& settings, JobContext& context);

/// The report as lines of text.
std::vector<std::string> reportLines(const ImproveResult& result);

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
// run_calibration: pictures or tensors through the FP32 graph, thresholds into a calibration table.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/calibrate/table.h"
#include "compiler/ir/graph.h"
#include "compiler/jobs/project.h"
#include "compiler/quantise/lower.h"

#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace wb::jobs {

struct CalibrateRequest {
    std::filesystem::path mlir;
    CalibrationSettings settings;            ///< dataset and dataList relative to the working directory
    std::filesystem::path table;             ///< result
};

struct CalibrateResult {
    std::filesystem::path table;
    int samples = 0;                         ///< used
    int unreadable = 0;                      ///< skipped with a warning each
    size_t thresholds = 0;
    double seconds = 0;
};
void to_json(nlohmann::json& j, const CalibrateResult& v);

Result<CalibrateResult> calibrate(const CalibrateRequest& request, JobContext& context);

/// The same on a graph in memory, as the stages call it.
struct CalibrateOnGraph {
    std::shared_ptr<const ir::Graph> top;
    CalibrationSettings settings;            ///< paths already resolved
    std::string mlirName;                    ///< named in the table's header
    std::filesystem::path table;             ///< result
};
Result<CalibrateResult> calibrateGraph(const CalibrateOnGraph& request, JobContext& context);

/// Rows of a table as the lowering takes them.
quantise::RangeTable rangesOf(const calibrate::Table& table);

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a recipe, ordinary ones of the vendor's kinds: a calibration table whose header names mode, recipe and
// plan, and a top network with rewritten weights that says which table and precision plan they fit. Weights for another
// plan are fitted again from the network as it stood before they were.
#pragma once

#include "compiler/calibrate/table.h"
#include "compiler/improve/recipes.h"
#include "compiler/jobs/calibrate_job.h"

#include <filesystem>

namespace wb::jobs {

/// The attributes by which a top file of a recipe is known.
inline constexpr char kPlanAttribute[] = "module.improved_plan", kRecipeAttribute[] = "module.improved_recipe";

calibrate::TableHeader headerFor(const CalibrationSettings& settings, const std::string& mlirName, size_t samples);
/// What was kept as a calibration table: rows in the vendor's order, a comment that names mode and recipe.
calibrate::Table tableOf(const improve::Candidate& kept, const std::vector<calibrate::TableRow>& rows,
                         const calibrate::TableHeader& header);
/// The network that was kept. FileNotWritable, NoSpaceLeft.
Status writeNetwork(const improve::Candidate& kept, const std::filesystem::path& mlir);
/// The network that its weights were fitted from, and how: what refit() starts with.
Status writeBase(const improve::Portfolio& portfolio, const std::filesystem::path& mlir);

/// ProjectModelChanged if the graph's weights were rewritten for another table, plan or precision than these.
Status checkPlan(const ir::Graph& top, const quantise::RangeTable& ranges, const quantise::PrecisionTable& precisions,
                 const ops::LoweringOptions& target);
/// Takes the scales of rewritten weights out of ranges that are to be used with a network's own, with a warning.
void dropForeignScales(const ir::Graph& top, const calibrate::Table& table, quantise::RangeTable& ranges,
                       const JobContext& context);
/// Whether a table's ranges were chosen for codes with zero points; its header says so.
bool wantsZeroPoints(const calibrate::Table& table);

struct RefitRequest {
    std::filesystem::path base;          ///< by writeBase()
    std::filesystem::path table;         ///< of the recipe, with its header; the weights' scales in it do not count
    CalibrationSettings pictures;        ///< as the recipe had them, paths resolved
    quantise::PrecisionTable precisions; ///< the plan
    std::filesystem::path mlir, newTable; ///< results
};
/// The recipe's weights for another precision plan. Errors of the files, the pictures and the runs; Cancelled.
Status refit(const RefitRequest& request, const JobContext& context);

} // namespace wb::jobs

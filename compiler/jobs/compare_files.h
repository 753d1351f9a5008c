// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison of two sets of layer values in short, for results of jobs; the long form is
// evaluate::Comparison.
#pragma once

#include "compiler/evaluate/compare.h"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace wb::jobs {

struct CompareSummary {
    size_t compared = 0, passed = 0, failed = 0;
    double minCosine = 1, minEuclid = 1;     ///< over all compared layers
    std::string firstBad;                    ///< first layer that failed, in order
};
CompareSummary summarise(const evaluate::Comparison& comparison);
void to_json(nlohmann::json& j, const CompareSummary& v);

/// Compares two npz files, prints the vendor's report as log lines, and gives the verdict: BelowTolerance,
/// NothingCompared.
Result<CompareSummary> compareFiles(const std::filesystem::path& target, const std::filesystem::path& reference,
                                    const evaluate::CompareNpzOptions& options, int verbosity, JobContext& context);

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/compare_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace wb::jobs {

CompareSummary summarise(const evaluate::Comparison& comparison) {
    CompareSummary s;
    s.compared = comparison.layers.size();
    s.passed = comparison.passed();
    s.failed = comparison.failed();
    for (const auto& layer : comparison.layers) {
        s.minCosine = std::min(s.minCosine, layer.cosine);
        s.minEuclid = std::min(s.minEuclid, layer.euclid);
    }
    if (const auto* bad = comparison.firstBad()) s.firstBad = bad->name;
    return s;
}

void to_json(nlohmann::json& j, const CompareSummary& v) {
    j = {{"compared", v.compared},     {"passed", v.passed},         {"failed", v.failed},
         {"min_cosine", v.minCosine},  {"min_euclid", v.minEuclid}};
    if (!v.firstBad.empty()) j["first_bad"] = v.firstBad;
}

Result<CompareSummary> compareFiles(const std::filesystem::path& target, const std::filesystem::path& reference,
                                    const evaluate::CompareNpzOptions& options, int verbosity,
                                    JobContext& context) {
    WB_ASSIGN(const auto comparison, evaluate::compareNpz(target, reference, options, context));
    for (const std::string& line : evaluate::reportLines(comparison, verbosity))
        context.line(line);
    WB_TRY(evaluate::verdict(comparison));
    return summarise(comparison);
}

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
// run_qtable: searches a short precision table that brings the outputs above a similarity.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/jobs/project.h"

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace wb::jobs {

struct SearchRequest {
    std::filesystem::path mlir, calibrationTable;
    std::string dataset, dataList;
    std::string chip = "bm1684x";
    std::string floatType = "auto";          ///< F16, BF16, F32; auto: the chip's
    std::string method = "walk";             ///< walk (the vendor's), ranked, knapsack (ours)
    SearchSettings settings;
    std::vector<std::string> locked;         ///< layers that stay as they are
    std::map<std::string, std::string> fixed; ///< layers whose precision is given, part of every table
    std::filesystem::path table;             ///< precision table, result
    std::filesystem::path lossTable;         ///< default full_loss_table.txt beside it
};

struct SearchResult {
    std::filesystem::path table, lossTable;
    double int8Cosine = 0, mixedCosine = 0;  ///< the vendor's half-scaled similarity (dossier 4.1)
    std::vector<std::string> floatLayers;
    bool goalReached = false;
    bool int8IsEnough = false;
    bool cancelled = false;                  ///< stopped; the best so far was written
    int candidates = 0;                      ///< tables tried
    /// knapsack: of compiled networks, at 1 GHz: all INT8, all float, the table that was found
    int64_t int8Cycles = 0, floatCycles = 0, mixedCycles = 0;
    double seconds = 0;
};
void to_json(nlohmann::json& j, const SearchResult& v);

/// Writes the best table found also when cancelled or when the goal was not reached.
Result<SearchResult> searchTable(const SearchRequest& request, JobContext& context);

} // namespace wb::jobs

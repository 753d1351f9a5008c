// SPDX-License-Identifier: GPL-3.0-or-later
// Options that several commands share, and the vendor's spellings of lists.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/type.h"
#include "compiler/jobs/project.h"

#include <set>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace wb::cli {

/// "a,b,c" and repeated words; empty parts are dropped.
std::vector<std::string> splitList(const std::vector<std::string>& words);
std::vector<std::string> splitList(const std::string& text);
/// "[[1,3,640,640]]" or "1,3,640,640" or "[[1,3],[2,2]]". UsageError otherwise.
Result<std::vector<ir::Shape>> parseShapes(const std::string& text);
/// "0.85,0.45". UsageError otherwise.
Result<std::pair<double, double>> parsePair(const std::string& text, const char* option);
/// "1,3", counted from 1. UsageError otherwise.
Result<std::set<size_t>> parsePlaces(const std::string& text, const char* option);
/// "h,w". UsageError otherwise.
Result<std::array<int64_t, 2>> parseDims(const std::string& text, const char* option);

Error usage(std::string what, std::string remedy = {});

/// The preprocessing options of model_transform.
struct PreprocessOptions {
    std::string resizeDims, mean, scale;
    jobs::PreprocessSettings settings;
    void declare(CLI::App& app);
    Result<jobs::PreprocessSettings> collect() const;
};

} // namespace wb::cli

// SPDX-License-Identifier: GPL-3.0-or-later
// The vendor's precision and calibration tables as plain values, for the window: small files, read and
// written at once.
#pragma once

#include "compiler/base/result.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace wb::jobs {

struct PrecisionEntry {
    std::string name;
    std::string precision;             ///< "INT8", "F16", "BF16", "F32"
};

/// Errors of quantise::parsePrecisionTable; TargetUnknown for a chip that is none.
Result<std::vector<PrecisionEntry>> readPrecisionEntries(const std::filesystem::path& path,
                                                         const std::string& chip);
Status writePrecisionEntries(const std::filesystem::path& path, const std::vector<PrecisionEntry>& entries,
                             const std::string& chip, const std::string& floatType);

/// Names of the rows in file order; errors of calibrate::parseTable.
Result<std::vector<std::string>> calibrationNames(const std::filesystem::path& path);
/// The table with rows renamed (old → new; an empty new name drops the row); the rest stays as it is.
Status renameCalibration(const std::filesystem::path& from, const std::filesystem::path& to,
                         const std::map<std::string, std::string>& names);

} // namespace wb::jobs

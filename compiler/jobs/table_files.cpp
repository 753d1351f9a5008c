// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/table_files.h"

#include "compiler/calibrate/table.h"
#include "compiler/quantise/precision_table.h"

namespace wb::jobs {

Result<std::vector<PrecisionEntry>> readPrecisionEntries(const std::filesystem::path& path,
                                                         const std::string& chip) {
    const auto known = ops::chipFromSpelling(chip);
    if (!known) return Error{Code::TargetUnknown, "there is no chip '" + chip + "'"};
    WB_ASSIGN(const auto rows, quantise::readPrecisionTable(path, known));
    std::vector<PrecisionEntry> entries;
    entries.reserve(rows.size());
    for (const auto& row : rows) entries.push_back({row.name, ops::spelling(row.precision)});
    return entries;
}

Status writePrecisionEntries(const std::filesystem::path& path, const std::vector<PrecisionEntry>& entries,
                             const std::string& chip, const std::string& floatType) {
    std::vector<quantise::PrecisionRow> rows;
    for (const PrecisionEntry& entry : entries) {
        const auto precision = ops::precisionFromSpelling(entry.precision);
        if (!precision)
            return Error{Code::PrecisionUnknown, "there is no precision '" + entry.precision + "'"}.atNode(entry.name);
        rows.push_back({entry.name, *precision, 0});
    }
    quantise::PrecisionTableHeader header;
    header.chip = chip;
    header.mixMode = floatType;
    return quantise::writePrecisionTable(path, rows, header);
}

Result<std::vector<std::string>> calibrationNames(const std::filesystem::path& path) {
    WB_ASSIGN(const calibrate::Table table, calibrate::readTable(path));
    std::vector<std::string> names;
    names.reserve(table.rows.size());
    for (const auto& row : table.rows) names.push_back(row.name);
    return names;
}

Status renameCalibration(const std::filesystem::path& from, const std::filesystem::path& to,
                         const std::map<std::string, std::string>& names) {
    WB_ASSIGN(calibrate::Table table, calibrate::readTable(from));
    std::vector<calibrate::TableRow> rows;
    for (calibrate::TableRow& row : table.rows) {
        if (const auto it = names.find(row.name); it != names.end()) row.name = it->second;
        if (!row.name.empty()) rows.push_back(std::move(row));
    }
    table.rows = std::move(rows);
    for (auto& [name, scales] : table.weightScales)
        if (const auto it = names.find(name); it != names.end() && !it->second.empty()) name = it->second;
    return calibrate::writeTable(to, table);
}

} // namespace wb::jobs

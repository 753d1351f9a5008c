// SPDX-License-Identifier: GPL-3.0-or-later
// The calibration table: one tensor a line, "name threshold min max" with seven decimals, below
// comment lines; some comments switch to other sections (per-channel weight scales, INT4 and FP8
// thresholds, operators with asymmetric or 4-bit data). The vendor's format, read and written.
#pragma once

#include "compiler/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wb::calibrate {

struct TableRow {
    std::string name;
    double threshold = 0; ///< symmetric: the value that the largest code stands for
    double min = 0;       ///< over all samples; "-0.0000000" stays -0: a tensor is signed only if min < 0
    double max = 0;
    bool operator==(const TableRow&) const = default;
};

/// What the comment lines at the top say. Empty or 0: the line is absent.
struct TableHeader {
    std::string version;       ///< "v1.30.2-20260831", absent in tables of 2023
    std::string mlir;          ///< file name
    std::string generated;     ///< date and time, given by the caller
    std::string method;        ///< "['kl']" after tuning, "kl" before
    int histogramNumber = 0;   ///< bins
    int sampleNumber = 0;
    std::optional<int> tuneNumber;
    bool fp8 = false;          ///< writes the FP8 marker in place of the histogram line
};

struct Table {
    std::vector<std::string> header; ///< comment lines above the rows, verbatim
    std::vector<TableRow> rows;      ///< in file order; of equal names the last counts
    std::vector<TableRow> int4;      ///< below "#int4_th"
    std::vector<std::pair<std::string, std::vector<double>>> weightScales; ///< below "#weight_scale"
    bool fp8WeightScales = false;    ///< the section was called "#weight_scale_fp8"
    bool fp8 = false;                ///< a marker "#tpu-mlir-fp8" or "mqbench-fp8" was met
    std::vector<std::string> asymmetricOps; ///< below "#asym_op"
    std::vector<std::string> int4Ops;       ///< below "#int4_op"

    const TableRow* find(std::string_view name) const; ///< of `rows`; nullptr if there is none
    bool operator==(const Table&) const = default;
};

/// TableSyntax with the line number in the text and in field "line"; TableNotFound.
Result<Table> parseTable(std::string_view text, const std::string& fileName = {});
Result<Table> readTable(const std::filesystem::path& path);

/// The comment lines in the vendor's words (its "genetated" too), and what such lines say.
std::vector<std::string> headerLines(const TableHeader& header);
TableHeader headerOf(const Table& table);

std::string formatTable(const Table& table);
/// Atomically.
Status writeTable(const std::filesystem::path& path, const Table& table);

} // namespace wb::calibrate

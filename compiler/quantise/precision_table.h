// SPDX-License-Identifier: GPL-3.0-or-later
// The vendor's quantize table: "name MODE" a line, which layers leave the module's precision; and the
// loss table, the similarity of every layer. Read in the forms of all versions, written as in 2023 (the
// form that the vendor's guide shows) or as today.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ops/lowering.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wb::quantise {

struct PrecisionRow {
    std::string name;     ///< result name in the mlir, after fusion
    ops::Precision precision = ops::Precision::F16;
    int line = 0;         ///< in the file read, from 1
};

struct PrecisionTableFile {
    std::vector<PrecisionRow> rows;          ///< of equal names the last, at the place of the first
    std::vector<std::string> ignored;        ///< lines with a name and no mode (first version): no effect
    std::string chip;                        ///< as the comments say, may be empty
};

enum class PrecisionTableForm { Guide, Current };

struct PrecisionTableHeader {
    std::string generated;                   ///< date and time; the line is left out when empty
    int sampleNumber = 0;                    ///< left out when 0
    std::string chip;
    std::string mixMode = "F16";             ///< Guide form only
    PrecisionTableForm form = PrecisionTableForm::Guide;
};

/// PrecisionSyntax (more than two words), PrecisionUnknown (no mode of the vendor's), PrecisionUnavailable
/// (a mode of the vendor's that this program does not run), each with the line. On CV18xx F16 and F32
/// mean BF16, as in the vendor's reader. Names are not checked here: the caller knows the network.
Result<PrecisionTableFile> parsePrecisionTable(std::string_view text, const std::string& fileName = {},
                                               std::optional<ops::Chip> chip = {});
Result<std::vector<PrecisionRow>> readPrecisionTable(const std::filesystem::path& path,
                                                     std::optional<ops::Chip> chip = {});

std::string formatPrecisionTable(const std::vector<PrecisionRow>& rows, const PrecisionTableHeader& header);
/// Atomically.
Status writePrecisionTable(const std::filesystem::path& path, const std::vector<PrecisionRow>& rows,
                           const PrecisionTableHeader& header);

/// A line of the loss table. The number is (1 + cosine) / 2, as the vendor's search prints it.
struct LossRow {
    std::string name;
    double similarity = 0;
};
struct LossTable {
    std::vector<LossRow> rows;               ///< in file order
    std::string generated, chip, mixMode;
    int sampleNumber = 0;
};

/// PrecisionSyntax with the line. The oldest form ("Loss: x") is read too.
Result<LossTable> parseLossTable(std::string_view text, const std::string& fileName = {});
/// "No.0   : Layer: NAME … Cos: 0.999881", as it stands in the file and in the log.
std::string lossLine(size_t index, const LossRow& row);
/// Sorted by similarity, least first (stable).
std::string formatLossTable(LossTable table);
Status writeLossTable(const std::filesystem::path& path, const LossTable& table);

} // namespace wb::quantise

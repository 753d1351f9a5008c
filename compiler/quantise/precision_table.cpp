// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/precision_table.h"

#include "compiler/base/file.h"

#include <algorithm>
#include <array>
#include <map>

namespace wb::quantise {
namespace {

/// Modes of the vendor's tool (1.30); all but the four of ops::Precision are not run here.
constexpr std::array<std::string_view, 16> kVendorModes{
    "INT8", "UINT8", "INT4", "BF16", "F16", "F32", "W8F16", "W8BF16", "W4F16", "W4BF16",
    "F8", "F8E4M3", "F8E5M2", "W4F8E4M3", "W4F8E5M2", "W4INT8"};

bool isVendorMode(std::string_view mode) {
    if (mode.ends_with("DYN")) mode.remove_suffix(3);
    return std::find(kVendorModes.begin(), kVendorModes.end(), mode) != kVendorModes.end();
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

std::vector<std::string_view> words(std::string_view line) {
    constexpr std::string_view spaces = " \t\r\v\f";
    std::vector<std::string_view> out;
    size_t at = 0;
    while ((at = line.find_first_not_of(spaces, at)) != std::string_view::npos) {
        const size_t end = std::min(line.find_first_of(spaces, at), line.size());
        out.push_back(line.substr(at, end - at));
        at = end;
    }
    return out;
}

Error lineError(Code code, int line, const std::string& what, const std::string& file) {
    const std::string at = std::to_string(line);
    return Error{code, "line " + at + ": " + what}.inFile(file).field("line", at);
}

} // namespace

Result<PrecisionTableFile> parsePrecisionTable(std::string_view text, const std::string& fileName,
                                               std::optional<ops::Chip> chip) {
    PrecisionTableFile table;
    std::map<std::string, size_t, std::less<>> places;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (int line = 1; !text.empty(); ++line) {
        const size_t end = std::min(text.find('\n'), text.size());
        const std::vector<std::string_view> fields = words(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (fields.empty()) continue;
        if (fields[0].starts_with('#')) {
            if (fields.size() > 2 && fields[1] == "chip:" && table.chip.empty()) table.chip = fields[2];
            continue;
        }
        if (fields.size() == 1) {
            table.ignored.emplace_back(fields[0]);
            continue;
        }
        if (fields.size() != 2)
            return lineError(Code::PrecisionSyntax, line,
                             "a line has a name and a mode; this one has " + std::to_string(fields.size()) + " words",
                             fileName)
                .remedy("write 'name F16', one layer a line");
        const std::string mode = upper(fields[1]);
        auto precision = ops::precisionFromSpelling(mode);
        if (!precision) {
            const bool known = isVendorMode(mode);
            return lineError(known ? Code::PrecisionUnavailable : Code::PrecisionUnknown, line,
                             "'" + std::string(fields[1].substr(0, 40)) + "' is " +
                                 (known ? "a mode that this program does not run" : "no quantize mode"),
                             fileName)
                .atNode(std::string(fields[0]))
                .remedy("use INT8, F16, BF16 or F32")
                .field("mode", std::string(fields[1].substr(0, 40)));
        }
        const bool cv = chip && *chip != ops::Chip::BM1684X && *chip != ops::Chip::BM1684;
        if (cv && (*precision == ops::Precision::F16 || *precision == ops::Precision::F32))
            precision = ops::Precision::BF16;
        const auto [it, fresh] = places.try_emplace(std::string(fields[0]), table.rows.size());
        if (fresh)
            table.rows.push_back({std::string(fields[0]), *precision, line});
        else
            table.rows[it->second] = {std::string(fields[0]), *precision, line};
    }
    return table;
}

Result<std::vector<PrecisionRow>> readPrecisionTable(const std::filesystem::path& path,
                                                     std::optional<ops::Chip> chip) {
    auto text = readTextFile(path);
    if (!text) {
        Error error = std::move(text).error();
        if (error.code == Code::FileNotFound) error.what = "the precision table does not exist";
        return error;
    }
    WB_ASSIGN(PrecisionTableFile table, parsePrecisionTable(*text, path.string(), chip));
    return std::move(table.rows);
}

std::string formatPrecisionTable(const std::vector<PrecisionRow>& rows, const PrecisionTableHeader& header) {
    const bool guide = header.form == PrecisionTableForm::Guide;
    const std::string count = std::to_string(rows.size());
    std::string text;
    if (!header.generated.empty())
        text += (guide ? "# genetated time: " : "# generated time: ") + header.generated + '\n';
    if (header.sampleNumber > 0) text += "# sample number: " + std::to_string(header.sampleNumber) + '\n';
    text += "# chip: " + header.chip;
    if (guide) {
        text += "  mix_mode: " + header.mixMode + "\n# number of " + header.mixMode + " layer: " + count + '\n';
    } else {
        text += "\n# total layers: " + count + " (unique list blow)\n# number of shape layers: 0\n" +
                "# number of pattern layers: 0\n# number of custom layers: " + count + '\n';
    }
    text += "###\n# op_name   quantize_mode\n";
    if (!guide) text += "# pattern layers\n# shape layers\n# custom layers\n";
    for (const PrecisionRow& row : rows)
        text += row.name + ' ' + ops::spelling(row.precision) + '\n';
    return text;
}

Status writePrecisionTable(const std::filesystem::path& path, const std::vector<PrecisionRow>& rows,
                           const PrecisionTableHeader& header) {
    return writeTextAtomically(path, formatPrecisionTable(rows, header));
}

} // namespace wb::quantise

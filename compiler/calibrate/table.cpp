// SPDX-License-Identifier: GPL-3.0-or-later
// Reads line by line; a comment line that contains a marker switches the section.
#include "compiler/calibrate/table.h"

#include "compiler/base/file.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace wb::calibrate {
namespace {

enum class Section { Thresholds, Int4, WeightScales, AsymmetricOps, Int4Ops };

std::vector<std::string_view> fieldsOf(std::string_view line) {
    std::vector<std::string_view> fields;
    size_t at = 0;
    while ((at = line.find_first_not_of(" \t", at)) != std::string_view::npos) {
        const size_t end = std::min(line.find_first_of(" \t", at), line.size());
        fields.push_back(line.substr(at, end - at));
        at = end;
    }
    return fields;
}

std::optional<double> number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
    return value;
}

class Reader {
public:
    explicit Reader(const std::string& fileName) : m_file(fileName) {}

    Result<Table> read(std::string_view text) {
        if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        while (!text.empty()) {
            const size_t end = std::min(text.find('\n'), text.size());
            std::string_view line = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            ++m_line;
            while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
                line.remove_suffix(1);
            if (line.empty()) continue;
            if (line[0] == '#')
                comment(line);
            else
                WB_TRY(data(line));
        }
        return std::move(m_table);
    }

private:
    void comment(std::string_view line) {
        const auto has = [&](std::string_view marker) { return line.find(marker) != std::string_view::npos; };
        if (has("#weight_scale")) {
            m_section = Section::WeightScales;
            m_table.fp8WeightScales = has("#weight_scale_fp8");
        } else if (has("#int4_th")) {
            m_section = Section::Int4;
        } else if (has("#asym_op")) {
            m_section = Section::AsymmetricOps;
        } else if (has("#int4_op")) {
            m_section = Section::Int4Ops;
        } else {
            if (has("#tpu-mlir-fp8") || has("mqbench-fp8")) m_table.fp8 = true;
            if (m_table.rows.empty() && m_section == Section::Thresholds) m_table.header.emplace_back(line);
        }
    }

    Status data(std::string_view line) {
        const std::vector<std::string_view> fields = fieldsOf(line);
        switch (m_section) {
        case Section::AsymmetricOps:
        case Section::Int4Ops:
            if (fields.size() != 1) return fail("one operator name is expected in this section", line);
            (m_section == Section::Int4Ops ? m_table.int4Ops : m_table.asymmetricOps).emplace_back(fields[0]);
            return {};
        case Section::WeightScales: return weightScale(fields, line);
        default: break;
        }
        if (fields.size() < 4)
            return fail("a line has four fields, 'op_name threshold min max'; this one has " +
                            std::to_string(fields.size()),
                        line);
        // Names of networks may hold blanks: the last three fields are the numbers.
        const std::string_view last = fields[fields.size() - 4];
        TableRow row{std::string(fields[0].data(), static_cast<size_t>(last.data() + last.size() - fields[0].data()))};
        size_t i = fields.size() - 3;
        for (double* value : {&row.threshold, &row.min, &row.max}) {
            const auto parsed = number(fields[i++]);
            if (!parsed) return fail("'" + std::string(fields[i - 1].substr(0, 40)) + "' is not a number", line);
            *value = *parsed;
        }
        if (row.min > row.max) return fail("the minimum is above the maximum", line);
        (m_section == Section::Int4 ? m_table.int4 : m_table.rows).push_back(std::move(row));
        return {};
    }

    Status weightScale(const std::vector<std::string_view>& fields, std::string_view line) {
        const auto count = fields.size() < 2 ? std::optional<double>() : number(fields[1]);
        if (!count || *count != static_cast<double>(fields.size() - 2))
            return fail("a line of weight scales is 'name N s1 … sN'", line);
        std::vector<double> scales;
        for (size_t i = 2; i < fields.size(); ++i) {
            const auto scale = number(fields[i]);
            if (!scale) return fail("'" + std::string(fields[i].substr(0, 40)) + "' is not a number", line);
            scales.push_back(*scale);
        }
        m_table.weightScales.emplace_back(std::string(fields[0]), std::move(scales));
        return {};
    }

    Error fail(const std::string& what, std::string_view line) const {
        const std::string at = std::to_string(m_line);
        return Error{Code::TableSyntax, "line " + at + ": " + what}
            .because("the line is '" + std::string(line.substr(0, 80)) + "'")
            .inFile(m_file)
            .remedy("correct the line, or calibrate again")
            .field("line", at);
    }

    const std::string& m_file;
    Table m_table;
    Section m_section = Section::Thresholds;
    size_t m_line = 0;
};

std::string rowText(const TableRow& row) {
    std::array<char, 3 * 340> text; // %.7f of the largest double has 317 characters
    const int length = std::snprintf(text.data(), text.size(), " %.7f %.7f %.7f\n", row.threshold, row.min, row.max);
    return row.name + std::string(text.data(), static_cast<size_t>(length));
}

std::optional<std::string> after(const std::string& line, std::string_view beginning) {
    if (!line.starts_with(beginning)) return {};
    return line.substr(beginning.size());
}

} // namespace

const TableRow* Table::find(std::string_view name) const {
    for (size_t i = rows.size(); i-- > 0;)
        if (rows[i].name == name) return &rows[i];
    return nullptr;
}

Result<Table> parseTable(std::string_view text, const std::string& fileName) {
    return Reader(fileName).read(text);
}

Result<Table> readTable(const std::filesystem::path& path) {
    auto text = readTextFile(path);
    if (!text) {
        Error error = std::move(text).error();
        if (error.code == Code::FileNotFound) {
            error.code = Code::TableNotFound;
            error.what = "the calibration table does not exist";
            error.remedies = {"calibrate first", "check the path"};
        }
        return error;
    }
    return parseTable(*text, path.string());
}

std::vector<std::string> headerLines(const TableHeader& h) {
    std::vector<std::string> lines;
    const auto add = [&](const std::string& line) { lines.push_back(line); };
    if (!h.version.empty()) add("# mlir version: " + h.version + " cali version 1.0");
    if (!h.mlir.empty()) add("# mlir: " + h.mlir);
    if (!h.generated.empty()) add("# genetated time: " + h.generated);
    if (!h.method.empty()) add("# quantization threshold calculation method: " + h.method);
    if (h.fp8)
        add("#tpu-mlir-fp8 caliration table");
    else if (h.histogramNumber > 0)
        add("# histogram number: " + std::to_string(h.histogramNumber));
    if (h.sampleNumber > 0) add("# sample number: " + std::to_string(h.sampleNumber));
    add("###");
    if (h.tuneNumber) {
        add("# tune number: " + std::to_string(*h.tuneNumber));
        add("###");
    }
    add("# op_name    threshold    min    max");
    return lines;
}

TableHeader headerOf(const Table& table) {
    TableHeader h;
    const auto integer = [](const std::string& text) {
        int value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    for (const std::string& line : table.header) {
        if (const auto v = after(line, "# mlir version: ")) h.version = v->substr(0, v->find(' '));
        else if (const auto m = after(line, "# mlir: ")) h.mlir = *m;
        else if (const auto g = after(line, "# genetated time: ")) h.generated = *g;
        else if (const auto g2 = after(line, "# generated time: ")) h.generated = *g2;
        else if (const auto q = after(line, "# quantization threshold calculation method: ")) h.method = *q;
        else if (const auto b = after(line, "# histogram number: ")) h.histogramNumber = integer(*b);
        else if (const auto s = after(line, "# sample number: ")) h.sampleNumber = integer(*s);
        else if (const auto t = after(line, "# tune number: ")) h.tuneNumber = integer(*t);
    }
    h.fp8 = table.fp8;
    return h;
}

std::string formatTable(const Table& table) {
    std::string text;
    const std::vector<std::string> comments = table.header.empty() ? headerLines({}) : table.header;
    for (const std::string& line : comments)
        text += line + '\n';
    for (const TableRow& row : table.rows)
        text += rowText(row);
    if (!table.weightScales.empty()) text += table.fp8WeightScales ? "#weight_scale_fp8\n" : "#weight_scale\n";
    for (const auto& [name, scales] : table.weightScales) {
        text += name + ' ' + std::to_string(scales.size());
        for (double scale : scales) {
            std::array<char, 32> digits;
            const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), scale).ptr;
            text += ' ' + std::string(digits.data(), end);
        }
        text += '\n';
    }
    if (!table.int4.empty()) text += "#int4_th\n";
    for (const TableRow& row : table.int4)
        text += rowText(row);
    for (const auto& [marker, names] : {std::pair{"#asym_op\n", &table.asymmetricOps}, {"#int4_op\n", &table.int4Ops}}) {
        if (!names->empty()) text += marker;
        for (const std::string& name : *names)
            text += name + '\n';
    }
    return text;
}

Status writeTable(const std::filesystem::path& path, const Table& table) {
    return writeTextAtomically(path, formatTable(table));
}

} // namespace wb::calibrate

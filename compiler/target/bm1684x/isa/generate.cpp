// SPDX-License-Identifier: GPL-3.0-or-later
// Runs at build time: bm1684x.isa → commands.inc (enums, one struct a format, the variant) and
// formats.inc (where each member's bits lie). A mistake in the table stops the build with its line
// number.
//
// generate TABLE COMMANDS FORMATS
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Field {
    std::string name;
    int bit = 0, width = 0;
    uint64_t preset = 0;
};
struct Operation {
    std::string name;
    unsigned code = 0;
};
struct Address {
    std::string name, reg;
};
struct Block {
    std::string type, engine, opcode, name, operationEnum;
    int bytes = 0;
    std::vector<Field> fields;
    std::vector<Operation> operations;
    uint32_t codes = 0; ///< bit k: operation k exists
    std::vector<Address> addresses;
};

int g_line = 0;

[[noreturn]] void fail(const std::string& what) {
    std::cerr << "bm1684x.isa:" << g_line << ": " << what << '\n';
    std::exit(1);
}

uint64_t number(const std::string& text) {
    char* end = nullptr;
    const uint64_t value = std::strtoull(text.c_str(), &end, 0);
    if (text.empty() || *end) fail("'" + text + "' is not a number");
    return value;
}

/// "a b, c d" → the comma separated pieces as lists of words.
std::vector<std::vector<std::string>> pieces(const std::string& text) {
    std::vector<std::vector<std::string>> out;
    std::istringstream commas(text);
    for (std::string piece; std::getline(commas, piece, ',');) {
        std::istringstream words(piece);
        std::vector<std::string> list;
        for (std::string word; words >> word;)
            list.push_back(word);
        if (!list.empty()) out.push_back(std::move(list));
    }
    return out;
}

std::pair<int, int> range(const std::string& text) {
    const auto dash = text.find('-');
    const int first = static_cast<int>(number(text.substr(0, dash)));
    const int last =
        dash == std::string::npos ? first : static_cast<int>(number(text.substr(dash + 1)));
    if (last < first) fail("the range " + text + " runs backwards");
    return {first, last};
}

void addBits(Block& block, const std::string& text) {
    for (const auto& words : pieces(text)) {
        const bool bare =
            words.size() == 3 && words[1] == "="; // field = default: changes a shared field
        if (!bare && words.size() != 2 && !(words.size() == 4 && words[2] == "="))
            fail("expected: field bits [= default]");
        const auto known = std::find_if(block.fields.begin(), block.fields.end(),
                                        [&](const Field& f) { return f.name == words[0]; });
        if (bare) {
            if (known == block.fields.end()) fail("there is no field " + words[0]);
            known->preset = number(words[2]);
            continue;
        }
        if (known != block.fields.end()) fail("the field " + words[0] + " stands here twice");
        const auto [first, last] = range(words[1]);
        if (last - first >= 64) fail("the field " + words[0] + " has more than 64 bits");
        for (const Field& f : block.fields)
            if (first < f.bit + f.width && f.bit <= last) fail(words[0] + " overlaps " + f.name);
        block.fields.push_back(
            {words[0], first, last - first + 1, words.size() == 4 ? number(words[3]) : 0});
    }
}

void addOperations(Block& block, const std::string& text) {
    std::istringstream in(text);
    in >> block.operationEnum;
    std::string rest;
    std::getline(in, rest);
    for (const auto& words : pieces(rest)) {
        if (words.size() != 2 || number(words[1]) > 31) fail("expected: Name code");
        block.operations.push_back({words[0], static_cast<unsigned>(number(words[1]))});
        block.codes |= uint32_t{1} << block.operations.back().code;
    }
}

/// Checks a finished format and gives opcode and operation fields their place.
void close(Block& block) {
    if (block.type.empty()) return;
    std::sort(block.fields.begin(), block.fields.end(),
              [](const Field& a, const Field& b) { return a.bit < b.bit; });
    const std::string opcode = block.engine == "tiu" ? "tsk_typ" : "cmd_type";
    bool found = false;
    for (Field& f : block.fields) {
        if (f.bit + f.width > block.bytes * 8) fail(f.name + " ends behind the command");
        if (f.width < 64 && f.preset >> f.width) fail("the default of " + f.name + " does not fit");
        if (f.name != opcode) continue;
        found = true;
        if (block.opcode != "any") f.preset = number(block.opcode);
    }
    if (!found) fail(block.type + " has no field " + opcode);
    if (!block.codes) fail(block.type + " has no operations");
    for (const Address& a : block.addresses)
        for (const char* half : {"_l32", "_h8"})
            if (std::none_of(block.fields.begin(), block.fields.end(),
                             [&](const Field& f) { return f.name == a.reg + half; }))
                fail("there is no field " + a.reg + half);
}

void apply(Block& block, const std::map<std::string, Block>& parts, const std::string& key,
           const std::string& rest) {
    if (key == "name")
        block.name = rest;
    else if (key == "operations")
        addOperations(block, rest);
    else if (key == "codes") {
        const auto [first, last] = range(rest);
        for (int code = first; code <= last; ++code)
            block.codes |= uint32_t{1} << code;
    } else if (key == "bits")
        addBits(block, rest);
    else if (key == "address") {
        std::istringstream in(rest);
        Address a;
        if (!(in >> a.name >> a.reg)) fail("expected: address NAME REGISTER");
        block.addresses.push_back(a);
    } else if (key == "use") {
        const auto part = parts.find(rest);
        if (part == parts.end()) fail("there is no part " + rest);
        for (const Field& f : part->second.fields)
            block.fields.push_back(f);
        for (const Address& a : part->second.addresses)
            block.addresses.push_back(a);
    } else
        fail("unknown word '" + key + "'");
}

std::vector<Block> parse(std::istream& in) {
    std::map<std::string, Block> parts;
    std::vector<Block> formats;
    Block* block = nullptr;
    // A statement goes on over lines that are indented by more than two spaces.
    std::vector<std::pair<int, std::string>> statements;
    int at = 0;
    for (std::string text; std::getline(in, text);) {
        ++at;
        text.erase(std::find(text.begin(), text.end(), '#'), text.end());
        text.erase(text.find_last_not_of(" \t\r") + 1);
        if (text.empty()) continue;
        const size_t indent = text.find_first_not_of(' ');
        if (indent > 2 && !statements.empty())
            statements.back().second += text;
        else
            statements.emplace_back(at, text);
    }
    for (const auto& [line, text] : statements) {
        g_line = line;
        std::istringstream words(text);
        std::string key, rest;
        words >> key >> std::ws;
        std::getline(words, rest);
        if (key == "part") {
            block = &parts[rest];
        } else if (key == "format") {
            Block next;
            std::istringstream head(rest);
            if (!(head >> next.type >> next.engine >> next.bytes >> next.opcode))
                fail("expected: format TYPE ENGINE BYTES OPCODE");
            if (next.engine != "tiu" && next.engine != "gdma")
                fail("unknown engine " + next.engine);
            formats.push_back(std::move(next));
            block = &formats.back();
        } else {
            if (!block) fail("statement outside of a format");
            apply(*block, parts, key, rest);
        }
    }
    for (Block& format : formats)
        close(format);
    return formats;
}

std::string capital(std::string text) {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

void writeCommands(const std::vector<Block>& formats, std::ostream& out) {
    out << "// Written by isa/generate.cpp from isa/bm1684x.isa.\n";
    for (const Block& b : formats) {
        out << '\n';
        if (!b.operations.empty()) {
            out << "namespace " << b.operationEnum << " {\nenum Code : uint32_t {";
            for (const Operation& o : b.operations)
                out << ' ' << o.name << " = " << o.code << ',';
            out << " };\n}\n";
        }
        out << "/// " << b.name << ", " << b.bytes << " bytes.\nstruct " << b.type << " {\n";
        for (const Field& f : b.fields) {
            out << "    " << (f.width > 32 ? "uint64_t " : "uint32_t ") << f.name << " = "
                << f.preset << "u; ///< bit" << (f.width > 1 ? "s " : " ") << f.bit;
            if (f.width > 1) out << '-' << f.bit + f.width - 1;
            out << '\n';
        }
        for (const Address& a : b.addresses)
            out << "    uint64_t " << a.name << "() const { return static_cast<uint64_t>(" << a.reg
                << "_h8) << 32 | " << a.reg << "_l32; }\n    void set" << capital(a.name)
                << "(uint64_t address) {\n        " << a.reg
                << "_l32 = static_cast<uint32_t>(address);\n        " << a.reg
                << "_h8 = static_cast<uint32_t>(address >> 32);\n    }\n";
        out << "    bool operator==(const " << b.type << "&) const = default;\n};\n";
    }
    out << "\nusing Command = std::variant<";
    for (size_t i = 0; i < formats.size(); ++i)
        out << (i ? ", " : "") << formats[i].type;
    out << ">;\n";
}

void writeFormats(const std::vector<Block>& formats, std::ostream& out) {
    out << "// Written by isa/generate.cpp from isa/bm1684x.isa.\n";
    for (const Block& b : formats) {
        out << "constexpr FieldSpec k" << b.type << "Fields[] = {\n";
        for (const Field& f : b.fields)
            out << "    {\"" << f.name << "\", " << f.bit << ", " << f.width << ", offsetof("
                << b.type << ", " << f.name << ")},\n";
        out << "};\n";
        if (b.operations.empty()) continue;
        out << "constexpr OperationSpec k" << b.type << "Operations[] = {\n";
        for (const Operation& o : b.operations)
            out << "    {\"" << o.name << "\", " << o.code << "},\n";
        out << "};\n";
    }
    out << "constexpr FormatSpec kFormats[] = {\n";
    for (const Block& b : formats)
        out << "    {\"" << b.type << "\", \"" << b.name
            << "\", Engine::" << (b.engine == "tiu" ? "Tiu" : "Gdma") << ", " << b.bytes << ", "
            << (b.opcode == "any" ? "-1" : b.opcode) << ", " << b.codes << "u, k" << b.type
            << "Fields, "
            << (b.operations.empty() ? std::string("{}") : "k" + b.type + "Operations") << "},\n";
    out << "};\n";
}

/// A file that stays as it is keeps its time, and nothing behind it is built again.
bool writeIfNew(const char* path, const std::string& text) {
    std::ifstream old(path, std::ios::binary);
    if (old && std::string(std::istreambuf_iterator<char>(old), {}) == text) return true;
    std::ofstream out(path, std::ios::binary);
    return static_cast<bool>(
        out.write(text.data(), static_cast<std::streamsize>(text.size())).flush());
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "generate TABLE COMMANDS FORMATS\n";
        return 2;
    }
    std::ifstream table(argv[1]);
    if (!table) fail(std::string("cannot read ") + argv[1]);
    const std::vector<Block> formats = parse(table);
    std::ostringstream commands, specs;
    writeCommands(formats, commands);
    writeFormats(formats, specs);
    if (!writeIfNew(argv[2], commands.str()) || !writeIfNew(argv[3], specs.str()))
        fail("cannot write the results");
    return 0;
}

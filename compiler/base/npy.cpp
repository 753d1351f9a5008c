// SPDX-License-Identifier: GPL-3.0-or-later
// The .npy part: a Python dictionary literal in front of raw bytes.
#include "compiler/base/npy_detail.h"

#include "compiler/base/file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace wb {
namespace {

constexpr std::array<std::string_view, 12> kDescrs{"|b1", "|i1", "|u1", "<i2", "<u2", "<f2", "<i4",
                                                   "<u4", "<f4", "<i8", "<u8", "<f8"};
constexpr size_t kMaxRank = 32; // NumPy's own limit

Error damagedHeader(std::string what) { return Error{Code::NpzDamaged, std::move(what)}; }

/// Reads the dictionary literal; only the three keys that NumPy writes occur.
class HeaderParser {
public:
    explicit HeaderParser(std::string_view text) : m_text(text) {}

    Result<detail::NpyLayout> parse() {
        if (!take('{')) return fail("a '{'");
        while (!take('}')) {
            WB_ASSIGN(const std::string key, quoted());
            if (!take(':')) return fail("a ':'");
            if (key == "descr") {
                if (peek() == '[')
                    return Error{Code::NpyUnsupported, "arrays of records are not supported"};
                WB_ASSIGN(m_layout.header.descr, quoted());
                m_seen |= 1;
            } else if (key == "fortran_order") {
                if (word("True"))
                    m_layout.columnMajor = true;
                else if (!word("False"))
                    return fail("True or False");
                m_seen |= 2;
            } else if (key == "shape") {
                WB_TRY(shape());
                m_seen |= 4;
            } else {
                return damagedHeader("the array header has an unknown key '" + key + "'");
            }
            if (!take(',') && peek() != '}') return fail("a ',' or '}'");
        }
        if (m_seen != 7) return damagedHeader("the array header lacks descr, fortran_order or shape");
        WB_TRY(normaliseDescr());
        return m_layout;
    }

private:
    char peek() {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n'))
            ++m_at;
        return m_at < m_text.size() ? m_text[m_at] : '\0';
    }
    bool take(char c) {
        if (peek() != c || c == '\0') return false;
        ++m_at;
        return true;
    }
    bool word(std::string_view w) {
        peek();
        if (m_text.substr(m_at, w.size()) != w) return false;
        m_at += w.size();
        return true;
    }
    Error fail(const std::string& expected) {
        return damagedHeader("the array header is malformed at character " + std::to_string(m_at) +
                             ", expected " + expected);
    }
    Result<std::string> quoted() {
        const char quote = peek();
        if (quote != '\'' && quote != '"') return fail("a quoted word");
        const size_t end = m_text.find(quote, m_at + 1);
        if (end == std::string_view::npos) return fail("a closing quote");
        std::string text(m_text.substr(m_at + 1, end - m_at - 1));
        m_at = end + 1;
        return text;
    }
    Status shape() {
        if (!take('(')) return fail("a '('");
        while (!take(')')) {
            int64_t dimension = -1;
            peek();
            const char* begin = m_text.data() + m_at;
            const auto [end, code] = std::from_chars(begin, m_text.data() + m_text.size(), dimension);
            if (code != std::errc() || dimension < 0) return fail("a dimension");
            m_at += static_cast<size_t>(end - begin);
            if (m_text.substr(m_at, 1) == "L") ++m_at; // written by Python 2
            m_layout.header.shape.push_back(dimension);
            if (m_layout.header.shape.size() > kMaxRank)
                return damagedHeader("the array has more than 32 dimensions");
            if (!take(',') && peek() != ')') return fail("a ',' or ')'");
        }
        return {};
    }
    /// "<f4", ">f4", "=f4", "|i1" → the little-endian spelling.
    Status normaliseDescr() {
        std::string& d = m_layout.header.descr;
        const std::string given = d;
        if (!d.empty() && d[0] == '>') m_layout.bigEndian = d.size() > 1 && d.substr(2) != "1";
        if (d.size() == 3) d[0] = d[2] == '1' ? '|' : '<';
        if (npyItemSize(d) != 0) return {};
        return Error{Code::NpyUnsupported, "arrays of element kind '" + given + "' are not supported"};
    }

    std::string_view m_text;
    size_t m_at = 0;
    int m_seen = 0;
    detail::NpyLayout m_layout;
};

void swapBytes(std::vector<std::byte>& bytes, size_t itemSize) {
    for (size_t at = 0; at + itemSize <= bytes.size(); at += itemSize)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + itemSize));
}

std::vector<std::byte> toRowMajor(const std::vector<std::byte>& in, const std::vector<int64_t>& shape,
                                  size_t itemSize) {
    std::vector<std::byte> out(in.size());
    std::vector<size_t> stride(shape.size()), index(shape.size(), 0);
    size_t step = itemSize;
    for (size_t d = 0; d < shape.size(); ++d) { // column-major: the first index runs fastest
        stride[d] = step;
        step *= static_cast<size_t>(shape[d]);
    }
    size_t from = 0;
    for (size_t to = 0; to < out.size(); to += itemSize) {
        std::memcpy(out.data() + to, in.data() + from, itemSize);
        for (size_t d = shape.size(); d-- > 0;) {
            from += stride[d];
            if (++index[d] < static_cast<size_t>(shape[d])) break;
            from -= stride[d] * index[d];
            index[d] = 0;
        }
    }
    return out;
}

} // namespace

size_t npyItemSize(std::string_view descr) {
    if (std::find(kDescrs.begin(), kDescrs.end(), descr) == kDescrs.end()) return 0;
    return static_cast<size_t>(descr[2] - '0');
}

namespace detail {

std::optional<uint64_t> npyByteCount(const NpyHeader& header) {
    constexpr uint64_t limit = uint64_t{1} << 46; // 64 TiB: keeps every product below far from overflow
    uint64_t bytes = npyItemSize(header.descr);
    bool zero = bytes == 0;
    for (int64_t d : header.shape) {
        if (d < 0) return {};
        if (d == 0) zero = true;
        if (d > 1 && bytes > limit / static_cast<uint64_t>(d)) return {};
        bytes *= d > 1 ? static_cast<uint64_t>(d) : 1;
    }
    return zero ? 0 : bytes;
}

Result<NpyLayout> parseNpyHeader(std::span<const std::byte> file) {
    constexpr std::string_view magic = "\x93NUMPY";
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    if (text.substr(0, 6) != magic || text.size() < 10)
        return damagedHeader("the array does not begin as a NumPy array");
    const auto byteAt = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(text[i])); };
    const size_t version = byteAt(6);
    size_t start = 10;
    size_t length = byteAt(8) | byteAt(9) << 8;
    if (version >= 2) {
        if (version > 3) return Error{Code::NpyUnsupported, "the array has format version " + std::to_string(version)};
        if (text.size() < 12) return damagedHeader("the array header is cut off");
        length |= byteAt(10) << 16 | byteAt(11) << 24;
        start = 12;
    }
    if (length > text.size() - start) return damagedHeader("the array header is cut off");
    WB_ASSIGN(NpyLayout layout, HeaderParser(text.substr(start, length)).parse());
    layout.dataOffset = start + length;
    return layout;
}

Result<NpzArray> takeNpy(std::vector<std::byte> file) {
    WB_ASSIGN(NpyLayout layout, parseNpyHeader(file));
    const auto count = npyByteCount(layout.header);
    const size_t present = file.size() - layout.dataOffset;
    if (!count || *count != present)
        return damagedHeader("the array's shape needs " + (count ? std::to_string(*count) : "too many") +
                             " bytes, there are " + std::to_string(present));
    NpzArray array;
    static_cast<NpyHeader&>(array) = std::move(layout.header);
    file.erase(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(layout.dataOffset));
    array.bytes = std::move(file);
    const size_t itemSize = npyItemSize(array.descr);
    if (layout.bigEndian) swapBytes(array.bytes, itemSize);
    if (layout.columnMajor && array.shape.size() > 1 && !array.bytes.empty())
        array.bytes = toRowMajor(array.bytes, array.shape, itemSize);
    return array;
}

} // namespace detail

Result<NpzArray> parseNpy(std::span<const std::byte> file) {
    return detail::takeNpy({file.begin(), file.end()});
}

Result<NpzArray> readNpy(const std::filesystem::path& path) {
    WB_ASSIGN(std::vector<std::byte> bytes, readFile(path));
    auto array = detail::takeNpy(std::move(bytes));
    if (!array) return std::move(array).error().inFile(path.string());
    return array;
}

std::string formatNpyHeader(const NpyHeader& header) {
    std::string dictionary = "{'descr': '" + header.descr + "', 'fortran_order': False, 'shape': (";
    for (size_t i = 0; i < header.shape.size(); ++i)
        dictionary += (i == 0 ? "" : ", ") + std::to_string(header.shape[i]);
    dictionary += header.shape.size() == 1 ? ",), }" : "), }";
    const bool big = dictionary.size() + 64 > 0xffff;
    const size_t front = big ? 12 : 10;
    const size_t total = (front + dictionary.size() + 1 + 63) / 64 * 64;
    dictionary.append(total - front - dictionary.size() - 1, ' ');
    dictionary += '\n';
    std::string out("\x93NUMPY");
    out += big ? '\2' : '\1';
    out += '\0';
    for (size_t i = 0; i < (big ? 4U : 2U); ++i)
        out += static_cast<char>(dictionary.size() >> (8 * i) & 0xff);
    return out + dictionary;
}

Status writeNpy(const std::filesystem::path& path, const NpzArray& array) {
    if (npyItemSize(array.descr) == 0 || detail::npyByteCount(array) != array.bytes.size())
        return Error{Code::Internal, "the array's bytes do not fit its shape"}.inFile(path.string());
    const std::string header = formatNpyHeader(array);
    std::vector<std::byte> file(header.size() + array.bytes.size());
    std::memcpy(file.data(), header.data(), header.size());
    if (!array.bytes.empty())
        std::memcpy(file.data() + header.size(), array.bytes.data(), array.bytes.size());
    return writeFileAtomically(path, file);
}

} // namespace wb

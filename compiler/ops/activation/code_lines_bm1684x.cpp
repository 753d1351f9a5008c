// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/activation/code_lines_bm1684x.h"

#include <algorithm>
#include <array>
#include <bitset>

namespace wb::ops {

using namespace bm1684x;

namespace {

constexpr size_t kMostLines = 20;    ///< more cost as much as looking up: three passes each
constexpr int kMostShift = 7;        ///< steps of a band: 2^7 values round to one code
constexpr int64_t kMostSlope = 1023; ///< far steeper than any sum of 16 bits

struct Knot {
    int64_t at = 0, change = 0; ///< of the slope
};
struct Lines {
    int64_t slope = 0;          ///< before the first knot
    int64_t start = 0;          ///< value at the first code
    std::vector<Knot> knots;
};

/// The band: at code first + i all values low[i] … low[i] + 2^shift - 1 round to the table's code. Values are kept as
/// bits above `low`.
class Band {
public:
    Band(std::vector<int64_t> codes, int shift) : m_shift(shift) {
        for (const int64_t code : codes)
            m_low.push_back((code << shift) - (shift == 0 ? 0 : int64_t{1} << (shift - 1)));
    }

    /// As few lines as there can be; nothing if that is too many.
    std::optional<Lines> fewest() const {
        const size_t count = m_low.size();
        if (count < 2) return {};
        int64_t most = 0;
        for (size_t i = 0; i + 1 < count; ++i)
            most = std::max(most, std::abs(m_low[i + 1] - m_low[i]) + width());
        if (most > kMostSlope) return {};
        // reached[k][i]: where k lines can be at code i; `on`: where the last of them has the slope m.
        std::vector<std::vector<Places>> reached(1, std::vector<Places>(count));
        for (int64_t v = 0; v < width(); ++v) reached[0][0].set(static_cast<size_t>(v));
        std::vector<Places> on(count);
        while (reached.back().back().none()) {
            if (reached.size() > kMostLines) return {};
            const auto& before = reached.back();
            std::vector<Places> now(count);
            for (int64_t m = -most; m <= most; ++m) {
                Places at; // on a line of slope m
                for (size_t i = 0; i + 1 < count; ++i) {
                    at = moved(at | before[i], m - (m_low[i + 1] - m_low[i]));
                    now[i + 1] |= at;
                }
            }
            reached.push_back(std::move(now));
        }
        return path(reached, most);
    }

private:
    using Places = std::bitset<1 << kMostShift>;
    int64_t width() const { return int64_t{1} << m_shift; }

    Places moved(const Places& places, int64_t by) const {
        if (by >= width() || -by >= width() || places.none()) return {};
        if (by >= 0) {
            Places up = places << static_cast<size_t>(by);
            if (width() < static_cast<int64_t>(up.size())) up &= ~(~Places() << static_cast<size_t>(width()));
            return up;
        }
        return places >> static_cast<size_t>(-by);
    }
    bool inside(size_t i, int64_t value) const { return value >= m_low[i] && value < m_low[i] + width(); }

    /// Back from the last code: which line led there. Gentle slopes first, so that sums stay small.
    Lines path(const std::vector<std::vector<Places>>& reached, int64_t most) const {
        size_t i = m_low.size() - 1;
        const Places& ends = reached.back().back();
        size_t middle = ends.size();
        for (size_t v = 0; v < ends.size(); ++v)
            if (ends[v] && (middle == ends.size() || distance(v) < distance(middle))) middle = v;
        int64_t value = m_low[i] + static_cast<int64_t>(middle);
        Lines lines;
        std::vector<std::pair<size_t, int64_t>> pieces; // first code and slope, last piece first
        for (size_t k = reached.size() - 1; k > 0; --k) {
            bool found = false;
            for (int64_t step = 0; step <= 2 * most && !found; ++step) {
                const int64_t m = step % 2 == 0 ? step / 2 : -(step + 1) / 2;
                int64_t v = value;
                for (size_t j = i; j-- > 0;) {
                    v -= m;
                    if (!inside(j, v)) break;
                    if (!reached[k - 1][j][static_cast<size_t>(v - m_low[j])]) continue;
                    pieces.emplace_back(j, m);
                    i = j;
                    value = v;
                    found = true;
                    break;
                }
            }
            if (!found) break;
        }
        lines.start = value;
        std::reverse(pieces.begin(), pieces.end());
        if (!pieces.empty()) lines.slope = pieces[0].second;
        for (size_t p = 1; p < pieces.size(); ++p)
            lines.knots.push_back({static_cast<int64_t>(pieces[p].first), pieces[p].second - pieces[p - 1].second});
        return lines;
    }
    int64_t distance(size_t v) const { return std::abs(2 * static_cast<int64_t>(v) - width()); }

    int m_shift;
    std::vector<int64_t> m_low;
};

/// d · x into the sum; a change beyond a byte takes two.
void addTerm(CodeSteps& out, int64_t factor, CodePlace from, bool& begun) {
    while (factor != 0) {
        // A product has a sign if one of its factors has.
        const int64_t part = std::clamp<int64_t>(factor, -128, out.isSigned(1) ? 255 : 127);
        const IntegerUnit::Number number{static_cast<int32_t>(part), Precision::Int8, part <= 127};
        out.steps.push_back({begun ? uint32_t{ArOp::Mac} : uint32_t{ArOp::MulSaturating}, CodePlace::First, from,
                             CodePlace::Number, number, 0});
        begun = true;
        factor -= part;
    }
}

/// Codes least … greatest; the table is flat before `first` and after `last`.
struct Domain {
    int64_t first, last, least, greatest;
    bool inSigned, outSigned;
    int shift;
};

CodeSteps stepsOf(const Lines& lines, const Domain& d) {
    const auto& [first, last, least, greatest, inSigned, outSigned, shift] = d;
    CodeSteps out;
    out.scratch = {Precision::Int16, Precision::Int8, Precision::Int8};
    out.scratchSigned = {true, inSigned, inSigned};
    const bool isSigned = inSigned;
    const auto code = [isSigned](int64_t value) {
        return IntegerUnit::Number{static_cast<int32_t>(value), Precision::Int8, isSigned};
    };
    CodePlace x = CodePlace::Input;
    int64_t end = lines.slope;
    for (const Knot& knot : lines.knots) end += knot.change;
    if (lines.slope != 0 && first > least) {
        out.steps.push_back({ArOp::Max, CodePlace::Third, x, CodePlace::Number, code(first)});
        x = CodePlace::Third;
    }
    if (end != 0 && last < greatest) {
        out.steps.push_back({ArOp::Min, CodePlace::Third, x, CodePlace::Number, code(last)});
        x = CodePlace::Third;
    }
    bool begun = false;
    int64_t constant = lines.start;
    // From the side that is flat, which needs no line of its own.
    const bool fromRight = lines.slope != 0 && end == 0;
    const auto base = fromRight ? end : lines.slope;
    addTerm(out, base, x, begun);
    constant -= base * first;
    if (fromRight) {
        constant = lines.start; // value at the last code
        for (size_t k = 0; k < lines.knots.size(); ++k) {
            const int64_t from = k == 0 ? first : first + lines.knots[k - 1].at;
            int64_t slope = lines.slope;
            for (size_t j = 0; j < k; ++j) slope += lines.knots[j].change;
            constant += slope * (first + lines.knots[k].at - from);
        }
    }
    for (const Knot& knot : lines.knots) {
        const int64_t at = first + knot.at;
        out.steps.push_back({fromRight ? uint32_t{ArOp::Min} : uint32_t{ArOp::Max}, CodePlace::Second, x, CodePlace::Number, code(at)});
        addTerm(out, fromRight ? -knot.change : knot.change, CodePlace::Second, begun);
        constant += fromRight ? knot.change * at : -knot.change * at;
    }
    if (!begun || constant < -32768 || constant > 32767) return {};
    // Sums with a sign saturate to codes with a sign; others need a cast.
    out.steps.push_back({ArOp::AddSaturating, outSigned ? CodePlace::Output : CodePlace::First, CodePlace::First,
                         CodePlace::Number, {static_cast<int32_t>(constant), Precision::Int16, true}, shift});
    if (!outSigned) out.steps.push_back({ArOp::Cast, CodePlace::Output, CodePlace::First});
    return out;
}

} // namespace

std::optional<CodeSteps> lineSteps(const CodeTable& table, bool inSigned, bool outSigned, int shift) {
    const int64_t least = inSigned ? -128 : 0, greatest = inSigned ? 127 : 255;
    const auto at = [&](int64_t x) {
        const uint8_t code = table[static_cast<uint8_t>(x)];
        return outSigned ? int64_t{static_cast<int8_t>(code)} : int64_t{code};
    };
    int64_t first = least, last = greatest;
    while (first < greatest && at(first + 1) == at(least)) ++first;
    while (last > first && at(last - 1) == at(greatest)) --last;
    std::vector<int64_t> codes;
    for (int64_t x = first; x <= last; ++x) codes.push_back(at(x));
    const auto lines = Band(codes, shift).fewest();
    if (!lines) return {};
    CodeSteps steps = stepsOf(*lines, {first, last, least, greatest, inSigned, outSigned, shift});
    if (steps.steps.empty() || steps.cost() >= kLookUpCost) return {};
    return steps;
}

} // namespace wb::ops

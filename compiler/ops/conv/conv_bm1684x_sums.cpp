// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/conv_bm1684x_sums.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {

using namespace bm1684x;

namespace {

using kernels::SumForm;
using Line = SumForm::Line;
constexpr size_t kCodeBoxes = 5; ///< both sides, what is largest so far before and after a step, and a line

bool hasSecondPair(const SumForm& form, int64_t channels) { return form.scales.size() > static_cast<size_t>(channels); }

/// Evaluates lines over numbers of 16 bits. Codes lie where the sums were; a step never writes over what it reads, which
/// would take twice as long.
class Curve {
public:
    Curve(const SumForm& form, const LocalTensor& to, const LocalTensor& wide, uint32_t codes, IntegerUnit& unit)
        : m_form(form), m_to(to), m_wide(wide), m_unit(unit) {
        const int64_t bytes = alignedBytes(Precision::Int8, to.part);
        for (size_t i = 0; i < kCodeBoxes; ++i)
            m_free.push_back(scratchBox(to, codes + u32(static_cast<int64_t>(i) * bytes), Precision::Int8, to.isSigned));
    }

    void emit() {
        const auto left = sideOf(Line::Left), right = sideOf(Line::Right);
        std::vector<const Line*> middle;
        for (const Line& line : m_form.lines)
            if (line.part <= Line::UnderRight) middle.push_back(&line);
        std::optional<Code> most = left;
        if (right) most = most ? join(ArOp::Max, *most, *right, {left, right}) : right;
        for (const Line* line : middle) {
            const bool last = line == middle.back();
            const auto* side = line->part == Line::UnderLeft ? &left : line->part == Line::UnderRight ? &right : nullptr;
            const bool only = last && !most && !(side && *side);
            Code value = valueOf(*line, only);
            if (side && *side) value = join(ArOp::Min, value, **side, {left, right}, last && !most);
            most = most ? join(ArOp::Max, *most, value, {left, right}, last) : value;
        }
        if (most->isNumber() || !sameBox(most->box, m_to)) m_unit.copy(m_to, operandOf(*most)); // one flat line
    }

private:
    /// Codes in a box, or one for all.
    struct Code {
        LocalTensor box;
        std::optional<int32_t> number;
        bool isNumber() const { return number.has_value(); }
    };
    static bool sameBox(const LocalTensor& a, const LocalTensor& b) { return a.address == b.address; }

    IntegerUnit::Operand operandOf(const Code& code) const {
        if (code.number) return IntegerUnit::Number{*code.number, Precision::Int8, m_to.isSigned};
        return code.box;
    }

    LocalTensor take() {
        const LocalTensor box = m_free.back();
        m_free.pop_back();
        return box;
    }
    void give(const Code& code) {
        if (!code.number && !sameBox(code.box, m_to)) m_free.push_back(code.box);
    }

    Code valueOf(const Line& line, bool toResult = false) {
        if (line.slope == 0)
            return {{}, static_cast<int32_t>(std::nearbyint(std::clamp(line.offset, m_form.least, m_form.greatest)))};
        const Code value{toResult ? m_to : take(), {}};
        m_unit.requantFloat(value.box, m_wide, line.slope, line.offset);
        return value;
    }

    /// Of two codes; what is not among `kept` is free afterwards.
    Code join(uint32_t op, const Code& a, const Code& b, const std::array<std::optional<Code>, 2>& kept, bool toResult = false) {
        if (a.number && b.number)
            return {{}, op == ArOp::Max ? std::max(*a.number, *b.number) : std::min(*a.number, *b.number)};
        const Code result{toResult ? m_to : take(), {}};
        // The box first: a command's second operand may be a number.
        m_unit.apply(op, result.box, a.number ? operandOf(b) : operandOf(a), a.number ? operandOf(a) : operandOf(b));
        for (const Code* done : {&a, &b}) {
            const bool keeps = std::any_of(kept.begin(), kept.end(), [&](const auto& side) {
                return side && !side->number && !done->number && sameBox(side->box, done->box);
            });
            if (!keeps) give(*done);
        }
        return result;
    }

    std::optional<Code> sideOf(Line::Part part) {
        std::optional<Code> least;
        for (const Line& line : m_form.lines) {
            if (line.part != part) continue;
            const Code value = valueOf(line);
            least = least ? join(ArOp::Min, *least, value, {}) : value;
        }
        return least;
    }

    const SumForm& m_form;
    const LocalTensor& m_to;
    const LocalTensor& m_wide;
    IntegerUnit& m_unit;
    std::vector<LocalTensor> m_free;
};

} // namespace

std::vector<int64_t> formScratch(const SumForm& form, int64_t channels, const Part& largest) {
    const int64_t sums = alignedBytes(Precision::Int32, largest), codes = alignedBytes(Precision::Int8, largest);
    if (form.twoSteps())
        return {std::max(sums, form.lines.empty() ? 0 : static_cast<int64_t>(kCodeBoxes) * codes), alignedBytes(Precision::Int16, largest)};
    return hasSecondPair(form, channels) ? std::vector{sums, 2 * codes} : std::vector{sums};
}

void shapeSums(const SumForm& form, const SumTables& tables, const LocalTensor& to, const LocalTensor& sums,
               std::span<const uint32_t> scratch, IntegerUnit& unit) {
    if (form.twoSteps()) {
        const LocalTensor wide = scratchBox(to, scratch[1], Precision::Int16);
        unit.requantFloat(wide, sums, tables.first);
        if (form.unit != 0) return unit.dequant(to, wide, 0, form.unit);
        return Curve(form, to, wide, scratch[0], unit).emit();
    }
    const bool floors = form.least > (to.isSigned ? -128.0F : 0.0F); // a ReLU above the lowest code
    if (!hasSecondPair(form, tables.channels)) {
        unit.requantFloat(to, sums, tables.first);
    } else {
        const LocalTensor one = scratchBox(to, scratch[1], Precision::Int8, to.isSigned);
        const LocalTensor other =
            scratchBox(to, scratch[1] + u32(alignedBytes(Precision::Int8, to.part)), Precision::Int8, to.isSigned);
        unit.requantFloat(one, sums, tables.first);
        unit.requantFloat(other, sums, tables.second);
        unit.apply(ArOp::Max, to, one, other);
    }
    if (floors) unit.apply(ArOp::Max, to, to, IntegerUnit::Number{static_cast<int32_t>(form.least), Precision::Int8, to.isSigned});
}

} // namespace wb::ops

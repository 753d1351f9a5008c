// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/activation/code_steps_bm1684x.h"

#include "compiler/numeric/rounding.h"
#include "compiler/ops/activation/code_lines_bm1684x.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <tuple>

namespace wb::ops {

using namespace bm1684x;

namespace {

struct Kind {
    Precision precision = Precision::Int8;
    bool isSigned = true;
};

int64_t saturated(int64_t value, Kind kind) {
    const int bits = static_cast<int>(bytesOf(kind.precision)) * 8;
    return kind.isSigned ? std::clamp<int64_t>(value, -(int64_t{1} << (bits - 1)), (int64_t{1} << (bits - 1)) - 1)
                         : std::clamp<int64_t>(value, 0, (int64_t{1} << bits) - 1);
}

/// What the steps make of one code; nothing where an instruction would do something else than this arithmetic.
std::optional<int64_t> valueOf(const CodeSteps& all, int64_t input, Kind in, Kind out) {
    std::array<int64_t, 5> places{input, 0, 0, 0, 0}; // Input, Output, First, Second, Third
    const auto kindOf = [&](CodePlace place) {
        if (place == CodePlace::Input) return in;
        if (place == CodePlace::Output) return out;
        const size_t index = static_cast<size_t>(place) - 1;
        return Kind{all.scratch[index], all.isSigned(index)};
    };
    const auto at = [&](CodePlace place) -> int64_t& { return places[static_cast<size_t>(static_cast<int>(place) + 1)]; };
    for (const auto& step : all.steps) {
        const int64_t a = at(step.a);
        const bool number = step.b == CodePlace::Number;
        const int64_t b = number ? step.number.value : at(step.b);
        const Kind to = kindOf(step.to);
        const bool isSigned = kindOf(step.a).isSigned || (number ? step.number.isSigned : kindOf(step.b).isSigned);
        int64_t y = 0;
        switch (step.op) {
        case ArOp::MulSaturating: y = numeric::shiftRightHalfUp(a * b, step.shift.value_or(0)); break;
        case ArOp::AddSaturating: y = numeric::shiftRightHalfUp(a + b, step.shift.value_or(0)); break;
        case ArOp::SubSaturating: y = numeric::shiftRightHalfUp(a - b, step.shift.value_or(0)); break;
        case ArOp::Mac:
            y = at(step.to) + a * b;
            if (y != saturated(y, to)) return {}; // sums that leave their range depend on the order
            break;
        case ArOp::Max: y = std::max(a, b); break;
        case ArOp::Min: y = std::min(a, b); break;
        case ArOp::Copy:
        case ArOp::Cast: y = a; break;
        default: return {};
        }
        const bool saturates = step.op == ArOp::MulSaturating || step.op == ArOp::AddSaturating ||
                               step.op == ArOp::SubSaturating || step.op == ArOp::Mac;
        if (saturates && isSigned != to.isSigned) return {}; // would saturate to the other kind
        const bool compares = step.op == ArOp::Max || step.op == ArOp::Min;
        if (compares && kindOf(step.a).isSigned != (number ? step.number.isSigned : kindOf(step.b).isSigned)) return {};
        if (!saturates && step.op != ArOp::Cast && y != saturated(y, to)) return {};
        at(step.to) = saturated(y, to);
    }
    return at(CodePlace::Output);
}

bool equals(const CodeSteps& steps, Kind in, Kind out, const CodeTable& table) {
    for (int code = 0; code < 256; ++code) {
        const auto y = valueOf(steps, in.isSigned ? int64_t{static_cast<int8_t>(code)} : int64_t{code}, in, out);
        if (!y || static_cast<uint8_t>(*y) != table[static_cast<size_t>(code)]) return false;
    }
    return true;
}

constexpr IntegerUnit::Number kZero{0, Precision::Int8, true};

/// x · multiplier >> shift into a place.
CodeStep scaled(CodePlace to, int64_t multiplier, int64_t shift, bool isSigned) {
    return {ArOp::MulSaturating, to, CodePlace::Input, CodePlace::Number,
            {static_cast<int32_t>(multiplier), Precision::Int8, isSigned}, static_cast<int>(shift)};
}

/// All forms that might do; the first that equals the table is taken, so cheaper ones come first.
std::vector<CodeSteps> candidates(const ir::Node& node, Kind in, Kind out) {
    using P = CodePlace;
    const auto& a = node.attributes;
    const int64_t multiplier = a.integer("multiplier", 1), shift = a.integer("rshift", 0);
    const bool scales = multiplier >= -128 && multiplier <= 127 && shift >= 0 && shift <= 31;
    const bool numberSigned = in.isSigned || out.isSigned || multiplier < 0; // so that the product has the result's sign
    std::vector<CodeSteps> list;
    list.push_back(copySteps());
    list.push_back({{{ArOp::Cast, P::Output, P::Input}}, {}, true});
    list.push_back({{{ArOp::Max, P::Output, P::Input, P::Number, {0, Precision::Int8, in.isSigned}}}, {}, true});
    if (scales) {
        list.push_back({{scaled(P::Output, multiplier, shift, numberSigned)}, {}, true});
        // Leaky: the larger (or, for slopes above one, the smaller) of x and its multiple.
        for (const uint32_t op : {uint32_t{ArOp::Max}, uint32_t{ArOp::Min}})
            list.push_back({{scaled(P::First, multiplier, shift, true), {op, P::Output, P::Input, P::First}},
                            {Precision::Int8}, true});
        list.push_back({{scaled(P::Output, multiplier, shift, numberSigned),
                         {ArOp::Max, P::Output, P::Output, P::Number, {0, Precision::Int8, out.isSigned}}}, {}, true});
        list.push_back({{scaled(P::First, multiplier, shift, true), {ArOp::Cast, P::Output, P::First}},
                        {Precision::Int16}, true});
        const double number = a.real("const_val", 0);
        if (std::fabs(number) < 0x1p53) {
            const auto whole = static_cast<int64_t>(std::llround(number));
            const bool add = node.op == "tpu.AddConst";
            const int64_t term = add ? numeric::shiftRightHalfUp(whole, static_cast<int>(shift)) : whole;
            if (term >= -32768 && term <= 32767) {
                const IntegerUnit::Number wide{static_cast<int32_t>(term), Precision::Int16, true};
                const uint32_t op = add ? ArOp::AddSaturating : node.op == "tpu.MaxConst" ? ArOp::Max : ArOp::Min;
                if (add) // straight into codes; then with a clamp or into unsigned codes
                    list.push_back({{scaled(P::First, multiplier, shift, true),
                                     {op, P::Output, P::First, P::Number, wide}}, {Precision::Int16}, true});
                list.push_back({{scaled(P::First, multiplier, shift, true),
                                 {op, P::Second, P::First, P::Number, wide}, {ArOp::Cast, P::Output, P::Second}},
                                {Precision::Int16, Precision::Int16}, true});
                list.push_back({{scaled(P::First, multiplier, shift, true),
                                 {op, P::Second, P::First, P::Number, wide},
                                 {ArOp::Max, P::First, P::Second, P::Number, {0, Precision::Int16, true}},
                                 {ArOp::Cast, P::Output, P::First}},
                                {Precision::Int16, Precision::Int16}, true});
            }
        }
    }
    // |x|: the larger of x and 0 - x.
    list.push_back({{{ArOp::MulSaturating, P::First, P::Input, P::Number, {-1, Precision::Int8, true}, 0},
                     {ArOp::Max, P::Output, P::Input, P::First}}, {Precision::Int8}, true});
    return list;
}

/// Lines that equal the table. Networks use a table several times and are compiled in several ways: what was found is
/// kept.
std::optional<CodeSteps> provenLines(const CodeTable& table, Kind in, Kind out) {
    static std::mutex mutex;
    static std::map<std::tuple<CodeTable, bool, bool>, std::optional<CodeSteps>> known;
    constexpr size_t kMostKnown = 4096;
    const std::lock_guard lock(mutex);
    const auto key = std::tuple(table, in.isSigned, out.isSigned);
    if (const auto it = known.find(key); it != known.end()) return it->second;
    std::optional<CodeSteps> found;
    for (const int shift : kLineShifts) {
        found = lineSteps(table, in.isSigned, out.isSigned, shift);
        if (found && equals(*found, in, out, table)) break;
        found.reset();
    }
    if (known.size() < kMostKnown) known.emplace(key, found);
    return found;
}

} // namespace

CodeSteps copySteps() { return {{{ArOp::Copy, CodePlace::Output, CodePlace::Input}}, {}, true}; }

std::optional<CodeSteps> codeSteps(const ir::Graph& graph, const ir::Node& node, const CodeTable& table) {
    const Kind in{Precision::Int8, chipSigned(graph.value(node.operands[0]).type.element)};
    const Kind out{Precision::Int8, chipSigned(graph.value(node.results[0]).type.element)};
    for (auto& steps : candidates(node, in, out))
        if (equals(steps, in, out, table)) return std::move(steps);
    return provenLines(table, in, out);
}

int CodeSteps::cost() const {
    const auto bytes = [&](CodePlace place) {
        return place <= CodePlace::Output ? int64_t{1} : bytesOf(scratch[static_cast<size_t>(place) - 1]);
    };
    int passes = 0;
    for (const CodeStep& step : steps) {
        int64_t widest = std::max(bytes(step.to), bytes(step.a));
        if (step.op != ArOp::Copy && step.op != ArOp::Cast)
            widest = std::max(widest, step.b == CodePlace::Number ? bytesOf(step.number.precision) : bytes(step.b));
        const bool overwrites = step.op != ArOp::Copy && step.op != ArOp::Mac && (step.to == step.a || step.to == step.b);
        passes += static_cast<int>(widest) * (overwrites ? 2 : 1);
    }
    return passes;
}

void emitSteps(const CodeSteps& all, IntegerUnit& unit, const LocalTensor& to, const LocalTensor& from,
               std::span<const uint32_t> scratch) {
    std::array<LocalTensor, 5> boxes{from, to, {}, {}, {}};
    for (size_t i = 0; i < all.scratch.size(); ++i)
        boxes[i + 2] = scratchBox(to, scratch[i], all.scratch[i], all.isSigned(i));
    const auto at = [&](CodePlace place) -> const LocalTensor& {
        return boxes[static_cast<size_t>(static_cast<int>(place) + 1)];
    };
    for (const auto& step : all.steps) {
        if (step.op == ArOp::Copy) {
            if (at(step.to).address != at(step.a).address) unit.copy(at(step.to), at(step.a));
        } else if (step.op == ArOp::Cast) {
            unit.cast(at(step.to), at(step.a));
        } else {
            const auto b = step.b == CodePlace::Number ? IntegerUnit::Operand(step.number) : IntegerUnit::Operand(at(step.b));
            unit.apply(step.op, at(step.to), at(step.a), b, step.shift);
        }
    }
}

} // namespace wb::ops

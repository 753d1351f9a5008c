// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Reduce over neighbouring axes and tpu.Arg over one, in float32 whatever the tensors are.
#include "compiler/ops/reduce/reduce_bm1684x.h"

#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/column_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>
#include <map>

namespace wb::ops {

using namespace bm1684x;
using Mode = Reduction;

std::optional<Reduction> reductionOf(const std::string& name) {
    static const std::map<std::string, Mode> rows = {
        {"ReduceMean", Mode::Mean}, {"ReduceSum", Mode::Sum}, {"ReduceMax", Mode::Max},
        {"ReduceMin", Mode::Min},   {"ReduceProd", Mode::Prod}, {"ReduceL1", Mode::L1},
        {"ReduceL2", Mode::L2},     {"ArgMax", Mode::ArgMax},   {"ArgMin", Mode::ArgMin}};
    const auto it = rows.find(name);
    return it == rows.end() ? std::nullopt : std::optional(it->second);
}

namespace {

class ReduceEmitter final : public GlobalEmitter {
public:
    ReduceEmitter(Columns columns, Mode mode, bool last, Precision from, Precision to)
        : m_columns(columns), m_mode(mode), m_last(last), m_from(from), m_to(to) {}
    bool isArg() const { return m_mode == Mode::ArgMax || m_mode == Mode::ArgMin; }
    std::vector<ColumnPiece> pieces() const {
        const int64_t boxes = isArg() ? 4 : 2; // and one of the operand's precision
        const int64_t table = isArg() ? roundUp(m_columns.length * 4, kVectorBytes) : 0;
        if (!isArg() && m_mode != Mode::Prod)
            if (auto rows = rowPiecesTogether(m_columns, turnBytes(), 3, 2); !rows.empty()) return rows;
        return columnPieces(m_columns, (LaneSpace::kBytes - table) / (boxes + 1));
    }
    Result<std::vector<std::byte>> constants() const override;
    Status emit(const GlobalCall& call, Assembler& out) const override;

private:
    /// Pieces of rows take turns in two places.
    static int64_t turnBytes() { return LaneSpace::kBytes / 2; }
    void reduce(VectorUnit& v, const Box& to, const Box& x, const Box& scratch) const;
    void find(VectorUnit& v, const Box& to, const Box& x, const Box& most, const Box& places, std::span<const Box> r) const;
    Columns m_columns;
    Mode m_mode;
    bool m_last;
    Precision m_from, m_to;
};

/// Positions for Arg: rising for the last of equals, falling below zero for the first, so that the greatest is right.
Result<std::vector<std::byte>> ReduceEmitter::constants() const {
    std::vector<std::byte> bytes;
    for (int64_t i = 0; i < m_columns.length && isArg(); ++i) {
        const uint32_t bits = immediate(static_cast<float>(m_last ? i : -i), Precision::F32);
        const auto* from = reinterpret_cast<const std::byte*>(&bits);
        bytes.insert(bytes.end(), from, from + 4);
    }
    return bytes;
}

void ReduceEmitter::reduce(VectorUnit& v, const Box& to, const Box& x, const Box& scratch) const {
    switch (m_mode) {
    case Mode::Mean: columnSum(v, to, x, 1.0f / static_cast<float>(m_columns.length)); return;
    case Mode::Sum: columnSum(v, to, x, 1); return;
    case Mode::Max: columnMaximum(v, to, x); return;
    case Mode::Min:
        v.apply(ArOp::Mul, scratch, x, -1.0f);
        columnMaximum(v, to, scratch);
        v.apply(ArOp::Mul, to, to, -1.0f);
        return;
    case Mode::L1:
        v.abs(scratch, x);
        columnSum(v, to, scratch, 1);
        return;
    case Mode::L2:
        v.apply(ArOp::Mul, scratch, x, x);
        columnSum(v, to, scratch, 1);
        v.reciprocalRoot(seenAs(scratchLike(to, scratch.address, Precision::F32), Precision::F32), to);
        v.apply(ArOp::Mul, to, to, scratchLike(to, scratch.address, Precision::F32));
        return;
    case Mode::Prod: { // the upper half onto the lower one
        Box all = x;
        for (int64_t rest = x.h(); rest > 1;) {
            const int64_t half = rest / 2;
            Part low = all.part, high = all.part;
            low.h = {0, half};
            high.h = {rest - half, rest};
            Box upper = all.sub(high);
            upper.part.h = low.h;
            v.apply(ArOp::Mul, all.sub(low), all.sub(low), upper);
            rest -= half;
        }
        Part first = all.part;
        first.h = {0, 1};
        v.copy(to, all.sub(first));
        return;
    }
    default: return;
    }
}

void ReduceEmitter::find(VectorUnit& v, const Box& to, const Box& x, const Box& most, const Box& places,
                         std::span<const Box> r) const {
    if (m_mode == Mode::ArgMin) v.apply(ArOp::Mul, x, x, -1.0f);
    columnMaximum(v, most, x);
    v.copy(r[0], most);   // CMP repeats nothing
    v.copy(r[1], places);
    v.select(CmpOp::SelectEqual, r[0], x, r[0], r[1], m_last ? -1.0f : -static_cast<float>(m_columns.length));
    columnMaximum(v, to, r[0]);
    if (!m_last) v.apply(ArOp::Mul, to, to, -1.0f);
}

Status ReduceEmitter::emit(const GlobalCall& call, Assembler& out) const {
    VectorUnit v(out);
    LaneSpace tables;
    uint32_t places = 0;
    if (isArg()) {
        places = tables.take(m_columns.length * 4);
        const int64_t words = m_columns.length;
        copyBox(out, Precision::F32, {1, kLanes, 1, words}, {call.constants, {0, 0, 0, 1}},
                {kLocalBase + places, {words, words, words, 1}});
    }
    bool second = false;
    for (const ColumnPiece& piece : pieces()) {
        LaneSpace space = tables;
        if (piece.together && second) space.take(turnBytes());
        second = !second;
        const Box x = space.box(piece.part(), Precision::F32);
        const Box raw = m_from == Precision::F32 ? x : space.box(piece.part(), m_from);
        const Box y = space.box(piece.reduced(), Precision::F32);
        const Box result = m_to == Precision::F32 ? y : space.box(piece.reduced(), m_to);
        const Box a = space.box(piece.part(), Precision::F32);
        copyBox(out, m_from, piece.shape,
                {call.operands[0].address + static_cast<uint64_t>(piece.first * bytesOf(m_from)), piece.strides},
                placeOf(raw));
        if (m_from != Precision::F32) v.cast(x, raw);
        if (isArg()) {
            const Box most = space.box(piece.reduced(), Precision::F32);
            const std::array<Box, 2> r{a, space.box(piece.part(), Precision::F32)};
            find(v, y, x, most, laneTable(x, places, x.h(), 1), r);
        } else {
            reduce(v, y, x, a);
        }
        if (space.used() > LaneSpace::kBytes)
            return Error{Code::CodegenLimit, "a reduction over " + std::to_string(m_columns.length) + " elements"};
        if (m_to != Precision::F32) v.cast(result, y);
        copyBox(out, m_to, piece.reducedShape(), placeOf(result),
                {call.output.address + static_cast<uint64_t>(piece.reducedFirst * bytesOf(m_to)), piece.reducedStrides});
    }
    return {};
}

Result<std::unique_ptr<GlobalEmitter>> prepare(const EmitContext& c) {
    const auto& a = c.node->attributes;
    const auto from = floatOperand(c, 0), to = floatResult(c);
    if (!from || !to || constantOperand(c, 0) != nullptr)
        return notEmitted(c, "its operand or result is not a float tensor");
    const auto& shape = c.graph->value(c.node->operands[0]).type.shape;
    const auto rank = static_cast<int64_t>(shape.size());
    const bool arg = c.node->op == "tpu.Arg";
    const auto mode = reductionOf(a.string("mode", arg ? "ArgMax" : ""));
    if (!mode || arg != (*mode == Mode::ArgMax || *mode == Mode::ArgMin))
        return notEmitted(c, "its mode " + a.string("mode") + " is not known");
    std::vector<int64_t> axes = arg ? std::vector<int64_t>{a.integer("axis", 0)} : a.integers("axes");
    std::vector<bool> gone(shape.size(), axes.empty());
    for (const int64_t axis : axes) {
        if (axis < -rank || axis >= rank) return notEmitted(c, "it has no axis " + std::to_string(axis));
        gone[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = true;
    }
    // Neighbouring axes are one; those of one element do not separate them.
    size_t first = shape.size(), last = 0;
    for (size_t i = 0; i < shape.size(); ++i) {
        if (!gone[i] || shape[i] == 1) continue;
        first = std::min(first, i);
        last = i + 1;
    }
    if (first >= last) first = last = 0;
    for (size_t i = first; i < last; ++i)
        if (!gone[i] && shape[i] != 1) return notEmitted(c, "the axes that it reduces are no neighbours");
    auto emitter = std::make_unique<ReduceEmitter>(Columns::of(shape, first, last), *mode,
                                                   a.boolean("select_last_index"), *from, *to);
    if (emitter->pieces().empty()) return beyondChip(c, "what it reduces does not fit local memory");
    return std::unique_ptr<GlobalEmitter>(std::move(emitter));
}

} // namespace

void emit_reduce(EmitterTable& table) {
    table.add({.op = "tpu.Reduce", .local = prepareLaneReduce, .global = prepare});
    table.add({.op = "tpu.Arg", .global = prepare});
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.LayerNorm, tpu.GroupNorm and tpu.InstanceNorm: rows of the tensor in DDR, each in a lane (or, where one
// lane does not hold it, in all of them), normalised by their own mean and deviation in float32.
#include "compiler/ops/norm/norm_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/column_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {

using namespace bm1684x;

namespace {

struct RowNorm {
    int64_t rows = 1, width = 1;
    int64_t period = 1;      ///< rows after which parameters repeat
    bool oneARow = false;    ///< a parameter a row of the period, not one an element
    float epsilon = 0;
    std::vector<float> gamma, beta; ///< [period] or [period][width], or none
    Precision from = Precision::F32, to = Precision::F32;
};

class RowNormEmitter final : public GlobalEmitter {
public:
    explicit RowNormEmitter(RowNorm norm) : m_norm(std::move(norm)) {}
    std::vector<ColumnPiece> pieces() const {
        if (m_norm.period == 1 && !m_norm.oneARow)
            if (auto rows = rowPiecesTogether({m_norm.rows, m_norm.width, 1}, turnBytes(), 3, 2); !rows.empty()) return rows;
        // x, one more of its size and one of the operand's precision.
        return columnPieces({m_norm.rows, m_norm.width, 1}, (LaneSpace::kBytes - 16 * 1024) / 3,
                            m_norm.period == 1 ? m_norm.rows : m_norm.period);
    }
    Result<std::vector<std::byte>> constants() const override {
        std::vector<float> all = m_norm.gamma;
        all.insert(all.end(), m_norm.beta.begin(), m_norm.beta.end());
        std::vector<std::byte> bytes(all.size() * 4);
        if (!all.empty()) std::memcpy(bytes.data(), all.data(), bytes.size());
        return bytes;
    }
    Status emit(const GlobalCall& call, Assembler& out) const override;
    /// Lanes that share a row where it does not fit one, 0 where the chip has no room for it either.
    int64_t sharedLanes() const;

private:
    /// Pieces of rows take turns in two places, beside the parameters.
    int64_t turnBytes() const { return (LaneSpace::kBytes - 2 * roundUp(m_norm.width * 4, kVectorBytes)) / 2 / kVectorBytes * kVectorBytes; }
    /// A row of 1 x lanes x run in local memory; sums meet in DDR, where the result will be.
    Status emitShared(const GlobalCall& call, Assembler& out, int64_t lanes) const;
    /// The rows in x, t of their size, one and other a number a row.
    struct Boxes {
        const Box &x, &t, &one, &other;
    };
    /// x less its mean, over the root of what is left; mean(box) leaves a row's mean in `one`.
    template <class Mean> void standardise(VectorUnit& v, const Boxes& b, const Mean& mean) const {
        mean(b.x);
        v.apply(ArOp::Sub, b.x, b.x, b.one);
        v.apply(ArOp::Mul, b.t, b.x, b.x);
        mean(b.t);
        v.apply(ArOp::Add, b.one, b.one, m_norm.epsilon);
        v.reciprocalRoot(b.other, b.one);
        v.apply(ArOp::Mul, b.x, b.x, b.other);
    }
    RowNorm m_norm;
};

int64_t RowNormEmitter::sharedLanes() const {
    int64_t lanes = kLanes;
    while (m_norm.width % lanes != 0) --lanes;
    const int64_t boxes = 3 * roundUp(m_norm.width / lanes * 4, kVectorBytes);
    const bool room = boxes <= LaneSpace::kBytes - 16 * 1024 && m_norm.width * bytesOf(m_norm.to) >= lanes * 4;
    return lanes > 1 && room ? lanes : 0;
}

Status RowNormEmitter::emitShared(const GlobalCall& call, Assembler& out, int64_t lanes) const {
    VectorUnit v(out);
    const float share = 1.0f / static_cast<float>(m_norm.width);
    const int64_t run = m_norm.width / lanes;
    const std::array<int64_t, 4> rowShape{1, lanes, run, 1}, rowStrides{m_norm.width, run, 1, 1};
    const Part row{{0, 1}, {0, lanes}, {0, run}, {0, 1}}, number{{0, 1}, {0, lanes}, {0, 1}, {0, 1}};
    const Part numbers{{0, 1}, {0, lanes}, {0, lanes}, {0, 1}};
    LaneSpace space;
    const Box x = space.box(row, Precision::F32), t = space.box(row, Precision::F32);
    const Box raw = m_norm.from == Precision::F32 ? x : space.box(row, m_norm.from);
    const Box result = m_norm.to == Precision::F32 ? x : seenAs(scratchLike(x, t.address, m_norm.to), m_norm.to);
    const Box one = space.box(number, Precision::F32), other = space.box(number, Precision::F32);
    const Box all = space.box(numbers, Precision::F32);
    if (space.used() > LaneSpace::kBytes)
        return Error{Code::CodegenLimit, "rows of " + std::to_string(m_norm.width) + " elements"};
    // Every lane reads what all lanes wrote, and adds it up for itself.
    const auto mean = [&](const Box& of) {
        columnSum(v, one, of, share);
        copyBox(out, Precision::F32, {1, lanes, 1, 1}, placeOf(one), {call.output.address, {lanes, 1, 1, 1}});
        copyBox(out, Precision::F32, {1, lanes, lanes, 1}, {call.output.address, {0, 0, 1, 1}}, placeOf(all));
        columnSum(v, one, all, 1);
    };
    // The first row comes last: until then its place in the result holds the sums.
    for (int64_t r = m_norm.rows; r-- > 0;) {
        const auto first = static_cast<uint64_t>(r * m_norm.width);
        copyBox(out, m_norm.from, rowShape,
                {call.operands[0].address + first * static_cast<uint64_t>(bytesOf(m_norm.from)), rowStrides}, placeOf(raw));
        if (m_norm.from != Precision::F32) v.cast(x, raw);
        standardise(v, {x, t, one, other}, mean);
        uint64_t at = call.constants;
        for (const auto* parameters : {&m_norm.gamma, &m_norm.beta}) {
            if (parameters->empty()) continue;
            const auto place = at + static_cast<uint64_t>(r % m_norm.period * (m_norm.oneARow ? 1 : m_norm.width) * 4);
            const Box& box = m_norm.oneARow ? one : t;
            if (m_norm.oneARow) copyBox(out, Precision::F32, {1, lanes, 1, 1}, {place, {0, 0, 1, 1}}, placeOf(box));
            else copyBox(out, Precision::F32, rowShape, {place, rowStrides}, placeOf(box));
            v.apply(parameters == &m_norm.gamma ? ArOp::Mul : ArOp::Add, x, x, box);
            at += parameters->size() * 4;
        }
        if (m_norm.to != Precision::F32) v.cast(result, x);
        copyBox(out, m_norm.to, rowShape, placeOf(result),
                {call.output.address + first * static_cast<uint64_t>(bytesOf(m_norm.to)), rowStrides});
    }
    return {};
}

Status RowNormEmitter::emit(const GlobalCall& call, Assembler& out) const {
    const auto parts = pieces();
    if (parts.empty()) return emitShared(call, out, sharedLanes());
    VectorUnit v(out);
    const float share = 1.0f / static_cast<float>(m_norm.width);
    LaneSpace tables; // parameters of rows, the same in every lane
    std::array<uint32_t, 2> held{};
    uint64_t next = call.constants;
    int64_t lanes = 0; // that have rows at all
    for (const ColumnPiece& piece : parts) lanes = std::max(lanes, std::min(kLanes, piece.shape[1]));
    for (size_t i = 0; i < 2 && parts[0].together; ++i) {
        const auto& parameters = i == 0 ? m_norm.gamma : m_norm.beta;
        if (parameters.empty()) continue;
        const int64_t width = m_norm.width;
        held[i] = tables.take(width * 4);
        copyBox(out, Precision::F32, {1, lanes, 1, width}, {next, {0, 0, 0, 1}}, {kLocalBase + held[i], {width, width, width, 1}});
        next += parameters.size() * 4;
    }
    bool second = false;
    for (const ColumnPiece& piece : parts) {
        LaneSpace space = tables;
        if (piece.together && second) space.take(turnBytes());
        second = !second;
        const Box x = space.box(piece.part(), Precision::F32), t = space.box(piece.part(), Precision::F32);
        const Box raw = m_norm.from == Precision::F32 ? x : space.box(piece.part(), m_norm.from);
        const Box result = m_norm.to == Precision::F32 ? x : seenAs(scratchLike(x, t.address, m_norm.to), m_norm.to);
        const Box one = space.box(piece.reduced(), Precision::F32), other = space.box(piece.reduced(), Precision::F32);
        if (space.used() > LaneSpace::kBytes)
            return Error{Code::CodegenLimit, "rows of " + std::to_string(m_norm.width) + " elements"};
        copyBox(out, m_norm.from, piece.shape,
                {call.operands[0].address + static_cast<uint64_t>(piece.first * bytesOf(m_norm.from)), piece.strides},
                placeOf(raw));
        if (m_norm.from != Precision::F32) v.cast(x, raw);
        standardise(v, {x, t, one, other}, [&](const Box& of) { columnSum(v, one, of, share); });
        uint64_t at = call.constants;
        for (const auto* parameters : {&m_norm.gamma, &m_norm.beta}) {
            if (parameters->empty()) continue;
            const uint32_t op = parameters == &m_norm.gamma ? ArOp::Mul : ArOp::Add;
            if (piece.together) {
                v.apply(op, x, x, laneTable(x, held[parameters == &m_norm.gamma ? 0 : 1], 1, m_norm.width));
                continue;
            }
            const int64_t first = piece.outerBegin % m_norm.period, width = m_norm.oneARow ? 1 : m_norm.width;
            const Box box = m_norm.oneARow ? one : t;
            const int64_t pitch = m_norm.period == 1 ? 0 : width; // 0: every row takes the same
            copyBox(out, Precision::F32, {1, box.c(), width, 1},
                    {at + static_cast<uint64_t>(first * width * 4), {0, pitch, 1, 1}}, placeOf(box));
            v.apply(op, x, x, box);
            at += parameters->size() * 4;
        }
        if (m_norm.to != Precision::F32) v.cast(result, x);
        copyBox(out, m_norm.to, piece.shape, placeOf(result),
                {call.output.address + static_cast<uint64_t>(piece.first * bytesOf(m_norm.to)), piece.strides});
    }
    return {};
}

int64_t elements(const ir::Shape& shape, size_t first, size_t last) {
    int64_t count = 1;
    for (size_t i = first; i < last; ++i)
        count *= shape[i];
    return count;
}

} // namespace

Result<std::unique_ptr<GlobalEmitter>> prepareRowNorm(const EmitContext& c) {
    const auto& a = c.node->attributes;
    const auto& shape = c.graph->value(c.node->results[0]).type.shape;
    const auto rank = static_cast<int64_t>(shape.size());
    const auto from = floatOperand(c, 0), to = floatResult(c);
    if (!from || !to || constantOperand(c, 0) != nullptr) return notEmitted(c, "its operand or result is not a float tensor");
    RowNorm n;
    n.from = *from;
    n.to = *to;
    n.epsilon = static_cast<float>(a.real("eps", 1e-5));
    std::vector<float> parameters[2];
    for (size_t i = 0; i < 2; ++i) {
        if (c.node->operands.size() <= i + 1 || c.node->operands[i + 1] == ir::kNoValue) continue;
        const ir::Tensor* tensor = constantOperand(c, i + 1);
        if (tensor == nullptr) return notEmitted(c, "its parameters are not constant");
        parameters[i] = floatsOf(*tensor);
    }
    if (c.node->op == "tpu.LayerNorm") {
        int64_t axis = a.integer("axis", -1);
        if (axis < 0) axis += rank;
        if (axis < 0 || axis >= rank) return notEmitted(c, "its axis does not exist");
        n.rows = elements(shape, 0, static_cast<size_t>(axis));
        n.width = elements(shape, static_cast<size_t>(axis), shape.size());
    } else {
        if (rank < 2) return notEmitted(c, "its operand has no channels");
        const bool instance = c.node->op == "tpu.InstanceNorm";
        n.period = instance ? shape[1] : a.integer("num_groups", 1);
        if (n.period < 1 || shape[1] % n.period != 0) return notEmitted(c, "its channels do not divide into groups");
        const int64_t pixels = elements(shape, 2, shape.size()), perGroup = shape[1] / n.period;
        n.rows = shape[0] * n.period;
        n.width = perGroup * pixels;
        n.oneARow = perGroup == 1;
        for (auto& values : parameters) {
            if (values.empty() || n.oneARow) continue;
            if (static_cast<int64_t>(values.size()) != shape[1]) return notEmitted(c, "it has not one parameter a channel");
            std::vector<float> spread; // one an element
            for (const float value : values)
                spread.insert(spread.end(), static_cast<size_t>(pixels), value);
            values = std::move(spread);
        }
    }
    for (const auto& values : parameters)
        if (!values.empty() && static_cast<int64_t>(values.size()) != n.period * (n.oneARow ? 1 : n.width))
            return notEmitted(c, "its parameters do not match its rows");
    n.gamma = std::move(parameters[0]);
    n.beta = std::move(parameters[1]);
    const int64_t width = n.width;
    auto emitter = std::make_unique<RowNormEmitter>(std::move(n));
    if (emitter->pieces().empty() && emitter->sharedLanes() == 0)
        return beyondChip(c, "rows of " + std::to_string(width) + " elements do not fit local memory");
    return std::unique_ptr<GlobalEmitter>(std::move(emitter));
}

} // namespace wb::ops

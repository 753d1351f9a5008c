// SPDX-License-Identifier: GPL-3.0-or-later
// Into and out of blocks (codegen/layouts): columns of a picture become channels in lanes of their own, and parts of rows
// of 64 channels become every n-th column and row again.
#include "compiler/ops/phases/phases_bm1684x.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;

void toLanes(const LocalTensor& from, uint32_t address, Assembler& out) {
    STransBc c;
    c.tsk_eu_typ = TransBcOp::LaneCopy;
    c.res0_prec = code(from.precision);
    c.res0_n = u32(from.n());
    c.res0_c = c.opd0_c = u32(from.c());
    c.res0_h = u32(from.h());
    c.res0_w = c.opd0_w = u32(from.w());
    c.opd0_addr = from.address;
    c.res0_addr = address;
    out.add(c);
}

namespace {

/// The number zero: of codes their zero point.
void fillZero(const LocalTensor& to, int32_t zero, VectorUnit& unit) {
    if (zero == 0) return unit.fill(to, 0);
    IntegerUnit(unit.assembler()).copy(to, IntegerUnit::Number{zero, to.precision, to.isSigned});
}

/// [n, c, h, w] → [n, block · c, h, blocks]: channel p · c + i of block k is column k · block + p - origin of channel i; or
/// the same of rows.
class SplitColumns final : public LocalEmitter {
public:
    SplitColumns(Precision precision, std::array<int64_t, 4> in, int64_t block, int64_t origin, bool rows, int32_t zero)
        : m_precision(precision), m_channels(in[1]), m_rows(in[2]), m_columns(in[3]), m_block(block), m_origin(origin), m_split(rows), m_zero(zero) {}

    Cuts cuts() const override { return {.n = true, .c = false, .h = true, .w = false}; }
    Part operandPart(size_t, const Part& result) const override {
        if (!m_split) return {result.n, {0, m_channels}, result.h, {0, m_columns}};
        const auto rowOf = [&](int64_t block) { return std::clamp<int64_t>(block * m_block - m_origin, 0, m_rows); };
        return {result.n, {0, m_channels}, {rowOf(result.h.begin), rowOf(result.h.end)}, result.w};
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        return {alignedBytes(m_precision, phaseOf(result)), alignedBytes(m_precision, phaseOf(result))};
    }

    Status emit(const LocalCall& call, Assembler& out) const override {
        VectorUnit unit(out);
        const Part part = phaseOf(call.result);
        const Range blocks = m_split ? part.h : part.w;
        for (int64_t p = 0; p < m_block; ++p) {
            // Lanes change at the end; two places take turns.
            LocalTensor to = alignedTensor(p == 0 ? call.output.address : call.scratch[static_cast<size_t>(p % 2)], m_precision,
                                           call.output.isSigned, part);
            const int64_t begin = std::clamp(ceilDiv(std::max<int64_t>(0, m_origin - p), m_block), blocks.begin, blocks.end);
            const int64_t last = (m_split ? m_rows : m_columns) - 1 + m_origin - p;
            const int64_t end = std::clamp(last < 0 ? 0 : last / m_block + 1, begin, blocks.end);
            if (begin > blocks.begin || end < blocks.end) fillZero(to, m_zero, unit);
            if (begin < end) {
                const int64_t first = begin * m_block + p - m_origin;
                const Range inside{begin, end};
                if (m_split) {
                    LocalTensor from = call.operands[0].sub({part.n, part.c, {first, first + 1}, part.w});
                    from.hStride *= m_block;
                    from.part.h = inside;
                    unit.copy(to.sub({part.n, part.c, inside, part.w}), from);
                } else {
                    LocalTensor from = call.operands[0].sub({part.n, part.c, part.h, {0, m_columns}});
                    from.address += u32(first * from.wStride * bytesOf(m_precision));
                    from.wStride *= m_block;
                    from.part.w = inside;
                    unit.copy(to.sub({part.n, part.c, part.h, inside}), from);
                }
            }
            if (p > 0) toLanes(to, call.output.address + u32(p * m_channels * kLaneBytes), out);
        }
        return {};
    }

private:
    /// One phase of a part of the result.
    Part phaseOf(Part result) const {
        result.c = {0, m_channels};
        return result;
    }

    Precision m_precision;
    int64_t m_channels, m_rows, m_columns, m_block, m_origin;
    bool m_split; ///< rows
    int32_t m_zero;
};

/// A copy with zero points where blocks reach beyond the picture. Channels of one phase lie in runs of lanes.
class ClearOutside final : public LocalEmitter {
public:
    struct Axis {
        int64_t phases = 1, origin = 0, size = 1, blocks = 1;
        /// Blocks in which a phase lies inside of the picture.
        Range inside(int64_t phase) const {
            const int64_t shift = phase - origin; // pixel = block · phases + shift
            const int64_t begin = shift < 0 ? ceilDiv(-shift, phases) : 0;
            const int64_t last = size - 1 - shift;
            return {std::min(begin, blocks), std::clamp<int64_t>(last < 0 ? 0 : last / phases + 1, std::min(begin, blocks), blocks)};
        }
    };
    ClearOutside(Axis y, Axis x, std::vector<int64_t> phases, int32_t zero)
        : m_y(y), m_x(x), m_phases(std::move(phases)), m_zero(zero) {}

    Cuts cuts() const override { return {.n = true, .c = false, .h = true, .w = false}; }
    Part operandPart(size_t, const Part& result) const override { return result; }

    Status emit(const LocalCall& call, Assembler& out) const override {
        VectorUnit unit(out);
        unit.copy(call.output, call.operands[0].sub(call.result));
        const auto count = static_cast<int64_t>(m_phases.size());
        // Runs of channels alike along an axis, inside of a row of lanes.
        const auto runs = [&](auto phaseOf, auto clear) {
            for (int64_t first = 0, end = 0; first < count; first = end) {
                const int64_t phase = phaseOf(m_phases[static_cast<size_t>(first)]);
                while (end < count && (end == first || end % kLanes != 0) && phaseOf(m_phases[static_cast<size_t>(end)]) == phase)
                    ++end;
                clear(phase, Range{first, end});
            }
        };
        const Range &h = call.result.h, &w = call.result.w;
        runs([&](int64_t phase) { return phase / m_x.phases; }, [&](int64_t phase, Range channels) {
            const Range inside = m_y.inside(phase);
            fill(call.output, channels, {h.begin, std::clamp(inside.begin, h.begin, h.end)}, w, m_zero, unit);
            fill(call.output, channels, {std::clamp(inside.end, h.begin, h.end), h.end}, w, m_zero, unit);
        });
        runs([&](int64_t phase) { return phase % m_x.phases; }, [&](int64_t phase, Range channels) {
            const Range inside = m_x.inside(phase);
            fill(call.output, channels, h, {0, inside.begin}, m_zero, unit);
            fill(call.output, channels, h, {inside.end, w.end}, m_zero, unit);
        });
        return {};
    }

private:
    /// Zeros in a box; channels lie in one row of lanes.
    static void fill(const LocalTensor& whole, Range channels, Range rows, Range columns, int32_t zero, VectorUnit& unit) {
        if (rows.size() <= 0 || columns.size() <= 0) return;
        LocalTensor to = whole;
        to.address += u32(channels.begin % kLanes * kLaneBytes + (channels.begin / kLanes * to.cStride +
                                                                  (rows.begin - to.part.h.begin) * to.hStride +
                                                                  columns.begin * to.wStride) *
                                                                     bytesOf(to.precision));
        to.part.c = channels;
        to.part.h = rows;
        to.part.w = columns;
        fillZero(to, zero, unit);
    }

    Axis m_y, m_x;
    std::vector<int64_t> m_phases;
    int32_t m_zero;
};

/// [1, c, 1, 1] → [1, 1, 1, c].
class LanesToRow final : public LocalEmitter {
public:
    explicit LanesToRow(Part operand) : m_operand(operand) {}
    Cuts cuts() const override { return {.n = false, .c = false, .h = false, .w = false}; }
    Part operandPart(size_t, const Part&) const override { return m_operand; }
    Status emit(const LocalCall& call, Assembler& out) const override {
        const LocalTensor from = call.operands[0].sub(m_operand);
        if (from.lane0() != 0 || from.offset() % kVectorBytes != 0 || from.cStride * bytesOf(from.precision) != kVectorBytes)
            return Error{Code::CodegenLimit, "channels that become a row have to begin in lane 0, 64 bytes apart"};
        STransBc c;
        c.tsk_eu_typ = TransBcOp::TransposeCw;
        c.res0_prec = code(from.precision);
        c.res0_n = c.res0_c = c.res0_h = 1;
        c.opd0_w = 1;
        // Every row of lanes by itself: one command for all would pass over the whole result for each of them.
        for (int64_t first = 0; first < from.c(); first += kLanes) {
            c.res0_w = c.opd0_c = u32(std::min(kLanes, from.c() - first));
            c.opd0_addr = from.address + u32(first / kLanes * kVectorBytes);
            c.res0_addr = call.output.address + u32(first * bytesOf(from.precision));
            out.add(c);
        }
        return {};
    }

private:
    Part m_operand;
};

const ir::TensorType& typeOf(const EmitContext& c, ir::ValueId id) { return c.graph->value(id).type; }

Result<std::unique_ptr<LocalEmitter>> prepareSplit(const EmitContext& context) {
    const auto& in = typeOf(context, context.node->operands[0]);
    const auto& out = typeOf(context, context.node->results[0]);
    const int64_t block = context.node->attributes.integer("block", 1), origin = context.node->attributes.integer("origin");
    const bool rows = context.node->attributes.boolean("rows");
    const size_t axis = rows ? 2 : 3;
    if (in.shape.size() != 4 || out.shape.size() != 4 || in.element != out.element || block < 1 || origin < 0 ||
        out.shape[1] != in.shape[1] * block || out.shape[1] > kLanes || out.shape[5 - axis] != in.shape[5 - axis] ||
        out.shape[axis] != ceilDiv(in.shape[axis] + origin, block))
        return notEmitted(context, "its columns do not split that way");
    return std::unique_ptr<LocalEmitter>(
        std::make_unique<SplitColumns>(chipPrecision(in.element), chipShape(in.shape), block, origin, rows, zeroCodeOf(out)));
}

Result<std::unique_ptr<LocalEmitter>> prepareRow(const EmitContext& context) {
    const auto& in = typeOf(context, context.node->operands[0]);
    const auto& out = typeOf(context, context.node->results[0]);
    const Part part = wholePart(in.shape);
    if (in.element != out.element || part.n.size() != 1 || part.h.size() != 1 || part.w.size() != 1 ||
        out.shape != ir::Shape{1, 1, 1, part.c.size()})
        return notEmitted(context, "its channels are no row");
    return std::unique_ptr<LocalEmitter>(std::make_unique<LanesToRow>(part));
}

Result<std::unique_ptr<LocalEmitter>> prepareClear(const EmitContext& context) {
    const auto& a = context.node->attributes;
    const auto& in = typeOf(context, context.node->operands[0]);
    const auto& out = typeOf(context, context.node->results[0]);
    auto phases = a.integers("phases");
    if (in.shape.size() != 4 || in.shape != out.shape || in.element != out.element ||
        static_cast<int64_t>(phases.size()) != in.shape[1])
        return notEmitted(context, "its channels have no phases");
    const ClearOutside::Axis y{a.integer("y", 1), a.integer("origin_y"), a.integer("height"), in.shape[2]};
    const ClearOutside::Axis x{a.integer("x", 1), a.integer("origin_x"), a.integer("width"), in.shape[3]};
    for (const auto& axis : {y, x})
        if (axis.phases < 1 || axis.origin < 0 || ceilDiv(axis.size + axis.origin, axis.phases) != axis.blocks)
            return notEmitted(context, "its blocks do not hold the picture");
    return std::unique_ptr<LocalEmitter>(std::make_unique<ClearOutside>(y, x, std::move(phases), zeroCodeOf(out)));
}

} // namespace

void emit_phases(EmitterTable& table);
void emit_phases(EmitterTable& table) {
    table.add({.op = "tpu.SplitColumns", .local = prepareSplit});
    table.add({.op = "tpu.JoinPhases", .local = prepareJoin});
    table.add({.op = "tpu.ClearOutside", .local = prepareClear});
    table.add({.op = "tpu.LanesToRow", .local = prepareRow});
    table.add({.op = "tpu.LaneSlice", .local = prepareLaneSlice});
    table.add({.op = "tpu.LaneView", .local = prepareLaneView});
    table.add({.op = "tpu.LaneJoin", .local = prepareLaneJoin});
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Concat: operands of one scale side by side. With nothing outside the axis they follow each other in memory, and
// whoever makes them writes them there; otherwise rows are copied. In local memory channels are copied to their lanes.
#include "compiler/ops/support/move_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

#include <algorithm>

namespace wb::ops {
namespace {

using namespace bm1684x;

/// Along the channels, all in local memory. Operands that begin at a multiple of 64 channels are in their lanes already
/// and are copied at full width; others change lanes one after the other.
class JoinChannels final : public LocalEmitter {
public:
    explicit JoinChannels(std::vector<Range> channels, Precision precision)
        : m_channels(std::move(channels)), m_precision(precision) {}
    Cuts cuts() const override { return {.n = true, .c = false, .h = true, .w = true}; }
    Part operandPart(size_t index, const Part& r) const override {
        return {r.n, {0, m_channels[index].size()}, r.h, r.w};
    }
    /// Lane copies know the aligned layout only.
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        int64_t bytes = 0;
        for (size_t i = 0; i < m_channels.size(); ++i)
            if (m_channels[i].begin % kLanes != 0)
                bytes = std::max(bytes, alignedBytes(m_precision, operandPart(i, result)));
        return bytes == 0 ? std::vector<int64_t>{} : std::vector{bytes};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        VectorUnit unit(out);
        for (size_t i = 0; i < m_channels.size(); ++i) {
            LocalTensor from = call.operands[i].sub(operandPart(i, call.result));
            const int64_t row = m_channels[i].begin / kLanes, lane = m_channels[i].begin % kLanes;
            LocalTensor to = call.output;
            to.address += static_cast<uint32_t>(row * to.cStride * bytesOf(m_precision) + lane * kLaneBytes);
            to.part = from.part;
            if (lane == 0) {
                unit.copy(to, from);
                continue;
            }
            if (!isAligned(from)) {
                const LocalTensor aligned = scratchLike(from, call.scratch[0], m_precision);
                unit.copy(aligned, from);
                from = aligned;
            }
            for (int64_t n = 0; n < from.n(); ++n) copyLanes(to, from, n, out);
        }
        return {};
    }

private:
    void copyLanes(const LocalTensor& to, const LocalTensor& from, int64_t n, Assembler& out) const {
        STransBc c;
        c.tsk_eu_typ = TransBcOp::LaneCopy;
        c.res0_prec = code(m_precision);
        c.res0_n = 1;
        c.res0_c = c.opd0_c = static_cast<uint32_t>(from.c());
        c.res0_h = static_cast<uint32_t>(from.h());
        c.res0_w = c.opd0_w = static_cast<uint32_t>(from.w());
        c.res0_addr = to.address + static_cast<uint32_t>(n * to.nStride * bytesOf(m_precision));
        c.opd0_addr = from.address + static_cast<uint32_t>(n * from.nStride * bytesOf(m_precision));
        out.add(c);
    }

    std::vector<Range> m_channels; ///< of the result, by operand
    Precision m_precision;
};

Result<std::unique_ptr<LocalEmitter>> joinLocal(const EmitContext& c) {
    const ir::TensorType& type = resultType(c);
    const auto rank = static_cast<int64_t>(type.shape.size());
    const int64_t axis = c.node->attributes.integer("axis", 1);
    if (rank < 2 || rank > 4 || (axis != 1 && axis != 1 - rank)) return notEmitted(c, "it does not join channels");
    if (clampsBelowZero(c)) return notEmitted(c, "a ReLU of joined values is not supported");
    const auto shape = chipShape(type.shape);
    const bool aligned = c.node->attributes.integer("aligned_rows", 0) != 0; // operands begin rows of lanes
    std::vector<Range> channels;
    int64_t begin = 0;
    for (size_t i = 0; i < c.node->operands.size(); ++i) {
        if (c.node->operands[i] == ir::kNoValue || c.graph->weight(c.node->operands[i]) != nullptr)
            return notEmitted(c, "operand " + std::to_string(i) + " is absent or constant");
        const ir::TensorType& operand = operandType(c, i);
        if (chipPrecision(operand.element) != chipPrecision(type.element)) return notEmitted(c, "its elements change their width");
        const auto own = chipShape(operand.shape);
        if (operand.shape.size() != type.shape.size() || own[0] != shape[0] || own[2] != shape[2] || own[3] != shape[3])
            return notEmitted(c, "its operands differ in other axes");
        channels.push_back({begin, begin + own[1]});
        begin += aligned ? roundUp(own[1], kLanes) : own[1];
    }
    if (begin != shape[1]) return notEmitted(c, "its operands do not fill the result");
    return std::unique_ptr<LocalEmitter>(std::make_unique<JoinChannels>(std::move(channels), chipPrecision(type.element)));
}

Result<std::unique_ptr<GlobalEmitter>> concat(const EmitContext& c) {
    const ir::Shape& out = resultType(c).shape;
    const auto rank = static_cast<int64_t>(out.size());
    int64_t axis = c.node->attributes.integer("axis", 1);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank) return notEmitted(c, "axis " + std::to_string(axis) + " does not exist");
    if (clampsBelowZero(c)) return notEmitted(c, "a ReLU of joined values is not supported");
    if (c.node->attributes.integer("aligned_rows", 0) != 0) return notEmitted(c, "its operands begin rows of lanes");
    const auto at = static_cast<size_t>(axis);
    Moves moves;
    int64_t outer = 1, inner = 1, begin = 0;
    for (size_t i = 0; i < at; ++i)
        outer *= out[i];
    for (size_t i = at + 1; i < out.size(); ++i)
        inner *= out[i];
    for (size_t i = 0; i < c.node->operands.size(); ++i) {
        if (c.node->operands[i] == ir::kNoValue) continue;
        const ir::Shape& in = operandType(c, i).shape;
        if (in.size() != out.size()) return notEmitted(c, "its operands have different ranks");
        const int64_t run = in[at] * inner;
        ElementMove move;
        move.operand = i;
        move.target = begin * inner;
        move.shape = {outer, run};
        move.sourceStrides = {run, 1};
        move.targetStrides = {out[at] * inner, 1};
        moves.list.push_back(std::move(move));
        begin += in[at];
    }
    if (begin != out[at]) return notEmitted(c, "its operands do not fill the result");
    moves.joins = outer == 1;
    return makeMover(c, std::move(moves));
}

} // namespace

void emit_concat(EmitterTable& table);
void emit_concat(EmitterTable& table) { table.add({.op = "tpu.Concat", .local = joinLocal, .global = concat}); }

} // namespace wb::ops

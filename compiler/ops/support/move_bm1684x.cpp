// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/move_bm1684x.h"

#include "compiler/ops/support/staged_move_bm1684x.h"

#include <map>

namespace wb::ops {
namespace {

using bm1684x::StridedMove;

/// More than this is a loop that should be something else.
constexpr int64_t kMostTransfers = 20000;

/// Operands that are known now, one after the other.
struct HeldOperands {
    std::vector<std::byte> bytes;
    std::map<size_t, uint64_t> places;

    void add(size_t operand, const ir::Tensor& data) {
        if (!places.emplace(operand, bytes.size()).second) return;
        bytes.insert(bytes.end(), data.bytes(), data.bytes() + data.byteSize());
        bytes.resize(static_cast<size_t>(bm1684x::roundUp(static_cast<int64_t>(bytes.size()), bm1684x::kVectorBytes)));
    }
};

class Mover : public GlobalEmitter {
public:
    Mover(Moves moves, HeldOperands held, int64_t resultElements, bm1684x::Precision precision)
        : m_moves(std::move(moves)), m_held(std::move(held)), m_elements(resultElements), m_precision(precision) {
        for (const ElementMove& move : m_moves.list)
            m_staged.push_back(stagedMove(move, precision));
    }

    Result<std::vector<std::byte>> constants() const override { return m_held.bytes; }

    std::optional<int64_t> viewOffset() const override {
        if (m_moves.fill || m_moves.list.size() != 1 || !m_held.places.empty()) return {};
        const ElementMove& move = m_moves.list[0];
        if (move.operand != 0 || move.target != 0 || !bm1684x::isOneRun(strided(move, 0, 0))) return {};
        return move.source * bm1684x::bytesOf(m_precision);
    }

    bool joinsOperands() const override { return m_moves.joins; }

    Status emit(const GlobalCall& call, bm1684x::Assembler& out) const override {
        if (m_moves.fill) {
            StridedMove whole;
            whole.precision = m_precision;
            whole.target = call.output.address;
            whole.shape = {m_elements};
            whole.sourceStrides = whole.targetStrides = {1};
            bm1684x::fillStrided(out, whole, *m_moves.fill);
        }
        for (size_t i = 0; i < m_moves.list.size(); ++i) {
            const ElementMove& move = m_moves.list[i];
            const StridedMove placed = strided(move, sourceOf(move, call), call.output.address);
            if (placed.source == placed.target && bm1684x::isOneRun(placed)) continue; // produced in its place
            if (m_staged[i]) emitStaged(*m_staged[i], placed.source, placed.target, out);
            else bm1684x::moveStrided(out, placed);
        }
        return {};
    }

    /// Transfers within DDR; what goes by way of local memory takes few.
    int64_t transfers() const {
        int64_t count = 0;
        for (size_t i = 0; i < m_moves.list.size(); ++i)
            count += m_staged[i] ? 1 : bm1684x::transfersOf(strided(m_moves.list[i], 0, 0));
        return count;
    }

    StridedMove strided(const ElementMove& move, uint64_t source, uint64_t target) const {
        const int64_t size = bm1684x::bytesOf(m_precision);
        return {m_precision, source + static_cast<uint64_t>(move.source * size),
                target + static_cast<uint64_t>(move.target * size), move.shape, move.sourceStrides, move.targetStrides};
    }

private:
    uint64_t sourceOf(const ElementMove& move, const GlobalCall& call) const {
        if (move.operand == ElementMove::kResult) return call.output.address;
        const auto held = m_held.places.find(move.operand);
        return held != m_held.places.end() ? call.constants + held->second : call.operands[move.operand].address;
    }

    Moves m_moves;
    std::vector<std::optional<StagedMove>> m_staged;
    HeldOperands m_held;
    int64_t m_elements;
    bm1684x::Precision m_precision;
};

} // namespace

std::vector<int64_t> rowMajor(const ir::Shape& shape) {
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;)
        strides[i - 1] = strides[i] * shape[i];
    return strides;
}

ElementMove readStrided(ir::Shape shape, std::vector<int64_t> sourceStrides, int64_t source) {
    ElementMove move;
    move.source = source;
    move.targetStrides = rowMajor(shape);
    move.sourceStrides = std::move(sourceStrides);
    move.shape = std::move(shape);
    return move;
}

const ir::TensorType& operandType(const EmitContext& context, size_t index) {
    return context.graph->value(context.node->operands[index]).type;
}

const ir::TensorType& resultType(const EmitContext& context) {
    return context.graph->value(context.node->results[0]).type;
}

bool clampsBelowZero(const EmitContext& context) {
    return context.node->attributes.boolean("do_relu") && resultType(context).element != ir::ElementType::Ui8;
}

Result<std::unique_ptr<GlobalEmitter>> makeMover(const EmitContext& context, Moves moves) {
    const ir::TensorType& result = resultType(context);
    const size_t size = ir::sizeInBytes(result.element);
    HeldOperands held;
    for (const ElementMove& move : moves.list) {
        if (move.operand == ElementMove::kResult) continue;
        if (move.operand >= context.node->operands.size() || context.node->operands[move.operand] == ir::kNoValue)
            return notEmitted(context, "operand " + std::to_string(move.operand) + " is missing");
        if (ir::sizeInBytes(operandType(context, move.operand).element) != size)
            return notEmitted(context, "its elements change their width");
        if (const ir::Tensor* data = context.graph->weight(context.node->operands[move.operand])) held.add(move.operand, *data);
    }
    auto mover = std::make_unique<Mover>(std::move(moves), std::move(held), result.elementCount(), chipPrecision(result.element));
    const int64_t transfers = mover->transfers();
    if (transfers > kMostTransfers)
        return notEmitted(context, "it would take " + std::to_string(transfers) + " transfers");
    return std::unique_ptr<GlobalEmitter>(std::move(mover));
}

} // namespace wb::ops

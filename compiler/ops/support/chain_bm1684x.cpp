// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/chain_bm1684x.h"

#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <algorithm>

namespace wb::ops {

using namespace bm1684x;
using kernels::Unary;
using kernels::UnaryOp;

namespace {

/// Formulas that give one of their operand's numbers or a constant: they add no rounding.
bool choosesOnly(Unary kind) {
    return kind == Unary::None || kind == Unary::Relu || kind == Unary::Clip || kind == Unary::Abs || kind == Unary::Neg;
}

class ChainEmitter final : public LocalEmitter {
public:
    ChainEmitter(FormulaChain chain, bool inPlace) : m_chain(std::move(chain)), m_inPlace(inPlace) {}
    Cuts cuts() const override { return {true, true, true, true}; }
    Part operandPart(size_t index, const Part& result) const override { return index == 0 ? result : Part{}; }
    Result<LaneImage> constants(const Part&) const override { return m_chain.tables().image(); }
    std::vector<int64_t> scratchBytes(const Part& result) const override { return m_chain.scratchBytes(result); }
    int inPlaceOperand() const override { return m_inPlace ? 0 : -1; }
    Status emit(const LocalCall& call, Assembler& out) const override {
        WB_TRY(checkLanes(call));
        VectorUnit v(out);
        m_chain.emit(v, call.output, call.operands[0].sub(call.result), call.scratch, call.constants);
        return {};
    }

private:
    FormulaChain m_chain;
    bool m_inPlace;
};

} // namespace

std::optional<Precision> floatOperand(const EmitContext& c, size_t index) {
    if (index >= c.node->operands.size() || c.node->operands[index] == ir::kNoValue) return {};
    const auto element = c.graph->value(c.node->operands[index]).type.element;
    if (!ir::isFloat(element)) return {};
    return chipPrecision(element);
}

std::optional<Precision> floatResult(const EmitContext& c) {
    const auto element = c.graph->value(c.node->results[0]).type.element;
    if (!ir::isFloat(element)) return {};
    return chipPrecision(element);
}

Status checkLanes(const LocalCall& call) {
    bool zero = call.output.lane0() == 0;
    for (const LocalTensor& operand : call.operands)
        zero = zero && (operand.c() == 0 || operand.lane0() == 0);
    if (zero) return {};
    return Error{Code::CodegenUnsupported, "a tensor that does not begin in lane 0 met a float operator"};
}

UnaryOp fusedClamp(const ir::Node& node) {
    if (!node.attributes.boolean("do_relu")) return {};
    return {Unary::Relu, static_cast<float>(node.attributes.real("relu_limit", -1.0)), 0};
}

Result<FormulaChain> FormulaChain::make(const EmitContext& context, const std::vector<UnaryOp>& ops, Precision from,
                                        Precision to) {
    FormulaChain chain;
    chain.m_from = from;
    chain.m_to = to;
    int roundings = 0;
    for (const UnaryOp& op : ops) {
        if (op.kind == Unary::None) continue;
        auto formula = UnaryFormula::of(op);
        if (!formula) return notEmitted(context, "there are no commands for its formula");
        formula->addTables(chain.m_tables);
        chain.m_direct = chain.m_direct && formula->direct();
        chain.m_native = chain.m_native && formula->native(to);
        chain.m_registers = std::max(chain.m_registers, static_cast<size_t>(formula->registers()));
        roundings += choosesOnly(op.kind) ? 0 : 1;
        chain.m_formulas.push_back(std::move(*formula));
    }
    chain.m_native = chain.m_native && from == to && (to == Precision::F32 || roundings <= 1);
    return chain;
}

bool FormulaChain::withoutBridge() const {
    if (m_formulas.empty()) return m_from == m_to || m_from == Precision::F32 || m_to == Precision::F32;
    return m_native;
}

std::vector<int64_t> FormulaChain::scratchBytes(const Part& result) const {
    const size_t boxes = m_registers + (withoutBridge() ? 0 : 1);
    return std::vector<int64_t>(boxes, alignedBytes(Precision::F32, result));
}

void FormulaChain::emit(VectorUnit& v, const Box& to, const Box& from, std::span<const uint32_t> scratch,
                        uint32_t constants) const {
    const bool bridged = !withoutBridge();
    std::vector<Box> registers;
    for (size_t i = bridged ? 1 : 0; i < scratch.size(); ++i)
        registers.push_back(scratchLike(to, scratch[i], Precision::F32));
    if (!bridged) {
        if (m_formulas.empty()) return v.cast(to, from);
        Box at = from;
        for (const UnaryFormula& formula : m_formulas) {
            formula.emit(v, to, at, registers, constants);
            at = to;
        }
        return;
    }
    const auto usable = [](const Box& box) { return box.precision == Precision::F32 && isAligned(box); };
    const Box bridge = scratchLike(to, scratch[0], Precision::F32);
    Box at = from;
    if (!usable(from)) {
        v.cast(bridge, from);
        at = bridge;
    }
    const Box target = usable(to) ? to : bridge;
    for (const UnaryFormula& formula : m_formulas) {
        formula.emit(v, target, at, registers, constants);
        at = target;
    }
    if (m_formulas.empty()) {
        v.cast(to, at);
        return;
    }
    if (!usable(to)) v.cast(to, target);
}

Result<std::unique_ptr<LocalEmitter>> makeChain(const EmitContext& context, const std::vector<UnaryOp>& ops) {
    const auto from = floatOperand(context, 0), to = floatResult(context);
    if (!from || !to || constantOperand(context, 0) != nullptr)
        return notEmitted(context, "its operand or result is not a float tensor");
    WB_ASSIGN(FormulaChain chain, FormulaChain::make(context, ops, *from, *to));
    return std::unique_ptr<LocalEmitter>(
        std::make_unique<ChainEmitter>(std::move(chain), bytesOf(*from) == bytesOf(*to)));
}

} // namespace wb::ops

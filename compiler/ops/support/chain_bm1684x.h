// SPDX-License-Identifier: GPL-3.0-or-later
// Emitters of functions of one operand: each element goes through a chain of formulas.
#pragma once

#include "compiler/ops/emitter.h"
#include "compiler/ops/support/formulas_bm1684x.h"

namespace wb::ops {

/// Formulas one after the other on one operand, from its kind of float to the result's; rounded once.
class FormulaChain {
public:
    static Result<FormulaChain> make(const EmitContext& context, const std::vector<kernels::UnaryOp>& ops,
                                     bm1684x::Precision from, bm1684x::Precision to);
    const LaneTables& tables() const { return m_tables; }
    std::vector<int64_t> scratchBytes(const bm1684x::Part& result) const;
    void emit(VectorUnit& v, const Box& to, const Box& from, std::span<const uint32_t> scratch, uint32_t constants) const;

private:
    bool withoutBridge() const; ///< works on operand and result where they lie
    std::vector<UnaryFormula> m_formulas;
    LaneTables m_tables;
    bm1684x::Precision m_from = bm1684x::Precision::F32, m_to = bm1684x::Precision::F32;
    bool m_native = true;
    size_t m_registers = 0;
};

Result<std::unique_ptr<LocalEmitter>> makeChain(const EmitContext& context, const std::vector<kernels::UnaryOp>& ops);

/// Precision of a float operand or result; nothing for codes and absent operands.
std::optional<bm1684x::Precision> floatOperand(const EmitContext& context, size_t index);
std::optional<bm1684x::Precision> floatResult(const EmitContext& context);
/// Emitters here expect results and operands to begin in lane 0.
Status checkLanes(const LocalCall& call);
/// The node's do_relu and relu_limit.
kernels::UnaryOp fusedClamp(const ir::Node& node);

} // namespace wb::ops

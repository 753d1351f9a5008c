// SPDX-License-Identifier: GPL-3.0-or-later
// The functions of one real (kernels::Unary) as sequences of commands in float32: range reduction by AR, polynomials by
// SFU. Coefficients are fitted here, at the Chebyshev points of the reduced range, and travel with the node's constants.
//
// Errors against the exact function stay below 1e-6 absolute and 2e-6 relative, division (3e-7) included, for
// arguments below 1e4. exp saturates at 1.6e38 and 1.2e-38.
#pragma once

#include "compiler/kernels/f32_eltwise.h"
#include "compiler/ops/support/exponential_bm1684x.h"

#include <optional>

namespace wb::ops {

/// Offsets of coefficient tables and their lengths, filled by the formulas that need them.
struct FormulaTables {
    struct Table {
        uint32_t offset = 0;
        int64_t count = 0;
    };
    Table exp, log, sine, cosine;
};

class UnaryFormula {
public:
    /// Nothing if there are no commands for it. Kinds of float of x and y matter for takesAny() alone.
    static std::optional<UnaryFormula> of(const kernels::UnaryOp& op, bm1684x::Precision from = bm1684x::Precision::F32,
                                          bm1684x::Precision to = bm1684x::Precision::F32);

    /// AR alone does it: any layout, no tables, and (native) also in F16 and BF16 with one rounding.
    bool direct() const { return m_direct; }
    bool native(bm1684x::Precision precision) const;
    /// x and y may be of any kind of float and in any layout.
    bool takesAny() const { return m_exponential.has_value() || m_op.kind == kernels::Unary::LeakyRelu; }
    /// Scratch boxes that emit needs.
    int registers() const { return m_registers; }
    /// Adds what polynomials need to the node's tables; before emit.
    void addTables(LaneTables& tables);

    /// y = f(x), float32 boxes of one shape, aligned unless direct(); y is written last and may be x. `constants` is
    /// the offset of the node's tables.
    void emit(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t constants) const;

private:
    void emitCircular(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t at) const;
    void emitPower(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t at) const;
    void emitLeakyRelu(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r) const;
    void emitDirect(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r) const;

    kernels::UnaryOp m_op;
    std::optional<ExponentialFormula> m_exponential;
    bool m_direct = false;
    int m_registers = 0;
    FormulaTables m_tables;
};

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Functions around exp, the costly ones: few passes, none of them in place (which takes twice as long), and as many
// terms of the polynomials as the result's kind of float can show. A division costs dozens of passes; 1 / d is an
// estimate from the bits of d and a polynomial in the product of the two.
#pragma once

#include "compiler/kernels/f32_eltwise.h"
#include "compiler/ops/support/elementary_bm1684x.h"

#include <array>

namespace wb::ops {

/// Bits of the estimate of 1/d: these minus d's. d times it lies in [0.949, 1.051] for every d.
inline constexpr uint32_t kReciprocalBits = 0x7EF311C3;
inline constexpr double kEstimateError = 0.0515;

class ExponentialFormula {
public:
    /// Whether `kind` is one of these functions.
    static bool has(kernels::Unary kind);
    /// `result` is the kind of float that f(x) is rounded to.
    ExponentialFormula(const kernels::UnaryOp& op, bm1684x::Precision result);

    /// Scratch boxes, float32 and aligned, that emit needs for operands of this kind of float.
    int registers(bm1684x::Precision operand) const;
    /// Adds the polynomials to the node's tables; before emit.
    void addTables(LaneTables& tables);
    /// y = f(x), each of any kind of float and in any layout; y is written last and may be x.
    void emit(VectorUnit& v, const Box& y, const Box& x, std::span<const Box> r, uint32_t constants) const;

private:
    struct Table {
        uint32_t offset = 0;
        int64_t count = 0;
    };
    struct Work; ///< one call: boxes, and where tables lie

    void exponential(const Work& w, const Box& to, const Box& x, float low, float high) const;
    void reciprocal(const Work& w, const Box& d, const Box& y, const Box* numerator) const;
    void logistic(const Work& w, const Box& argument) const;
    void mish(const Work& w) const;
    void softplus(const Work& w) const;
    void errorFunction(const Work& w) const;

    kernels::UnaryOp m_op;
    bm1684x::Precision m_result;
    float m_factor = 1;      ///< of the exponent's argument
    Table m_exp, m_reciprocal, m_other;
};

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Gradients of a matrix product by its left operand, and by the right one where both are computed.
#include "compiler/kernels/f32_gemm.h"
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gradient.h"

namespace wb::ops {
namespace {

/// A (rows × inner), B (inner × columns), as stored transposed or not.
struct Sizes {
    int64_t rows = 1, inner = 1, columns = 1, batches = 1;
    bool transposeA = false, transposeB = false;
    bool shared = false; ///< one right matrix for all batches
};

Result<Sizes> sizesOf(const GradientCall& call) {
    const ir::AttributeMap& attributes = call.node.attributes;
    ir::Shape a = call.operands[0].shape(), b = call.operands[1].shape();
    if (attributes.boolean("output_transpose") || attributes.boolean("hdim_is_batch") || a.empty() || b.empty())
        return Error{Code::UnsupportedAttribute, "this form of a matrix product has no gradient here"};
    if (a.size() == 1) a.insert(a.begin(), 1);
    if (b.size() == 1) b.push_back(1);
    Sizes s;
    s.transposeA = attributes.boolean("left_transpose");
    s.transposeB = attributes.boolean("right_transpose");
    s.rows = a[a.size() - (s.transposeA ? 1 : 2)];
    s.inner = a[a.size() - (s.transposeA ? 2 : 1)];
    s.columns = b[b.size() - (s.transposeB ? 2 : 1)];
    s.batches = product(a, 0, a.size() - 2);
    const int64_t right = product(b, 0, b.size() - 2);
    s.shared = right == 1;
    if (!s.shared && ir::Shape(a.begin(), a.end() - 2) != ir::Shape(b.begin(), b.end() - 2))
        return Error{Code::UnsupportedAttribute, "a product of matrices of unlike batches has no gradient here"};
    return s;
}

void addTo(float* to, const std::vector<float>& from) {
    for (size_t i = 0; i < from.size(); ++i)
        to[i] += from[i];
}

Status matmul(const GradientCall& call) {
    if (call.given[0].empty()) return {};
    WB_ASSIGN(const Sizes s, sizesOf(call));
    const int64_t sizeA = s.rows * s.inner, sizeB = s.inner * s.columns, sizeC = s.rows * s.columns;
    std::vector<float> part;
    for (int64_t n = 0; n < s.batches; ++n) {
        const float* a = call.operands[0].data<float>() + n * sizeA;
        const float* b = call.operands[1].data<float>() + (s.shared ? 0 : n * sizeB);
        const float* g = call.given[0].data<float>() + n * sizeC;
        if (!call.wanted[0].empty()) { // dA = G Bᵀ, or its transpose B Gᵀ
            part.resize(static_cast<size_t>(sizeA));
            if (!s.transposeA)
                f32Gemm({s.rows, s.inner, s.columns, false, !s.transposeB}, g, b, part.data(), call.work);
            else
                f32Gemm({s.inner, s.rows, s.columns, s.transposeB, true}, b, g, part.data(), call.work);
            addTo(call.wanted[0].mutableData<float>() + n * sizeA, part);
        }
        if (call.wanted.size() > 1 && !call.wanted[1].empty()) { // dB = Aᵀ G, or its transpose Gᵀ A
            part.resize(static_cast<size_t>(sizeB));
            if (!s.transposeB)
                f32Gemm({s.inner, s.columns, s.rows, !s.transposeA, false}, a, g, part.data(), call.work);
            else
                f32Gemm({s.columns, s.inner, s.rows, true, s.transposeA}, g, a, part.data(), call.work);
            addTo(call.wanted[1].mutableData<float>() + (s.shared ? 0 : n * sizeB), part);
        }
    }
    return {};
}

} // namespace

void gradient_matmul(GradientTable& table);
void gradient_matmul(GradientTable& table) { table.add("top.MatMul", matmul); }

} // namespace wb::ops

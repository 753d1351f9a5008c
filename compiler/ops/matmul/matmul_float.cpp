// SPDX-License-Identifier: GPL-3.0-or-later
// Float matrix product with batches; the product itself is oneDNN's.
#include "compiler/kernels/f32_gemm.h"
#include "compiler/ops/float_kernel.h"

namespace wb::ops {
namespace {

Prepared prepareMatMul(const PrepareContext& c) {
    ir::Shape a = operandShape(c, 0);
    ir::Shape b = operandShape(c, 1);
    if (a.empty() || b.empty()) return shapeError(*c.graph, *c.node, "a scalar operand");
    if (a.size() == 1) a.insert(a.begin(), 1);
    if (b.size() == 1) b.push_back(1);
    kernels::GemmShape gemm;
    gemm.transposeA = c.node->attributes.boolean("left_transpose");
    gemm.transposeB = c.node->attributes.boolean("right_transpose");
    if (c.node->attributes.boolean("output_transpose") || c.node->attributes.boolean("hdim_is_batch"))
        return Error{Code::UnsupportedAttribute, "output_transpose and hdim_is_batch are not supported"};
    gemm.rows = a[a.size() - (gemm.transposeA ? 1 : 2)];
    gemm.inner = a[a.size() - (gemm.transposeA ? 2 : 1)];
    gemm.columns = b[b.size() - (gemm.transposeB ? 2 : 1)];
    // Leading axes of both, aligned at the end; 1 repeats.
    const size_t rank = std::max(a.size(), b.size()) - 2;
    ir::Shape aBatch(a.begin(), a.end() - 2);
    ir::Shape bBatch(b.begin(), b.end() - 2);
    aBatch.insert(aBatch.begin(), rank - aBatch.size(), 1);
    bBatch.insert(bBatch.begin(), rank - bBatch.size(), 1);
    std::vector<std::pair<int64_t, int64_t>> batches; // element offsets of the matrices
    int64_t count = 1;
    for (size_t i = 0; i < rank; ++i)
        count *= std::max(aBatch[i] == 1 ? bBatch[i] : aBatch[i], int64_t{0});
    if (count > (int64_t{1} << 24)) return shapeError(*c.graph, *c.node, std::to_string(count) + " matrices");
    const auto aStrides = stridesOf(aBatch);
    const auto bStrides = stridesOf(bBatch);
    for (int64_t i = 0; i < count; ++i) {
        int64_t rest = i, aAt = 0, bAt = 0;
        for (size_t d = rank; d-- > 0;) {
            const int64_t size = aBatch[d] == 1 ? bBatch[d] : aBatch[d];
            if (aBatch[d] != 1) aAt += rest % size * aStrides[d];
            if (bBatch[d] != 1) bAt += rest % size * bStrides[d];
            rest /= size;
        }
        batches.emplace_back(aAt * gemm.rows * gemm.inner, bAt * gemm.inner * gemm.columns);
    }
    // Left matrices that follow each other meet one right matrix: a single tall product.
    bool joined = !gemm.transposeA && batches.size() > 1;
    for (size_t i = 0; i < batches.size() && joined; ++i)
        joined = batches[i].second == 0 && batches[i].first == static_cast<int64_t>(i) * gemm.rows * gemm.inner;
    if (joined) {
        gemm.rows *= count;
        batches.resize(1);
    }
    kernels::BroadcastPlan bias;
    const bool hasBias = hasOperand(*c.node, 2);
    bias.outShape = bias.aShape = resultShape(c);
    if (hasBias) bias.bShape = operandShape(c, 2);
    bias.after = fusedRelu(*c.node);
    return makeKernel([=, scalar = c.scalar](Inputs in, Outputs out, const kernels::Work& work) {
        float* result = out[0].as<float>();
        for (size_t i = 0; i < batches.size(); ++i) {
            const float* left = in[0].as<float>() + batches[i].first;
            const float* right = in[1].as<float>() + batches[i].second;
            float* to = result + static_cast<int64_t>(i) * gemm.rows * gemm.columns;
            if (scalar)
                f32GemmScalar(gemm, left, right, to, work);
            else
                f32Gemm(gemm, left, right, to, work);
        }
        if (hasBias)
            f32Binary(bias, result, in[2].as<float>(), result, scalar, work);
        else if (bias.after.kind != kernels::Unary::None)
            f32Unary(bias.after, result, result, out[0].elementCount(), work);
    });
}

} // namespace

void float_matmul(KernelTable& table);
void float_matmul(KernelTable& table) { table.add({.op = "top.MatMul", .prepare = prepareMatMul}); }

} // namespace wb::ops

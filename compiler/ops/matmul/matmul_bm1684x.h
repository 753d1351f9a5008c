// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.MatMul as BM1684X runs it: a 1x1 convolution. The right matrix is the picture, a channel for each inner index and
// a pixel for each column; the left one is the filter, a record for each row. Both lie so in DDR already, and the array
// sums F16 and BF16 in float32. (There is an instruction for matrices, but none in float32 that is as fast.)
#pragma once

#include "compiler/ops/emitter.h"
#include "compiler/kernels/f32_eltwise.h"

namespace wb::ops {

struct MatrixProduct {
    int64_t rows = 1, inner = 1, columns = 1;
    bool leftTransposed = false, rightTransposed = false;
    std::vector<std::pair<int64_t, int64_t>> batches; ///< first elements of left and right; results follow each other
    bm1684x::Precision precision = bm1684x::Precision::F32; ///< of both operands
    bool leftSigned = true, rightSigned = true;
    bm1684x::Precision resultPrecision = bm1684x::Precision::F32;
    bool resultSigned = true;
    std::vector<float> bias;           ///< one a column, or none
    std::vector<int32_t> codeBias;     ///< the same for codes
    int64_t multiplier = 1;            ///< of codes: the sum times multiplier >> shift
    int shift = 0;
    int32_t zero = 0;                  ///< zero point of the result
    int32_t leftZero = 0, rightZero = 0; ///< of operands of codes
    kernels::UnaryOp clamp;

    bool ofCodes() const { return precision == bm1684x::Precision::Int8; }
    bool givesSums() const { return resultPrecision == bm1684x::Precision::Int32; } ///< of codes, without a multiplier
};

/// From the node, without its bias. CodegenUnsupported where it is no product of matrices.
Result<MatrixProduct> readProduct(const EmitContext& context);
Result<std::unique_ptr<GlobalEmitter>> makeProduct(const EmitContext& context, MatrixProduct product);
/// Three axes, rows in lanes (rows_bm1684x.cpp); refused where the matrix does not fit local memory.
Result<std::unique_ptr<LocalEmitter>> makeRowProduct(const EmitContext& context, MatrixProduct product, const ir::Tensor& matrix);
/// hdim_is_batch: heads along the lanes, tokens in them (heads_bm1684x.cpp).
Result<std::unique_ptr<LocalEmitter>> makeHeadProduct(const EmitContext& context, MatrixProduct product);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Element-wise float arithmetic: one operand (activations) and two operands (Add, Mul, …). Each has a
// plain twin in C++'s own functions and a vector form (f32_eltwise_simd.cpp), equal to it within 4
// units in the last place, for exp-like ones within 1e-6 of the result.
#pragma once

#include "compiler/kernels/work.h"

#include <cstdint>
#include <span>
#include <vector>

namespace wb::kernels {

enum class Unary : uint8_t {
    None,        ///< x
    Relu,        ///< clamp(x, 0, a) with a < 0 meaning no upper limit
    Clip,        ///< clamp(x, a, b)
    LeakyRelu,   ///< x < 0 ? a x : x
    Affine,      ///< a x + b, product rounded first
    Sigmoid,     ///< a / (1 + exp(-x)) + b
    LogSigmoid,  ///< log(1 / (1 + exp(-x)))
    Silu,        ///< x / (1 + exp(-x))
    Swish,       ///< x / (1 + exp(-a x))
    Tanh, Exp, Log, Sqrt, Rsqrt, Abs, Neg, Floor, Ceil,
    Round,       ///< half to even, as ONNX says
    Sign,
    Square,
    Reciprocal,  ///< a / x
    SubFrom,     ///< a - x
    HardSigmoid, ///< clamp(a x + b, 0, 1)
    HardSwish,   ///< x clamp(x / 6 + 0.5, 0, 1)
    Elu,         ///< x < 0 ? a (exp(x) - 1) : x
    Softplus,    ///< log(1 + exp(x))
    Softsign,    ///< x / (1 + |x|)
    Mish,        ///< x tanh(softplus(x))
    Gelu,        ///< 0.5 x (1 + erf(x / sqrt 2))
    GeluTanh,    ///< its tanh approximation
    QuickGelu,   ///< x sigmoid(1.702 x)
    Erf, Sin, Cos, Tan,
    LogicalNot,  ///< x == 0 ? 1 : 0
    PowConst,    ///< x to the power a
    ConstPow,    ///< a to the power x
};

struct UnaryOp {
    Unary kind = Unary::None;
    float a = 0;
    float b = 0;
};

float unaryValue(const UnaryOp& op, float x); ///< the definition

/// out[i] = op(in[i]); in and out may be the same.
void f32UnaryScalar(const UnaryOp& op, const float* in, float* out, int64_t count);
void f32Unary(const UnaryOp& op, const float* in, float* out, int64_t count); ///< vector form
void f32Unary(const UnaryOp& op, const float* in, float* out, int64_t count, const Work& work);

enum class Binary : uint8_t { Add, Sub, Mul, Div, Min, Max, Pow, Equal, Greater, Less, GreaterEqual, LessEqual,
                              NotEqual, And, Or, Mod };

float binaryValue(Binary op, float a, float b); ///< the definition

/// One run of `count` results; a step is 1 or 0 (the same element again).
void f32BinaryRowScalar(Binary op, const float* a, int aStep, const float* b, int bStep, float* out,
                        int64_t count);
void f32BinaryRow(Binary op, const float* a, int aStep, const float* b, int bStep, float* out,
                  int64_t count);

/// Numpy broadcasting of two row-major arrays to `outShape` (shapes of equal or lower rank, aligned at the
/// end, each dimension equal or 1), then `after` on each result.
struct BroadcastPlan {
    Binary op = Binary::Add;
    UnaryOp after;
    std::vector<int64_t> outShape, aShape, bShape;
};
void f32Binary(const BroadcastPlan& plan, const float* a, const float* b, float* out, bool scalar,
               const Work& work);

/// row[i] = after2(after1(row[i]) + residual[i]); residual may be null. What convolutions do at their end.
struct Epilogue {
    UnaryOp first;
    bool residual = false;
    UnaryOp second;
    bool trivial() const {
        return first.kind == Unary::None && !residual && second.kind == Unary::None;
    }
};
void f32Epilogue(const Epilogue& epilogue, const float* residual, float* row, int64_t count);

} // namespace wb::kernels

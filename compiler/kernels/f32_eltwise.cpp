// SPDX-License-Identifier: GPL-3.0-or-later
// The definitions of element-wise operators, and broadcasting over their rows.
#include "compiler/kernels/f32_eltwise.h"

#include <algorithm>
#include <cmath>

namespace wb::kernels {
namespace {

constexpr int64_t kGrain = 16384; // elements a chunk: 64 kB in, 64 kB out

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }
float softplus(float x) { return std::max(x, 0.0f) + std::log1p(std::exp(-std::fabs(x))); }

} // namespace

float unaryValue(const UnaryOp& op, float x) {
    const float a = op.a;
    const float b = op.b;
    switch (op.kind) {
    case Unary::None: return x;
    case Unary::Relu: return a < 0 ? std::max(x, 0.0f) : std::min(std::max(x, 0.0f), a);
    case Unary::Clip: return std::min(std::max(x, a), b);
    case Unary::LeakyRelu: return x < 0 ? a * x : x;
    case Unary::Affine: return a * x + b;
    case Unary::Sigmoid: return a * sigmoid(x) + b;
    case Unary::LogSigmoid: return -softplus(-x);
    case Unary::Silu: return x / (1.0f + std::exp(-x));
    case Unary::Swish: return x / (1.0f + std::exp(-a * x));
    case Unary::Tanh: return std::tanh(x);
    case Unary::Exp: return std::exp(x);
    case Unary::Log: return std::log(x);
    case Unary::Sqrt: return std::sqrt(x);
    case Unary::Rsqrt: return 1.0f / std::sqrt(x);
    case Unary::Abs: return std::fabs(x);
    case Unary::Neg: return -x;
    case Unary::Floor: return std::floor(x);
    case Unary::Ceil: return std::ceil(x);
    case Unary::Round: return std::nearbyint(x);
    case Unary::Sign: return x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f;
    case Unary::Square: return x * x;
    case Unary::Reciprocal: return a / x;
    case Unary::SubFrom: return a - x;
    case Unary::HardSigmoid: return std::min(std::max(a * x + b, 0.0f), 1.0f);
    case Unary::HardSwish: return x * std::min(std::max(x / 6.0f + 0.5f, 0.0f), 1.0f);
    case Unary::Elu: return x < 0 ? a * std::expm1(x) : x;
    case Unary::Softplus: return softplus(x);
    case Unary::Softsign: return x / (1.0f + std::fabs(x));
    case Unary::Mish: return x * std::tanh(softplus(x));
    case Unary::Gelu: return 0.5f * x * (1.0f + std::erf(x * 0.70710678118654752f));
    case Unary::GeluTanh:
        return 0.5f * x * (1.0f + std::tanh(0.79788456080286536f * (x + 0.044715f * x * x * x)));
    case Unary::QuickGelu: return x * sigmoid(1.702f * x);
    case Unary::Erf: return std::erf(x);
    case Unary::Sin: return std::sin(x);
    case Unary::Cos: return std::cos(x);
    case Unary::Tan: return std::tan(x);
    case Unary::LogicalNot: return x == 0 ? 1.0f : 0.0f;
    case Unary::PowConst: return std::pow(x, a);
    case Unary::ConstPow: return std::pow(a, x);
    }
    return x;
}

float binaryValue(Binary op, float a, float b) {
    switch (op) {
    case Binary::Add: return a + b;
    case Binary::Sub: return a - b;
    case Binary::Mul: return a * b;
    case Binary::Div: return a / b;
    case Binary::Min: return std::min(a, b);
    case Binary::Max: return std::max(a, b);
    case Binary::Pow: return std::pow(a, b);
    case Binary::Equal: return a == b ? 1.0f : 0.0f;
    case Binary::NotEqual: return a != b ? 1.0f : 0.0f;
    case Binary::Greater: return a > b ? 1.0f : 0.0f;
    case Binary::Less: return a < b ? 1.0f : 0.0f;
    case Binary::GreaterEqual: return a >= b ? 1.0f : 0.0f;
    case Binary::LessEqual: return a <= b ? 1.0f : 0.0f;
    case Binary::And: return a != 0 && b != 0 ? 1.0f : 0.0f;
    case Binary::Or: return a != 0 || b != 0 ? 1.0f : 0.0f;
    case Binary::Mod: { // sign of the divisor, as ONNX's integer Mod
        const float r = std::fmod(a, b);
        return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    }
    }
    return a;
}

void f32UnaryScalar(const UnaryOp& op, const float* in, float* out, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        out[i] = unaryValue(op, in[i]);
}

void f32BinaryRowScalar(Binary op, const float* a, int aStep, const float* b, int bStep, float* out,
                        int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        out[i] = binaryValue(op, a[i * aStep], b[i * bStep]);
}

void f32Unary(const UnaryOp& op, const float* in, float* out, int64_t count, const Work& work) {
    work.forEach(count, kGrain, [&](int64_t begin, int64_t end) {
        f32Unary(op, in + begin, out + begin, end - begin);
    });
}

namespace {

/// The shapes brought to one rank, with neighbouring dimensions merged where both operands allow it.
struct Loops {
    std::vector<int64_t> size, aStride, bStride; ///< outermost first; stride 0 repeats
};

Loops loopsFor(const BroadcastPlan& plan) {
    const size_t rank = plan.outShape.size();
    auto dim = [&](const std::vector<int64_t>& shape, size_t i) {
        return i + shape.size() < rank ? int64_t{1} : shape[i + shape.size() - rank];
    };
    Loops loops;
    int64_t aPitch = 1;
    int64_t bPitch = 1;
    for (size_t i = rank; i-- > 0;) { // built innermost first, turned at the end
        const int64_t n = plan.outShape[i];
        const int64_t aDim = dim(plan.aShape, i);
        const int64_t bDim = dim(plan.bShape, i);
        const int64_t aStride = aDim == 1 ? 0 : aPitch;
        const int64_t bStride = bDim == 1 ? 0 : bPitch;
        aPitch *= aDim;
        bPitch *= bDim;
        if (n == 1) continue;
        if (!loops.size.empty()) {
            const int64_t inner = loops.size.back();
            const int64_t aInner = loops.aStride.back();
            const int64_t bInner = loops.bStride.back();
            if (aStride == aInner * inner && bStride == bInner * inner &&
                (aStride == 0) == (aInner == 0) && (bStride == 0) == (bInner == 0)) {
                loops.size.back() *= n;
                continue;
            }
        }
        loops.size.push_back(n);
        loops.aStride.push_back(aStride);
        loops.bStride.push_back(bStride);
    }
    if (loops.size.empty()) {
        loops.size.push_back(1);
        loops.aStride.push_back(0);
        loops.bStride.push_back(0);
    }
    std::reverse(loops.size.begin(), loops.size.end());
    std::reverse(loops.aStride.begin(), loops.aStride.end());
    std::reverse(loops.bStride.begin(), loops.bStride.end());
    return loops;
}

} // namespace

void f32Binary(const BroadcastPlan& plan, const float* a, const float* b, float* out, bool scalar,
               const Work& work) {
    const Loops loops = loopsFor(plan);
    const int64_t width = loops.size.back();
    int64_t rows = 1;
    for (size_t i = 0; i + 1 < loops.size.size(); ++i)
        rows *= loops.size[i];
    // A unit of work is a piece of a row, so that one long row is shared out as well.
    const int64_t piece = std::min(width, kGrain);
    if (width <= 0 || rows <= 0) return;
    const int64_t pieces = (width + piece - 1) / piece;
    const int64_t grain = std::max<int64_t>(1, kGrain / piece);
    const int aStep = loops.aStride.back() != 0;
    const int bStep = loops.bStride.back() != 0;
    work.forEach(rows * pieces, grain, [&](int64_t begin, int64_t end) {
        for (int64_t unit = begin; unit < end; ++unit) {
            int64_t rest = unit / pieces;
            const int64_t start = unit % pieces * piece;
            const int64_t count = std::min(piece, width - start);
            const int64_t at = rest * width + start;
            int64_t aAt = start * aStep;
            int64_t bAt = start * bStep;
            for (size_t i = loops.size.size() - 1; i-- > 0;) {
                const int64_t index = rest % loops.size[i];
                rest /= loops.size[i];
                aAt += index * loops.aStride[i];
                bAt += index * loops.bStride[i];
            }
            if (scalar) {
                f32BinaryRowScalar(plan.op, a + aAt, aStep, b + bAt, bStep, out + at, count);
                if (plan.after.kind != Unary::None)
                    f32UnaryScalar(plan.after, out + at, out + at, count);
            } else {
                f32BinaryRow(plan.op, a + aAt, aStep, b + bAt, bStep, out + at, count);
                if (plan.after.kind != Unary::None) f32Unary(plan.after, out + at, out + at, count);
            }
        }
    });
}

} // namespace wb::kernels

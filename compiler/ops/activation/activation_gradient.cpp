// SPDX-License-Identifier: GPL-3.0-or-later
// Derivatives of the one-operand operators: closed forms of the common ones, a quotient of differences of the
// formula for the others. Steps (Round, Sign, …) have none.
#include "compiler/ops/float_kernel.h"
#include "compiler/ops/gradient.h"

#include <cmath>

namespace wb::ops {
namespace {

using kernels::Unary;
using kernels::UnaryOp;

bool isStep(Unary kind) {
    return kind == Unary::Round || kind == Unary::Floor || kind == Unary::Ceil || kind == Unary::Sign ||
           kind == Unary::LogicalNot;
}

/// The slope at x, where the function has y.
float slope(const UnaryOp& op, float x, float y) {
    switch (op.kind) {
    case Unary::None: return 1;
    case Unary::Relu: return x > 0 && (op.a < 0 || x < op.a) ? 1.0F : 0.0F;
    case Unary::Clip: return x > op.a && x < op.b ? 1.0F : 0.0F;
    case Unary::LeakyRelu: return x < 0 ? op.a : 1.0F;
    case Unary::Affine: return op.a;
    case Unary::Tanh: return 1 - y * y;
    case Unary::Exp: return y;
    case Unary::Abs: return x < 0 ? -1.0F : x > 0 ? 1.0F : 0.0F;
    case Unary::Neg:
    case Unary::SubFrom: return -1;
    case Unary::Square: return 2 * x;
    case Unary::HardSigmoid: return y > 0 && y < 1 ? op.a : 0.0F;
    case Unary::HardSwish: return x <= -3 ? 0.0F : x >= 3 ? 1.0F : (2 * x + 3) / 6;
    case Unary::Elu: return x < 0 ? y + op.a : 1.0F;
    default: break;
    }
    if (isStep(op.kind)) return 0;
    const float h = 1e-2F * (1 + std::fabs(x));
    const float quotient = (kernels::unaryValue(op, x + h) - kernels::unaryValue(op, x - h)) / (2 * h);
    return std::isfinite(quotient) ? quotient : 0.0F;
}

/// SiLU and Sigmoid, of which networks are full: σ in strips, by the vector form.
void smoothStrip(const UnaryOp& op, const float* x, const float* g, float* to, int64_t count) {
    constexpr int64_t kStrip = 1024;
    float sigma[kStrip];
    for (int64_t at = 0; at < count; at += kStrip) {
        const int64_t n = std::min(kStrip, count - at);
        kernels::f32Unary({Unary::Sigmoid, 1, 0}, x + at, sigma, n);
        for (int64_t i = 0; i < n; ++i) {
            const float tail = 1 - sigma[i];
            const float d = op.kind == Unary::Sigmoid ? op.a * sigma[i] * tail : sigma[i] * (1 + x[at + i] * tail);
            to[at + i] += g[at + i] * d;
        }
    }
}

Status unary(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    const auto op = unaryOpOf(call.node);
    if (!op) return Error{Code::UnsupportedAttribute, call.node.op + " has no formula"};
    const float* x = call.operands[0].data<float>();
    const float* y = call.results[0].data<float>();
    const float* g = call.given[0].data<float>();
    auto* to = call.wanted[0].mutableData<float>();
    const bool smooth = op->kind == Unary::Silu || op->kind == Unary::Sigmoid;
    call.work.forEach(call.given[0].elementCount(), 16384, [&](int64_t begin, int64_t end) {
        if (smooth) return smoothStrip(*op, x + begin, g + begin, to + begin, end - begin);
        for (int64_t i = begin; i < end; ++i)
            to[i] += g[i] * slope(*op, x[i], y[i]);
    });
    return {};
}

Status prelu(const GradientCall& call) {
    if (call.given[0].empty() || call.wanted[0].empty()) return {};
    const ir::Shape& shape = call.operands[0].shape();
    const auto slopes = call.operands[1].span<float>();
    const int64_t channels = shape.size() > 1 ? shape[1] : 1;
    if (slopes.size() != 1 && slopes.size() != static_cast<size_t>(channels))
        return Error{Code::UnsupportedAttribute, "slopes are not one a channel"};
    const int64_t plane = product(shape, std::min<size_t>(2, shape.size()), shape.size());
    const float* x = call.operands[0].data<float>();
    const float* g = call.given[0].data<float>();
    auto* to = call.wanted[0].mutableData<float>();
    for (int64_t i = 0; i < call.given[0].elementCount(); ++i)
        to[i] += x[i] < 0 ? g[i] * slopes[slopes.size() == 1 ? 0 : static_cast<size_t>(i / plane % channels)] : g[i];
    return {};
}

} // namespace

void gradient_activation(GradientTable& table);
void gradient_activation(GradientTable& table) {
    for (const char* op : {"Relu", "LeakyRelu", "Clip", "SiLU", "Sigmoid", "Tanh", "Exp", "Log", "Sqrt", "Abs", "Erf", "GELU",
                           "HardSigmoid", "HardSwish", "Elu", "Softplus", "Mish", "Softsign", "Sin", "Cos", "Tan"})
        table.add(std::string("top.") + op, unary);
    table.add("top.PRelu", prelu);
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Float kernels of the one-operand operators: the formula is a row of kernels::Unary, layouts do not
// matter. PRelu has a slope of its own for each channel.
#include "compiler/kernels/f32_conv.h"
#include "compiler/ops/float_kernel.h"

namespace wb::ops {

using kernels::Unary;
using kernels::UnaryOp;

namespace {

struct ActivationKernel {
    const char* name;
    UnaryOp (*read)(const ir::AttributeMap&);
};

template <Unary kind> UnaryOp plain(const ir::AttributeMap&) { return {kind}; }
float real(const ir::AttributeMap& a, const char* key, double otherwise) {
    return static_cast<float>(a.real(key, otherwise));
}

const ActivationKernel kActivationKernels[] = {
    {"top.Relu", [](const ir::AttributeMap& a) { return UnaryOp{Unary::Relu, real(a, "relu_limit", -1)}; }},
    {"top.LeakyRelu", [](const ir::AttributeMap& a) { return UnaryOp{Unary::LeakyRelu, real(a, "alpha", 0.01)}; }},
    {"top.Clip",
     [](const ir::AttributeMap& a) {
         return UnaryOp{Unary::Clip, real(a, "min", -3.4028234663852886e38), real(a, "max", 3.4028234663852886e38)};
     }},
    {"top.SiLU", plain<Unary::Silu>},
    {"top.Sigmoid",
     [](const ir::AttributeMap& a) {
         if (a.boolean("log")) return UnaryOp{Unary::LogSigmoid};
         return UnaryOp{Unary::Sigmoid, real(a, "scale", 1), real(a, "bias", 0)};
     }},
    {"top.Tanh", plain<Unary::Tanh>},
    {"top.Exp", plain<Unary::Exp>},
    {"top.Log", plain<Unary::Log>},
    {"top.Sqrt", plain<Unary::Sqrt>},
    {"top.Abs", plain<Unary::Abs>},
    {"top.Floor", plain<Unary::Floor>},
    {"top.Ceil", plain<Unary::Ceil>},
    {"top.Round", plain<Unary::Round>},
    {"top.Sign", plain<Unary::Sign>},
    {"top.Erf", plain<Unary::Erf>},
    {"top.GELU",
     [](const ir::AttributeMap& a) {
         return UnaryOp{a.string("approx_mode") == "tanh" ? Unary::GeluTanh : Unary::Gelu};
     }},
    {"top.HardSigmoid",
     [](const ir::AttributeMap& a) {
         return UnaryOp{Unary::HardSigmoid, real(a, "alpha", 0.2), real(a, "beta", 0.5)};
     }},
    {"top.HardSwish", plain<Unary::HardSwish>},
    {"top.Elu", [](const ir::AttributeMap& a) { return UnaryOp{Unary::Elu, real(a, "alpha", 1)}; }},
    {"top.Softplus", plain<Unary::Softplus>},
    {"top.Mish", plain<Unary::Mish>},
    {"top.Softsign", plain<Unary::Softsign>},
    {"top.Sin", plain<Unary::Sin>},
    {"top.Cos", plain<Unary::Cos>},
    {"top.Tan", plain<Unary::Tan>},
};

Prepared prepareActivation(const PrepareContext& c) {
    const auto op = unaryOpOf(*c.node);
    if (!op) return Error{Code::Internal, "no formula for " + c.node->op};
    return makeKernel([op = *op, scalar = c.scalar](Inputs in, Outputs out, const kernels::Work& work) {
        // Lanes that a blocked layout adds are computed along; nothing reads them.
        const int64_t count = storedElements(*out[0].type, out[0].layout);
        if (scalar)
            work.forEach(count, 4096, [&](int64_t begin, int64_t end) {
                f32UnaryScalar(op, in[0].as<float>() + begin, out[0].as<float>() + begin, end - begin);
            });
        else
            f32Unary(op, in[0].as<float>(), out[0].as<float>(), count, work);
    });
}

Prepared preparePrelu(const PrepareContext& c) {
    // x < 0 ? slope x : x, the slope broadcast to x.
    const ir::Shape& shape = resultShape(c);
    ir::Shape slopeShape = operandShape(c, 1);
    if (slopeShape.size() > shape.size())
        return shapeError(*c.graph, *c.node, "slopes of shape " + ir::toText(slopeShape) + " have more axes than the result");
    slopeShape.insert(slopeShape.begin(), shape.size() - slopeShape.size(), 1);
    const std::vector<int64_t> strides = stridesOf(slopeShape);
    return makeKernel([=](Inputs in, Outputs out, const kernels::Work& work) {
        const float* x = in[0].as<float>();
        const float* slope = in[1].as<float>();
        float* y = out[0].as<float>();
        const int64_t width = shape.empty() ? 1 : shape.back();
        const int64_t rows = width == 0 ? 0 : out[0].elementCount() / width;
        const int64_t step = slopeShape.empty() || slopeShape.back() == 1 ? 0 : 1;
        work.forEach(rows, std::max<int64_t>(1, 8192 / std::max<int64_t>(1, width)), [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) {
                int64_t rest = row;
                int64_t at = 0;
                for (size_t i = shape.size(); i-- > 1;) {
                    const int64_t size = shape[i - 1];
                    if (slopeShape[i - 1] != 1) at += rest % size * strides[i - 1];
                    rest /= size;
                }
                for (int64_t i = 0; i < width; ++i) {
                    const float v = x[row * width + i];
                    y[row * width + i] = v < 0 ? v * slope[at + i * step] : v;
                }
            }
        });
    });
}

} // namespace

std::optional<UnaryOp> unaryOpOf(const ir::Node& node) {
    for (const ActivationKernel& row : kActivationKernels)
        if (node.op == row.name) return row.read(node.attributes);
    return {};
}

Layout blockedLayout() {
    return kernels::convBlock() == 16 ? Layout::Blocked16 : Layout::Blocked8;
}

std::vector<Layout> anyLayout(const ir::Graph&, const ir::Node&) {
    return {Layout::Plain, blockedLayout(), Layout::Nhwc};
}

void float_activation(KernelTable& table);
void float_activation(KernelTable& table) {
    for (const ActivationKernel& row : kActivationKernels)
        table.add({.op = row.name, .prepare = prepareActivation, .layouts = anyLayout, .inPlace = true});
    table.add({.op = "top.PRelu", .prepare = preparePrelu, .inPlace = true});
}

} // namespace wb::ops

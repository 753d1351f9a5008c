// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one number: one row each. All keep the shape. Attributes, in the vendor's spelling:
// LeakyRelu alpha; Elu alpha; HardSigmoid alpha, beta; Clip min, max; Relu relu_limit (-1: none);
// Sigmoid scale, bias, log; GELU approx_mode ("normal", "tanh"); PRelu has the slope [1,C,1,1] as its
// second operand. Others have none.
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

struct ActivationDefinition {
    const char* name;
    const char* summary;
    int64_t (*flops)(const ir::Graph&, const ir::Node&);
};

constexpr ActivationDefinition kActivationDefinitions[] = {
    {"top.Relu", "max(x, 0), at most relu_limit", flopsPerElement<1>},
    {"top.LeakyRelu", "x, or alpha·x below zero", flopsPerElement<1>},
    {"top.Clip", "x limited to [min, max]", flopsPerElement<2>},
    {"top.SiLU", "x · sigmoid(x)", flopsPerElement<9>},
    {"top.Sigmoid", "1 / (1 + exp(-x))", flopsPerElement<4>},
    {"top.Tanh", "hyperbolic tangent", flopsPerElement<4>},
    {"top.Exp", "e to the power of x", flopsPerElement<4>},
    {"top.Log", "natural logarithm", flopsPerElement<4>},
    {"top.Sqrt", "square root", flopsPerElement<1>},
    {"top.Abs", "absolute value", flopsPerElement<1>},
    {"top.Floor", "largest integer not above x", flopsPerElement<1>},
    {"top.Ceil", "smallest integer not below x", flopsPerElement<1>},
    {"top.Round", "nearest integer, ties to even", flopsPerElement<1>},
    {"top.Sign", "-1, 0 or 1", flopsPerElement<1>},
    {"top.Erf", "error function", flopsPerElement<1>},
    {"top.GELU", "x · Φ(x)", flopsPerElement<9>},
    {"top.HardSigmoid", "clip(alpha·x + beta, 0, 1)", flopsPerElement<4>},
    {"top.HardSwish", "x · clip(x/6 + 1/2, 0, 1)", flopsPerElement<5>},
    {"top.Elu", "x, or alpha·(exp(x) - 1) below zero", flopsPerElement<1>},
    {"top.Softplus", "log(1 + exp(x))", flopsPerElement<3>},
    {"top.Mish", "x · tanh(softplus(x))", flopsPerElement<9>},
    {"top.Softsign", "x / (1 + |x|)", flopsPerElement<3>},
    {"top.Sin", "sine", flopsPerElement<4>},
    {"top.Cos", "cosine", flopsPerElement<4>},
    {"top.Tan", "tangent", flopsPerElement<4>},
};

Types inferPrelu(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType x, operandType(graph, node, 0));
    WB_ASSIGN(const ir::TensorType slope, operandType(graph, node, 1));
    if (broadcastShapes(x.shape, slope.shape) != x.shape)
        return shapeError(graph, node, "slope " + ir::toText(slope.shape) + " for " +
                                           ir::toText(x.shape));
    return floatResult(graph, node, x.shape);
}

} // namespace

void define_activation(OpTable& table);
void define_activation(OpTable& table) {
    for (const ActivationDefinition& row : kActivationDefinitions)
        table.add({.name = row.name,
                   .summary = row.summary,
                   .traits = {.elementwise = true},
                   .infer = sameAsOperand,
                   .flops = row.flops});
    table.add({.name = "top.PRelu",
               .summary = "x, or slope·x below zero, one slope a channel",
               .traits = {.elementwise = true},
               .infer = inferPrelu,
               .flops = flopsPerElement<1>,
               .minOperands = 2,
               .maxOperands = 2});
}

} // namespace wb::ops

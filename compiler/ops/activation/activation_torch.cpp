// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's functions of one number.
#include "compiler/ops/torch_help.h"

#include <cmath>
#include <cstdlib>

namespace wb::ops {
namespace {

struct TorchPlain {
    const char* kind;
    const char* op;
};

constexpr TorchPlain kTorchPlain[] = {
    {"aten::exp", "top.Exp"},   {"aten::log", "top.Log"},     {"aten::sqrt", "top.Sqrt"},   {"aten::abs", "top.Abs"},
    {"aten::ceil", "top.Ceil"}, {"aten::erf", "top.Erf"},     {"aten::sign", "top.Sign"}, {"aten::sgn", "top.Sign"},
    {"aten::silu", "top.SiLU"}, {"aten::mish", "top.Mish"},   {"aten::sin", "top.Sin"},     {"aten::cos", "top.Cos"},
    {"aten::tan", "top.Tan"},   {"aten::hardswish", "top.HardSwish"},
};

Status torchPlain(const SourceNode& node, ImportBuilder& builder) {
    for (const TorchPlain& row : kTorchPlain)
        if (node.kind == row.kind) return torchUnary(node, builder, row.op);
    return nodeError(node, Code::Internal, "no row for this function");
}

Status torchThroughOnnx(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const std::vector<std::string> x{node.inputs.front()};
    if (node.kind == "aten::sigmoid") return torchAsOnnx(node, builder, "Sigmoid", x);
    if (node.kind == "aten::tanh") return torchAsOnnx(node, builder, "Tanh", x);
    if (node.kind == "aten::floor") return torchAsOnnx(node, builder, "Floor", x);
    if (node.kind == "aten::relu") return torchAsOnnx(node, builder, "Relu", x);
    if (node.kind == "aten::leaky_relu")
        return torchAsOnnx(node, builder, "LeakyRelu", x, {{"alpha", torchNumber(node, "negative_slope").value_or(0.01)}});
    if (node.kind == "aten::rrelu") // in evaluation the middle of the slopes
        return torchAsOnnx(node, builder, "LeakyRelu", x,
                           {{"alpha", (torchNumber(node, "lower").value_or(0.125) + torchNumber(node, "upper").value_or(1.0 / 3.0)) / 2}});
    if (node.kind == "aten::hardsigmoid")
        return torchAsOnnx(node, builder, "HardSigmoid", x, {{"alpha", 1.0 / 6.0}, {"beta", 0.5}});
    if (node.kind == "aten::gelu")
        return torchAsOnnx(node, builder, "Gelu", x, {{"approximate", node.string("approximate", "none")}});
    return nodeError(node, Code::Internal, "no row for this function");
}

/// Bounds of each element: tensors, or a tensor and a number.
Status torchClampBy(const SourceNode& node, ImportBuilder& builder) {
    std::string x = node.inputs.front();
    const bool upper = node.kind == "aten::clamp_max", both = !inputName(node, 1).empty() && !inputName(node, 2).empty();
    const auto bound = [&](size_t index, const char* kind) -> Status {
        if (inputName(node, index).empty()) return {};
        SourceNode part = node;
        if (both && index == 1) part.outputs.front() += "_lower";
        WB_TRY(torchAsOnnx(part, builder, kind, {x, node.inputs[index]}));
        x = part.outputs.front();
        return {};
    };
    WB_TRY(bound(1, upper ? "Min" : "Max"));
    return upper ? Status() : bound(2, "Min");
}

/// Bounds: relu6, hardtanh, clamp and its halves; a bound that is a constant tensor is a number, too.
Status torchClamp(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const bool tanh = node.kind == "aten::hardtanh", six = node.kind == "aten::relu6";
    std::optional<double> low = torchNumber(node, tanh ? "min_val" : "min"), high = torchNumber(node, tanh ? "max_val" : "max");
    if (tanh) {
        low = low.value_or(-1.0);
        high = high.value_or(1.0);
    }
    if (six) {
        low = 0.0;
        high = 6.0;
    }
    // clamp(x, min, max) with tensors: inputs 1 and 2, "" for None; clamp_min and clamp_max have one.
    for (size_t i = 1; i < node.inputs.size(); ++i) {
        if (node.inputs[i].empty()) continue;
        const auto bound = constantScalar(node.inputs[i], builder);
        if (!bound) return torchClampBy(node, builder);
        (node.kind == "aten::clamp_max" || i == 2 ? high : low) = *bound;
    }
    TorchAttributes bounds;
    if (low) bounds["min"] = *low;
    if (high) bounds["max"] = *high;
    return torchAsOnnx(node, builder, "Clip", {node.inputs.front()}, std::move(bounds));
}

/// To whole numbers, or to that many digits behind the point.
Status torchRound(const SourceNode& node, ImportBuilder& builder) {
    const int64_t digits = node.integer("decimals", 0);
    if (digits == 0) return torchUnary(node, builder, "top.Round");
    if (std::abs(digits) > 20) return attributeError(node, std::to_string(digits) + " decimals");
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(ir::ValueId x, valueOf(node, builder, 0));
    const double factor = std::pow(10.0, static_cast<double>(digits));
    WB_ASSIGN(x, torchStep(node, builder, "top.MulConst", {x}, torchConstant(factor), "scaled"));
    WB_ASSIGN(x, torchStep(node, builder, "top.Round", {x}, {}, "whole"));
    return torchEmit(node, builder, "top.MulConst", {x}, torchConstant(1.0 / factor));
}

/// elu, celu and selu are one function with three factors; the graph has the one with one.
Status torchElu(const SourceNode& node, ImportBuilder& builder) {
    const bool selu = node.kind == "aten::selu", celu = node.kind == "aten::celu";
    const double alpha = selu ? 1.6732632423543772 : torchNumber(node, "alpha").value_or(1.0);
    const double scale = selu ? 1.0507009873554805 : torchNumber(node, "scale").value_or(1.0);
    const double inputScale = torchNumber(node, "input_scale").value_or(1.0);
    if (inputScale != 1.0 || alpha == 0.0) return attributeError(node, "a scaled input");
    if (celu && alpha != 1.0) { // alpha times the function of x / alpha
        WB_TRY(needInputs(node, 1));
        WB_ASSIGN(ir::ValueId x, valueOf(node, builder, 0));
        ir::AttributeMap one;
        one.set("alpha", 1.0);
        WB_ASSIGN(x, torchStep(node, builder, "top.MulConst", {x}, torchConstant(1.0 / alpha), "scaled"));
        WB_ASSIGN(x, torchStep(node, builder, "top.Elu", {x}, std::move(one), "elu"));
        return torchEmit(node, builder, "top.MulConst", {x}, torchConstant(alpha));
    }
    ir::AttributeMap a;
    a.set("alpha", asFloat32(alpha));
    if (scale == 1.0) return torchUnary(node, builder, "top.Elu", std::move(a));
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId elu, torchStep(node, builder, "top.Elu", {in}, std::move(a), "elu"));
    return torchEmit(node, builder, "top.MulConst", {elu}, torchConstant(scale));
}

/// log(1 + exp(beta·x)) / beta, which libtorch replaces by x beyond a threshold: from 15 on single precision has
/// the same number there.
Status torchSoftplus(const SourceNode& node, ImportBuilder& builder) {
    const double beta = torchNumber(node, "beta").value_or(1.0);
    if (torchNumber(node, "threshold").value_or(20.0) < 15.0 || beta <= 0.0)
        return attributeError(node, "a threshold below 15, or a beta that is not positive");
    if (beta == 1.0) return torchUnary(node, builder, "top.Softplus");
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(ir::ValueId x, valueOf(node, builder, 0));
    WB_ASSIGN(x, torchStep(node, builder, "top.MulConst", {x}, torchConstant(beta), "beta"));
    WB_ASSIGN(x, torchStep(node, builder, "top.Softplus", {x}, {}, "softplus"));
    return torchEmit(node, builder, "top.MulConst", {x}, torchConstant(1.0 / beta));
}

Status torchPrelu(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    const ir::Tensor* slope = builder.constant(node.inputs[1]);
    if (slope == nullptr) return attributeError(node, "the slope is known only at run time");
    ir::AttributeMap a;
    if (slope->elementCount() == 1) {
        a.set("alpha", constantScalar(node.inputs[1], builder).value_or(0.0));
        a.set("round_mode", "HalfAwayFromZero");
        return torchUnary(node, builder, "top.LeakyRelu", std::move(a));
    }
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    if (x.size() < 2 || slope->elementCount() != x[1])
        return nodeError(node, Code::ShapeMismatch, std::to_string(slope->elementCount()) + " slopes for " + ir::toText(x));
    ir::Shape perChannel(x.size(), 1);
    perChannel[1] = x[1];
    WB_ASSIGN(const ir::Tensor numbers, toFloat32(*slope));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::ValueId slopes = builder.addConstant(node.inputs[1], numbers.reshaped(perChannel));
    return torchEmit(node, builder, "top.PRelu", {in, slopes}, {});
}

Status torchLogSigmoid(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("bias", 0.0);
    a.set("log", true);
    a.set("round_mode", "HalfAwayFromZero");
    a.set("scale", 1.0);
    return torchUnary(node, builder, "top.Sigmoid", std::move(a));
}

} // namespace

void torch_activation(ImportTable& table);
void torch_activation(ImportTable& table) {
    for (const TorchPlain& row : kTorchPlain)
        table.add(Framework::Torch, row.kind, torchPlain);
    for (const char* kind : {"aten::sigmoid", "aten::tanh", "aten::floor", "aten::relu", "aten::leaky_relu", "aten::rrelu",
                             "aten::hardsigmoid", "aten::gelu"})
        table.add(Framework::Torch, kind, torchThroughOnnx);
    for (const char* kind : {"aten::relu6", "aten::hardtanh", "aten::clamp", "aten::clamp_min", "aten::clamp_max", "aten::clip"})
        table.add(Framework::Torch, kind, torchClamp);
    for (const char* kind : {"aten::elu", "aten::selu", "aten::celu"})
        table.add(Framework::Torch, kind, torchElu);
    table.add(Framework::Torch, "aten::round", torchRound);
    table.add(Framework::Torch, "aten::softplus", torchSoftplus);
    table.add(Framework::Torch, "aten::prelu", torchPrelu);
    table.add(Framework::Torch, "aten::log_sigmoid", torchLogSigmoid);
}

} // namespace wb::ops

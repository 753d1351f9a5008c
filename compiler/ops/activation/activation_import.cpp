// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of the functions of one number: ONNX, all versions from opset 7 on (they changed
// types only; Clip moved its bounds from attributes to inputs in opset 11).
#include "compiler/ops/import_compose.h"

#include <limits>

namespace wb::ops {
namespace {

struct Plain {
    const char* kind;
    const char* op;
};

constexpr Plain kPlain[] = {
    {"Exp", "top.Exp"},           {"Log", "top.Log"},   {"Sqrt", "top.Sqrt"},
    {"Abs", "top.Abs"},           {"Ceil", "top.Ceil"}, {"Round", "top.Round"},
    {"Erf", "top.Erf"},           {"Sign", "top.Sign"}, {"HardSwish", "top.HardSwish"},
    {"Softplus", "top.Softplus"}, {"Mish", "top.Mish"}, {"Softsign", "top.Softsign"},
    {"Sin", "top.Sin"},           {"Cos", "top.Cos"},   {"Tan", "top.Tan"},
};

Status emitOne(const SourceNode& node, ImportBuilder& builder, const char* op, ir::AttributeMap a) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, op, {in}, std::move(a)));
    return {};
}

Status importPlain(const SourceNode& node, ImportBuilder& builder) {
    for (const Plain& row : kPlain)
        if (node.kind == row.kind) return emitOne(node, builder, row.op, {});
    return nodeError(node, Code::Internal, "no row for this function");
}

Status importFloor(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("is_scalar", false);
    return emitOne(node, builder, "top.Floor", std::move(a));
}

ir::AttributeMap relu(double limit) {
    ir::AttributeMap a;
    a.set("relu_limit", limit);
    return a;
}

Status importRelu(const SourceNode& node, ImportBuilder& builder) {
    return emitOne(node, builder, "top.Relu", relu(-1.0));
}

Status importClip(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    // A bound that is not given does not limit: the extreme of single precision.
    double bounds[2] = {std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max()};
    const char* keys[2] = {"min", "max"};
    for (size_t i = 0; i < 2; ++i) {
        const std::string name = inputName(node, i + 1);
        if (name.empty()) {
            bounds[i] = node.real(keys[i], bounds[i]);
            continue;
        }
        const auto value = constantScalar(name, builder);
        if (!value)
            return attributeError(node, std::string(keys[i]) + " is known only at run time");
        bounds[i] = *value;
    }
    if (bounds[0] == 0.0 && bounds[1] > 0.0) {
        const bool open = bounds[1] >= std::numeric_limits<float>::max();
        return emitOne(node, builder, "top.Relu", relu(open ? -1.0 : bounds[1]));
    }
    ir::AttributeMap a;
    a.set("min", bounds[0]);
    a.set("max", bounds[1]);
    return emitOne(node, builder, "top.Clip", std::move(a));
}

Status importSigmoid(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("bias", 0.0);
    a.set("log", false);
    a.set("round_mode", "HalfAwayFromZero");
    a.set("scale", 1.0);
    return emitOne(node, builder, "top.Sigmoid", std::move(a));
}

Status importTanh(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("round_mode", "HalfAwayFromZero");
    return emitOne(node, builder, "top.Tanh", std::move(a));
}

Status importLeakyRelu(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("alpha", asFloat32(node.real("alpha", 0.01)));
    a.set("round_mode", "HalfAwayFromZero");
    return emitOne(node, builder, "top.LeakyRelu", std::move(a));
}

Status importElu(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("alpha", asFloat32(node.real("alpha", 1.0)));
    return emitOne(node, builder, "top.Elu", std::move(a));
}

Status importHardSigmoid(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("alpha", asFloat32(node.real("alpha", 0.2)));
    a.set("beta", asFloat32(node.real("beta", 0.5)));
    return emitOne(node, builder, "top.HardSigmoid", std::move(a));
}

Status importGelu(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    const std::string mode = node.string("approximate", "none");
    if (mode != "none" && mode != "tanh") return attributeError(node, "approximate '" + mode + "'");
    a.set("approx_mode", mode == "tanh" ? "tanh" : "normal");
    return emitOne(node, builder, "top.GELU", std::move(a));
}

Status importPRelu(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Tensor* slope = builder.constant(node.inputs[1]);
    if (slope != nullptr && slope->elementCount() == 1) {
        ir::AttributeMap a;
        a.set("alpha", constantScalar(node.inputs[1], builder).value_or(0.0));
        a.set("round_mode", "HalfAwayFromZero");
        WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
                  builder.emit(node, "top.LeakyRelu", {in}, std::move(a)));
        return {};
    }
    WB_ASSIGN(const ir::ValueId slopes, valueOf(node, builder, 1));
    // Slopes that are not one a channel have no operator of the chip's.
    const ir::Shape& shape = builder.graph().value(in).type.shape;
    if (slope != nullptr && slope->shape().size() <= shape.size() && shape.size() > 1) {
        const size_t first = shape.size() - slope->shape().size();
        bool channels = true;
        for (size_t d = first; d < shape.size(); ++d) channels = channels && (d == 1 || slope->shape()[d - first] == 1);
        if (!channels) {
            Composer c(node, builder);
            return c.done(slopesBelowZero(c, in, slopes));
        }
    }
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.PRelu", {in, slopes}, {}));
    return {};
}

/// 1 - erf: what tf2onnx makes of Keras' GELU, under the name that TensorFlow has for it.
Status importErfc(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId erf = c.op("top.Erf", {c.input(0)});
    return c.done(c.number("top.AddConst", c.number("top.MulConst", erf, -1.0), 1.0));
}

} // namespace

void import_activation(ImportTable& table);
void import_activation(ImportTable& table) {
    for (const Plain& row : kPlain)
        table.add(Framework::Onnx, row.kind, importPlain);
    table.add(Framework::Onnx, "Floor", importFloor);
    table.add(Framework::Onnx, "Relu", importRelu);
    table.add(Framework::Onnx, "Clip", importClip);
    table.add(Framework::Onnx, "Sigmoid", importSigmoid);
    table.add(Framework::Onnx, "Tanh", importTanh);
    table.add(Framework::Onnx, "LeakyRelu", importLeakyRelu);
    table.add(Framework::Onnx, "Elu", importElu);
    table.add(Framework::Onnx, "HardSigmoid", importHardSigmoid);
    table.add(Framework::Onnx, "Gelu", importGelu);
    table.add(Framework::Onnx, "PRelu", importPRelu);
    table.add(Framework::Onnx, "Erfc", importErfc);
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Eltwise and Power.
#include "compiler/ops/caffe_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

ir::AttributeMap constantOf(double value) {
    ir::AttributeMap a = withRelu();
    a.set("const_val", value);
    a.set("is_scalar", false);
    return a;
}

/// Several bottoms are a chain of two at a time; weighted sums multiply first.
Status importEltwise(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    const std::string kind = node.string("operation", "SUM");
    const auto weights = node.reals("coeff").value_or(std::vector<double>{});
    const std::string name = builder.resultName(node, 0);
    const std::string op = kind == "PROD" ? "top.Mul" : kind == "MAX" ? "top.Max" : "top.Add";
    if (!weights.empty() && (kind != "SUM" || weights.size() != node.inputs.size()))
        return attributeError(node, "coeff does not fit the bottoms");
    ir::ValueId sum = ir::kNoValue;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        WB_ASSIGN(ir::ValueId x, valueOf(node, builder, i));
        const bool subtracts = i > 0 && i + 1 == node.inputs.size() && !weights.empty() && weights[i] == -1.0;
        if (!weights.empty() && weights[i] != 1.0 && !subtracts) {
            WB_ASSIGN(x, builder.emitNamed("top.MulConst", {x}, name + "_coeff_" + std::to_string(i), constantOf(weights[i])));
        }
        if (i == 0) {
            sum = x;
            continue;
        }
        auto a = kind == "MAX" ? ir::AttributeMap() : arithmeticAttributes(subtracts);
        if (i + 1 == node.inputs.size())
            return done(builder.emit(node, subtracts ? "top.Sub" : op, {sum, x}, std::move(a)));
        WB_ASSIGN(sum, builder.emitNamed(op, {sum, x}, name + "_" + std::to_string(i), std::move(a)));
    }
    return {};
}

/// (shift + scale·x)^power
Status importPower(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    const double power = asFloat32(node.real("power", 1.0)), scale = asFloat32(node.real("scale", 1.0)),
                 shift = asFloat32(node.real("shift", 0.0));
    const std::string name = builder.resultName(node, 0);
    WB_ASSIGN(ir::ValueId x, valueOf(node, builder, 0));
    struct Step {
        const char* op;
        double value;
        const char* suffix;
    };
    std::vector<Step> steps;
    if (scale != 1.0) steps.push_back({"top.MulConst", scale, "_scale"});
    if (shift != 0.0) steps.push_back({"top.AddConst", shift, "_shift"});
    if (power != 1.0) steps.push_back({"top.Pow", power, ""});
    if (steps.empty()) builder.bind(node.outputs.front(), x);
    for (size_t i = 0; i < steps.size(); ++i) {
        const Step& s = steps[i];
        ir::AttributeMap a;
        if (std::string_view(s.op) == "top.Pow") a.set("exponent", s.value);
        else a = constantOf(s.value);
        if (i + 1 == steps.size()) return done(builder.emit(node, s.op, {x}, std::move(a)));
        WB_ASSIGN(x, builder.emitNamed(s.op, {x}, name + s.suffix, std::move(a)));
    }
    return {};
}

} // namespace

void caffe_binary(ImportTable& table);
void caffe_binary(ImportTable& table) {
    table.add(Framework::Caffe, "Eltwise", importEltwise);
    table.add(Framework::Caffe, "Power", importPower);
}

} // namespace wb::ops

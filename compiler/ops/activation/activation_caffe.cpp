// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's functions of one number.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/import_compose.h"

#include <cmath>
#include <map>

namespace wb::ops {
namespace {

Status one(const SourceNode& node, ImportBuilder& builder, const char* op, ir::AttributeMap a) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    return done(builder.emit(node, op, {in}, std::move(a)));
}

ir::AttributeMap rounded() {
    ir::AttributeMap a;
    a.set("round_mode", "HalfAwayFromZero");
    return a;
}

Status importCaffeRelu(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    if (const double slope = node.real("negative_slope", 0.0); slope != 0.0) {
        a = rounded();
        a.set("alpha", slope);
        return one(node, builder, "top.LeakyRelu", std::move(a));
    }
    a.set("relu_limit", node.kind == "ReLU6" ? 6.0 : -1.0);
    return one(node, builder, "top.Relu", std::move(a));
}

Status importCaffePrelu(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const ir::Tensor* slope = builder.constant(blobName(node, 0));
    if (slope == nullptr) return nodeError(node, Code::WeightMissing, "the caffemodel has no slopes for this layer");
    if (slope->elementCount() == 1) {
        ir::AttributeMap a = rounded();
        a.set("alpha", constantScalar(blobName(node, 0), builder).value_or(0.0));
        return one(node, builder, "top.LeakyRelu", std::move(a));
    }
    if (x.size() < 2 || slope->elementCount() != x[1])
        return nodeError(node, Code::ModelDamaged, std::to_string(slope->elementCount()) + " slopes for " + ir::toText(x));
    ir::Shape perChannel(x.size(), 1);
    perChannel[1] = x[1];
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::ValueId slopes = builder.addConstant(blobName(node, 0), slope->reshaped(perChannel));
    return done(builder.emit(node, "top.PRelu", {in, slopes}, {}));
}

Status importCaffeSigmoid(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a = rounded();
    a.set("bias", 0.0);
    a.set("log", false);
    a.set("scale", 1.0);
    return one(node, builder, "top.Sigmoid", std::move(a));
}

Status importCaffeTanh(const SourceNode& node, ImportBuilder& builder) { return one(node, builder, "top.Tanh", rounded()); }

Status importCaffeElu(const SourceNode& node, ImportBuilder& builder) {
    ir::AttributeMap a;
    a.set("alpha", node.real("alpha", 1.0));
    return one(node, builder, "top.Elu", std::move(a));
}

Status importPlainCaffe(const SourceNode& node, ImportBuilder& builder) {
    static const std::map<std::string, const char*> kOps{
        {"AbsVal", "top.Abs"}, {"BNLL", "top.Softplus"}, {"Mish", "top.Mish"}, {"HardSwish", "top.HardSwish"}};
    return one(node, builder, kOps.at(node.kind), {});
}

/// base^(shift + scale·x) and its inverse log_base(shift + scale·x); base -1 is e.
Status importPowerOfBase(const SourceNode& node, ImportBuilder& builder) {
    const double base = asFloat32(node.real("base", -1.0)), scale = asFloat32(node.real("scale", 1.0)),
                 shift = asFloat32(node.real("shift", 0.0));
    if (base != -1.0 && (!(base > 0.0) || base == 1.0)) return attributeError(node, "base " + std::to_string(base));
    const double ofBase = base == -1.0 ? 1.0 : std::log(base);
    const bool exponential = node.kind == "Exp";
    const double times = exponential ? scale * ofBase : scale, plus = exponential ? shift * ofBase : shift;
    Composer c(node, builder);
    ir::ValueId x = c.input(0);
    if (times != 1.0) x = c.number("top.MulConst", x, times);
    if (plus != 0.0) x = c.number("top.AddConst", x, plus);
    if (exponential) return c.done(c.last().op("top.Exp", {x}));
    if (ofBase == 1.0) return c.done(c.last().op("top.Log", {x}));
    x = c.op("top.Log", {x});
    return c.done(c.last().number("top.MulConst", x, 1.0 / ofBase));
}

/// x·sigmoid(beta·x)
Status importSwish(const SourceNode& node, ImportBuilder& builder) {
    const double beta = asFloat32(node.real("beta", 1.0));
    if (beta == 1.0) return one(node, builder, "top.SiLU", {});
    ir::AttributeMap a = rounded();
    a.set("bias", 0.0);
    a.set("log", false);
    a.set("scale", 1.0);
    Composer c(node, builder);
    const ir::ValueId x = c.input(0), gate = c.op("top.Sigmoid", {c.number("top.MulConst", x, beta)}, std::move(a));
    return c.done(c.last().mul(x, gate));
}

/// 1 where x is greater than the threshold, else 0.
Status importThreshold(const SourceNode& node, ImportBuilder& builder) {
    Composer c(node, builder);
    const ir::ValueId x = c.input(0);
    return c.done(c.last().compareNumber("Greater", x, asFloat32(node.real("threshold", 0.0))));
}

Status importCaffeClip(const SourceNode& node, ImportBuilder& builder) {
    if (!node.has("min") || !node.has("max")) return attributeError(node, "min or max is missing");
    ir::AttributeMap a;
    a.set("min", asFloat32(node.real("min", 0.0)));
    a.set("max", asFloat32(node.real("max", 0.0)));
    return one(node, builder, "top.Clip", std::move(a));
}

} // namespace

void caffe_activation(ImportTable& table);
void caffe_activation(ImportTable& table) {
    table.add(Framework::Caffe, "ReLU", importCaffeRelu);
    table.add(Framework::Caffe, "ReLU6", importCaffeRelu);
    table.add(Framework::Caffe, "PReLU", importCaffePrelu);
    table.add(Framework::Caffe, "Sigmoid", importCaffeSigmoid);
    table.add(Framework::Caffe, "TanH", importCaffeTanh);
    table.add(Framework::Caffe, "ELU", importCaffeElu);
    for (const char* kind : {"AbsVal", "BNLL", "Mish", "HardSwish"})
        table.add(Framework::Caffe, kind, importPlainCaffe);
    for (const char* kind : {"Exp", "Log"})
        table.add(Framework::Caffe, kind, importPowerOfBase);
    table.add(Framework::Caffe, "Swish", importSwish);
    table.add(Framework::Caffe, "Threshold", importThreshold);
    table.add(Framework::Caffe, "Clip", importCaffeClip);
}

} // namespace wb::ops

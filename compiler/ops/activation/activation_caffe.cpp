// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's functions of one number.
#include "compiler/ops/caffe_help.h"

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

/// Exp and Log of another base or of shifted numbers do not occur in networks for inference.
Status importNatural(const SourceNode& node, ImportBuilder& builder) {
    if (node.kind != "AbsVal" &&
        (node.real("base", -1.0) != -1.0 || node.real("scale", 1.0) != 1.0 || node.real("shift", 0.0) != 0.0))
        return attributeError(node, "a base, scale or shift");
    return one(node, builder, node.kind == "AbsVal" ? "top.Abs" : node.kind == "Exp" ? "top.Exp" : "top.Log", {});
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
    for (const char* kind : {"AbsVal", "Exp", "Log"})
        table.add(Framework::Caffe, kind, importNatural);
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's matrix products: linear has its weights turned, addmm and baddbmm add to what they multiply.
#include "compiler/ops/torch_help.h"

namespace wb::ops {
namespace {

Status torchLinear(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::Shape weights, shapeOf(node, builder, 1));
    if (weights.size() != 2) return attributeError(node, "weights of shape " + ir::toText(weights));
    WB_ASSIGN(const ir::ValueId x, valueOf(node, builder, 0));
    ir::ValueId right = ir::kNoValue;
    if (const ir::Tensor* data = builder.constant(node.inputs[1])) {
        WB_ASSIGN(const ir::Tensor given, toFloat32(*data));
        const int64_t n = weights[0], k = weights[1];
        WB_ASSIGN(ir::Tensor turned, ir::Tensor::allocate(ir::ElementType::F32, {k, n}));
        for (int64_t o = 0; given.elementCount() > 0 && o < n; ++o)
            for (int64_t i = 0; i < k; ++i)
                turned.mutableData<float>()[i * n + o] = given.data<float>()[o * k + i];
        right = builder.addConstant(node.inputs[1] + "_fix", std::move(turned));
    } else {
        WB_ASSIGN(right, valueOf(node, builder, 1));
        ir::AttributeMap a;
        a.set("order", ir::Attribute::ints({1, 0}));
        WB_ASSIGN(right, torchStep(node, builder, "top.Permute", {right}, std::move(a), "weight"));
    }
    ir::ValueId bias = ir::kNoValue;
    if (!inputName(node, 2).empty()) {
        WB_ASSIGN(bias, valueOf(node, builder, 2));
    }
    return torchEmit(node, builder, "top.MatMul", {x, right, bias}, matmulAttributes());
}

Status torchMatmul(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    return torchAsOnnx(node, builder, "MatMul", {node.inputs[0], node.inputs[1]});
}

/// beta·self + alpha·(a × b)
Status torchAddmm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    const double alpha = torchNumber(node, "alpha").value_or(1.0), beta = torchNumber(node, "beta").value_or(1.0);
    if (node.kind == "aten::addmm" && (beta == 1.0 || builder.constant(node.inputs[0]) != nullptr))
        return torchAsOnnx(node, builder, "Gemm", {node.inputs[1], node.inputs[2], node.inputs[0]},
                           {{"alpha", alpha}, {"beta", beta}});
    const std::string name = node.outputs.front();
    WB_ASSIGN(const ir::ValueId a, valueOf(node, builder, 1));
    WB_ASSIGN(const ir::ValueId b, valueOf(node, builder, 2));
    WB_ASSIGN(ir::ValueId product, torchStep(node, builder, "top.MatMul", {a, b, ir::kNoValue}, matmulAttributes(), "mm"));
    if (alpha != 1.0) {
        WB_ASSIGN(product, torchStep(node, builder, "top.MulConst", {product}, torchConstant(alpha), "alpha"));
    }
    if (beta == 0.0) return torchBind(node, builder, product);
    WB_ASSIGN(ir::ValueId self, valueOf(node, builder, 0));
    if (beta != 1.0) {
        WB_ASSIGN(self, torchStep(node, builder, "top.MulConst", {self}, torchConstant(beta), "beta"));
    }
    return torchEmit(node, builder, "top.Add", {product, self}, arithmeticAttributes());
}

} // namespace

void torch_matmul(ImportTable& table);
void torch_matmul(ImportTable& table) {
    table.add(Framework::Torch, "aten::linear", torchLinear);
    for (const char* kind : {"aten::matmul", "aten::mm", "aten::bmm"})
        table.add(Framework::Torch, kind, torchMatmul);
    table.add(Framework::Torch, "aten::addmm", torchAddmm);
    table.add(Framework::Torch, "aten::baddbmm", torchAddmm);
}

} // namespace wb::ops

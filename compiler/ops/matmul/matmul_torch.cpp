// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's matrix products: linear has its weights turned, addmm and baddbmm add to what they multiply.
#include "compiler/ops/import_compose.h"
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

/// beta·self + alpha·(matrix × vector), (vector × vector) or the sum of a batch of products.
Status torchAddOther(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    Composer c(node, builder);
    const ir::ValueId a = c.input(1), b = c.input(2);
    const ir::Shape left = c.shape(a), right = c.shape(b);
    if (c.failed() || left.empty() || right.empty()) return attributeError(node, ir::toText(left) + " and " + ir::toText(right));
    ir::ValueId product = ir::kNoValue;
    if (node.kind == "aten::addmv") product = c.reduce("ReduceSum", c.mul(a, b), {-1}, false);
    else if (node.kind == "aten::addr") product = c.mul(c.reshape(a, {left[0], 1}), c.reshape(b, {1, right[0]}));
    else product = c.reduce("ReduceSum", c.matmul(a, b), {0}, false);
    const auto times = [&](ir::ValueId x, const char* key) {
        const double factor = torchNumber(node, key).value_or(1.0);
        return factor == 1.0 ? x : c.number("top.MulConst", x, factor);
    };
    product = times(product, "alpha");
    if (torchNumber(node, "beta").value_or(1.0) == 0.0) return c.done(product);
    const ir::ValueId self = times(c.input(0), "beta");
    return c.done(c.last().add(self, product));
}

/// Σ x1·W·x2 of rows: the first product for all results at once, the second summed.
Status torchBilinear(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 3));
    Composer c(node, builder);
    const ir::ValueId x = c.input(0), y = c.input(1);
    const ir::Shape in = c.shape(x), w = c.shape(c.input(2));
    ir::Shape other = c.shape(y);
    if (c.failed() || w.size() != 3 || in.empty() || other.size() != in.size() || in.back() != w[1] || other.back() != w[2])
        return attributeError(node, "rows of " + ir::toText(in) + " and " + ir::toText(other));
    const ir::ValueId filter = c.reshape(c.permute(c.input(2), {1, 0, 2}), {w[1], w[0] * w[2]});
    ir::Shape split(in.begin(), in.end() - 1);
    const int64_t rows = ir::checkedElementCount(split).value_or(0);
    split.push_back(w[0]);
    split.push_back(w[2]);
    other.insert(other.end() - 1, 1);
    const ir::ValueId first = c.reshape(c.matmul(c.reshape(x, {rows, w[1]}), filter), split), both = c.mul(first, c.reshape(y, other));
    if (!c.has(3)) return c.done(c.last().reduce("ReduceSum", both, {-1}, false));
    const ir::ValueId sum = c.reduce("ReduceSum", both, {-1}, false), bias = c.input(3);
    return c.done(c.last().add(sum, bias));
}

} // namespace

void torch_matmul(ImportTable& table);
void torch_matmul(ImportTable& table) {
    table.add(Framework::Torch, "aten::linear", torchLinear);
    for (const char* kind : {"aten::matmul", "aten::mm", "aten::bmm"})
        table.add(Framework::Torch, kind, torchMatmul);
    table.add(Framework::Torch, "aten::addmm", torchAddmm);
    table.add(Framework::Torch, "aten::baddbmm", torchAddmm);
    for (const char* kind : {"aten::addmv", "aten::addr", "aten::addbmm"})
        table.add(Framework::Torch, kind, torchAddOther);
    table.add(Framework::Torch, "aten::bilinear", torchBilinear);
}

} // namespace wb::ops

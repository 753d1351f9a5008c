// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of matrix products: ONNX Gemm-7…13, MatMul-1…13. Constant operands are
// transposed and multiplied by alpha and beta at import (names "<name>_fix", as the vendor's).
#include "compiler/kernels/transpose.h"
#include "compiler/ops/import_help.h"

#include <algorithm>

namespace wb::ops {
namespace {

Result<ir::Tensor> adjusted(const ir::Tensor& source, bool transpose, double factor) {
    WB_ASSIGN(ir::Tensor x, toFloat32(source));
    if (factor != 1.0) {
        float* values = x.mutableData<float>();
        for (int64_t i = 0; i < x.elementCount(); ++i)
            values[i] *= static_cast<float>(factor);
    }
    if (!transpose) return x;
    const int64_t rows = x.shape()[0], columns = x.shape()[1];
    WB_ASSIGN(ir::Tensor turned, ir::Tensor::allocate(ir::ElementType::F32, {columns, rows}));
    float* out = turned.elementCount() > 0 ? turned.mutableData<float>() : nullptr;
    // Some classifiers have a hundred million numbers here: in bands of rows, so that what they give is
    // written while its lines are in the cache.
    constexpr int64_t kBand = 256;
    for (int64_t first = 0; out != nullptr && first < rows; first += kBand)
        kernels::pixelsToChannels(reinterpret_cast<const std::byte*>(x.data<float>() + first * columns),
                                  reinterpret_cast<std::byte*>(out + first), sizeof(float), columns, columns,
                                  std::min(kBand, rows - first), rows);
    return turned;
}

/// Operand 0 or 1 of Gemm; a constant one is adjusted, a computed one gets a Permute where it must
/// turn.
Result<ir::ValueId> side(const SourceNode& node, ImportBuilder& builder, size_t index,
                         bool transpose, double factor) {
    const std::string& name = node.inputs[index];
    if (const ir::Tensor* data = builder.constant(name)) {
        if (data->shape().size() != 2)
            return nodeError(node, Code::ShapeMismatch, "matrices have two axes");
        if (!transpose && factor == 1.0) return valueOf(node, builder, index);
        WB_ASSIGN(ir::Tensor fixed, adjusted(*data, transpose, factor));
        return builder.addConstant(name + "_fix", std::move(fixed));
    }
    WB_ASSIGN(ir::ValueId id, valueOf(node, builder, index));
    if (builder.graph().value(id).type.shape.size() != 2)
        return nodeError(node, Code::ShapeMismatch, "matrices have two axes");
    if (transpose) {
        ir::AttributeMap a;
        a.set("order", ir::Attribute::ints({1, 0}));
        WB_ASSIGN(id,
                  builder.emitNamed("top.Permute", {id},
                                    name + "_transposed_" + node.outputs.front(), std::move(a)));
    }
    return id;
}

Status importGemm(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    double alpha = node.real("alpha", 1.0);
    const double beta = node.real("beta", 1.0);
    // alpha goes into a constant side; between two computed ones it becomes a factor on the left.
    const bool leftConstant = builder.constant(node.inputs[0]) != nullptr;
    const bool rightConstant = builder.constant(node.inputs[1]) != nullptr;
    WB_ASSIGN(ir::ValueId left, side(node, builder, 0, node.integer("transA", 0) != 0,
                                     leftConstant && !rightConstant ? alpha : 1.0));
    WB_ASSIGN(const ir::ValueId right,
              side(node, builder, 1, node.integer("transB", 0) != 0, rightConstant ? alpha : 1.0));
    if (!leftConstant && !rightConstant && alpha != 1.0) {
        ir::AttributeMap a = withRelu();
        a.set("const_val", alpha);
        a.set("is_scalar", false);
        WB_ASSIGN(left, builder.emitNamed("top.MulConst", {left}, node.outputs.front() + "_alpha",
                                          std::move(a)));
    }
    ir::ValueId bias = ir::kNoValue;
    if (const std::string name = inputName(node, 2); !name.empty() && beta != 0.0) {
        const ir::Tensor* data = builder.constant(name);
        if (data != nullptr && beta != 1.0) {
            WB_ASSIGN(ir::Tensor fixed, adjusted(*data, false, beta));
            bias = builder.addConstant(name + "_fix", std::move(fixed));
        } else {
            WB_ASSIGN(bias, valueOf(node, builder, 2));
            if (beta != 1.0) {
                ir::AttributeMap a = withRelu();
                a.set("const_val", beta);
                a.set("is_scalar", false);
                WB_ASSIGN(bias, builder.emitNamed("top.MulConst", {bias}, node.outputs.front() + "_beta",
                                                  std::move(a)));
            }
        }
    }
    // The product's own bias is a row; anything else is a sum of its own.
    const int64_t columns = builder.graph().value(right).type.shape.back();
    const ir::Shape shape = bias == ir::kNoValue ? ir::Shape{columns} : builder.graph().value(bias).type.shape;
    const bool row = !shape.empty() && shape.back() == columns && ir::checkedElementCount(shape) == columns;
    if (row) {
        WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
                  builder.emit(node, "top.MatMul", {left, right, bias}, matmulAttributes()));
        return {};
    }
    WB_ASSIGN(const ir::ValueId product, builder.emitNamed("top.MatMul", {left, right, ir::kNoValue},
                                                           node.outputs.front() + "_product", matmulAttributes()));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, "top.Add", {product, bias}, arithmeticAttributes()));
    return {};
}

Status importMatMul(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 2));
    WB_ASSIGN(const ir::ValueId left, valueOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId right, valueOf(node, builder, 1));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.MatMul", {left, right, ir::kNoValue}, matmulAttributes()));
    return {};
}

} // namespace

void import_matmul(ImportTable& table);
void import_matmul(ImportTable& table) {
    table.add(Framework::Onnx, "Gemm", importGemm);
    table.add(Framework::Onnx, "MatMul", importMatMul);
}

} // namespace wb::ops

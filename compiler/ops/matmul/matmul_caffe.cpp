// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's InnerProduct: axes from `axis` on taken together, weights N × K unless `transpose`.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/shape_rules.h"

namespace wb::ops {
namespace {

Status importInnerProduct(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    const auto axis = normaliseAxis(node.integer("axis", 1), x.size());
    const ir::Tensor* weights = builder.constant(blobName(node, 0));
    const int64_t n = node.integer("num_output", 0);
    if (weights == nullptr) return nodeError(node, Code::WeightMissing, "the caffemodel has no weights for this layer");
    if (!axis || n < 1) return attributeError(node, "axis or num_output");
    int64_t k = 1;
    for (size_t d = static_cast<size_t>(*axis); d < x.size(); ++d)
        k *= x[d];
    if (weights->elementCount() != n * k)
        return nodeError(node, Code::ModelDamaged, "weights of " + ir::toText(weights->shape()) + " for " +
                                                       std::to_string(k) + " inputs and " + std::to_string(n) + " outputs");
    WB_ASSIGN(ir::ValueId in, valueOf(node, builder, 0));
    if (static_cast<size_t>(*axis) + 1 != x.size()) {
        ir::Shape flat(x.begin(), x.begin() + *axis);
        flat.push_back(k);
        WB_ASSIGN(in, builder.emitNamed("top.Reshape", {in}, builder.resultName(node, 0) + "_reshape", reshapeAttributes(flat)));
    }
    WB_ASSIGN(ir::Tensor turned, ir::Tensor::allocate(ir::ElementType::F32, {k, n}));
    auto* out = turned.mutableData<float>();
    const bool given = node.integer("transpose", 0) != 0;
    for (int64_t o = 0; o < n; ++o)
        for (int64_t i = 0; i < k; ++i)
            out[i * n + o] = weights->data<float>()[given ? i * n + o : o * k + i];
    const ir::ValueId right = builder.addConstant(blobName(node, 0), std::move(turned));
    ir::ValueId bias = ir::kNoValue;
    if (node.integer("bias_term", 1) != 0 && !blobName(node, 1).empty()) {
        const ir::Tensor* data = builder.constant(blobName(node, 1));
        if (data == nullptr || data->elementCount() != n)
            return nodeError(node, Code::ModelDamaged, "the bias does not have num_output numbers");
        bias = builder.addConstant(blobName(node, 1), data->reshaped({n}));
    }
    return done(builder.emit(node, "top.MatMul", {in, right, bias}, matmulAttributes()));
}

} // namespace

void caffe_matmul(ImportTable& table);
void caffe_matmul(ImportTable& table) { table.add(Framework::Caffe, "InnerProduct", importInnerProduct); }

} // namespace wb::ops

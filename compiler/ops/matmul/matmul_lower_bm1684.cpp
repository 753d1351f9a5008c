// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products on BM1684: fully connected layers like its convolutions, others in F32 (dossier section 5.6).
#include "compiler/ops/matmul/matmul_codes.h"
#include "compiler/ops/support/shift_codes.h"

namespace wb::ops {
namespace {

using ir::ElementType;
using ir::Tensor;
using ir::ValueId;

Result<Precision> lowerShiftedProduct(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& source = builder.source();
    const auto& left = source.value(node.operands.at(0)).type.shape;
    const auto& right = source.value(node.operands.at(1)).type.shape;
    const bool connected = left.size() == 2 && right.size() == 2 && source.weight(node.operands[1]) != nullptr &&
                           source.weight(node.operands[0]) == nullptr && !node.attributes.boolean("right_transpose");
    if (precision != Precision::Int8 || !connected)
        return loweringTable().find(node.op)(builder, node, Precision::F32);
    WB_ASSIGN(const auto filter, constantValues(builder, node.operands[1]));
    std::vector<float> bias;
    const bool withBias = node.operands.size() > 2 && node.operands[2] != ir::kNoValue;
    if (withBias) {
        WB_ASSIGN(bias, constantValues(builder, node.operands[2]));
    }
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands[0]));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const auto q = shiftedFilter(filter, bias, codesOf(builder.target().value(in).type).scale, codesOf(type).scale, true);
    const auto& name = resultName(builder, node);
    auto& target = builder.target();
    const ValueId codes = target.addWeight(name + "_filter_int8", Tensor::of<int8_t>(ElementType::I8, right, q->codes));
    ValueId narrow = ir::kNoValue;
    if (withBias)
        narrow = target.addWeight(name + "_bias_int16",
                                  Tensor::of<int16_t>(ElementType::I16, source.value(node.operands[2]).type.shape, q->bias));
    auto a = matmulAttributes(node);
    a.set("rshifts", ir::Attribute::ints({q->shift}));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.MatMul", {in, codes, narrow, ir::kNoValue, ir::kNoValue}, std::move(type), std::move(a));
    return precision;
}

} // namespace

void bm1684_matmul(LoweringTable& table) { table.add("top.MatMul", lowerShiftedProduct); }

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Products with a constant right side on CV18xx: one factor of 31 bits; others in BF16 (dossier section 5.6).
#include "compiler/ops/matmul/matmul_codes.h"
#include "compiler/ops/support/qdm_codes.h"

namespace wb::ops {
namespace {

using ir::ElementType;
using ir::Tensor;
using ir::ValueId;

Result<Precision> lowerQdmProduct(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const auto& source = builder.source();
    const auto& right = source.value(node.operands.at(1)).type.shape;
    if (precision != Precision::Int8 || source.weight(node.operands[1]) == nullptr ||
        source.weight(node.operands[0]) != nullptr || right.size() != 2)
        return loweringTable().find(node.op)(builder, node, Precision::BF16);
    WB_ASSIGN(const auto filter, constantValues(builder, node.operands[1]));
    std::vector<float> bias;
    const bool withBias = node.operands.size() > 2 && node.operands[2] != ir::kNoValue;
    if (withBias) {
        WB_ASSIGN(bias, constantValues(builder, node.operands[2]));
    }
    WB_ASSIGN(const ValueId in, int8Operand(builder, node, node.operands[0]));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    auto& target = builder.target();
    const auto q = qdmFilter(filter, bias, 1, thresholdOf(target.value(in).type), thresholdOf(type));
    const auto& name = resultName(builder, node);
    const ValueId codes = target.addWeight(name + "_filter_i8", Tensor::of<int8_t>(ElementType::Si8, right, q.codes));
    ValueId sums = ir::kNoValue;
    if (withBias)
        sums = target.addWeight(name + "_bias_int32",
                                Tensor::of<int32_t>(ElementType::Si32, source.value(node.operands[2]).type.shape, q.bias));
    auto a = matmulAttributes(node);
    a.set("multipliers", ir::Attribute::ints(q.multipliers));
    a.set("quant_mode", tpuEnum("rq_mode", "QDM"));
    a.set("rshifts", ir::Attribute::ints(q.shifts));
    a.set("relu_limit", -1.0);
    emitLowered(builder, node, "tpu.MatMul", {in, codes, sums, ir::kNoValue, ir::kNoValue}, std::move(type), std::move(a));
    return precision;
}

} // namespace

void cv18xx_matmul(LoweringTable& table) { table.add("top.MatMul", lowerQdmProduct); }

} // namespace wb::ops

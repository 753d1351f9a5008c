// SPDX-License-Identifier: GPL-3.0-or-later
// Pooling of networks that bring their own scales: a mean is scaled and shifted in single precision and rounded once; the
// largest code is carried over. A fused ReLU is a table behind it.
#include "compiler/ops/support/quantised_support.h"

#include <algorithm>

namespace wb::ops {
namespace {

Result<Precision> lowerQuantisedPool(LoweringBuilder& builder, const ir::Node& node, Precision) {
    ir::Graph& target = builder.target();
    const bool mean = node.op == "top.AvgPool";
    WB_ASSIGN(const ir::ValueId in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(ir::TensorType type, builder.typeFor(node.results[0], Precision::Int8));
    const Codes x = codesOf(target.value(in).type), y = codesOf(type);
    if (!mean && (x.scale != y.scale || x.zeroPoint != y.zeroPoint || x.isSigned != y.isSigned))
        return Error{Code::OperatorNotLowered, "a maximum in other codes than its operand's"};
    ir::AttributeMap a = node.attributes;
    enumeratorsForRounding(a);
    a.set("do_relu", false);
    a.set("relu_limit", -1.0);
    a.set("pool_mode", tpuEnum("pool_mode", mean ? "Avg" : "Max"));
    if (mean) {
        double area = 1;
        for (const int64_t k : a.integers("kernel_shape"))
            area *= static_cast<double>(k);
        a.set("offset", static_cast<double>(y.zeroPoint) - static_cast<double>(x.zeroPoint) * x.scale / y.scale);
        a.set("scale", x.scale / (area * y.scale));
    }
    const CodeRange range = codeRangeOf(node, type);
    const std::string name = resultName(builder, node) + (range.whole ? "" : "_whole");
    const ir::ValueId result = target.add("tpu.Pool2D", {in}, name, type, std::move(a));
    builder.bind(node.results[0], result);
    if (range.whole) return Precision::Int8;
    return emitCodeTable(builder, node, result, type, [&](int64_t code) { return std::clamp(code, range.low, range.high); });
}

} // namespace

void quantised_pool(LoweringTable& table);
void quantised_pool(LoweringTable& table) {
    table.add("top.AvgPool", lowerQuantisedPool);
    table.add("top.MaxPool", lowerQuantisedPool);
}

} // namespace wb::ops

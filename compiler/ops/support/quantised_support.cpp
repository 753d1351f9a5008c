// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/quantised_support.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {

bool givesCodes(const LoweringBuilder& builder, const ir::Node& node) {
    return !node.results.empty() && builder.source().value(node.results[0]).type.uniform() != nullptr;
}

CodeRange codeRangeOf(const ir::Node& node, const ir::TensorType& type) {
    const Codes codes = codesOf(type);
    CodeRange range{codes.isSigned ? -128 : 0, codes.isSigned ? 127 : 255, true};
    if (!node.attributes.boolean("do_relu")) return range;
    const double limit = node.attributes.real("relu_limit", -1);
    const int64_t low = range.low, high = range.high;
    range.low = std::clamp(codes.zeroPoint, low, high);
    if (limit > 0)
        range.high = std::clamp(codes.zeroPoint + static_cast<int64_t>(std::round(std::min(limit / codes.scale, 1e9))),
                                range.low, high);
    range.whole = range.low == low && range.high == high;
    return range;
}

void setQuantisedFactor(ir::AttributeMap& a, double factor) {
    const auto pair = numeric::quantisedMultiplier(factor);
    a.set("multiplier", ir::Attribute::si32(pair.multiplier));
    a.set("quant_mode", tpuEnum("rq_mode", "TFLite_LShift"));
    a.set("round_mode", roundMode("HalfAwayFromZero"));
    a.set("rshift", ir::Attribute::si32(pair.shift));
}

Result<Precision> emitTable(LoweringBuilder& builder, const ir::Node& node, ir::ValueId in, const ir::TensorType& type,
                            const std::vector<int8_t>& bytes) {
    const ir::ValueId weight = builder.target().addWeight(
        resultName(builder, node) + "_table",
        ir::Tensor::of<int8_t>(codesOf(type).isSigned ? ir::ElementType::Si8 : ir::ElementType::Ui8, {1, 1, 1, 256}, bytes));
    emitLowered(builder, node, "tpu.Lut", {in, weight}, type, {});
    return Precision::Int8;
}

void emitRequant(LoweringBuilder& builder, const ir::Node& node, ir::ValueId sums, const std::vector<double>& factors,
                 int64_t axis, const ir::TensorType& type, bool lowDone) {
    ir::Graph& target = builder.target();
    const std::string& name = resultName(builder, node);
    const Codes codes = codesOf(type);
    const CodeRange range = codeRangeOf(node, type);
    const bool cut = range.high < (codes.isSigned ? 127 : 255) || (!lowDone && range.low > (codes.isSigned ? -128 : 0));
    const std::string called = cut ? name + "_whole" : name;
    ir::AttributeMap a;
    std::string op = "tpu.RequantInt";
    std::vector<ir::ValueId> operands{sums};
    if (factors.size() == 1) {
        setQuantisedFactor(a, factors.front());
    } else {
        op = "tpu.RequantIntAxis";
        std::vector<int32_t> rows;
        for (const double factor : factors) {
            const auto pair = numeric::quantisedMultiplier(factor);
            rows.insert(rows.end(), {pair.multiplier, -pair.shift, static_cast<int32_t>(codes.zeroPoint)});
        }
        ir::Shape shape(std::max<size_t>(type.shape.size(), 3), 1);
        shape[1] = static_cast<int64_t>(factors.size());
        shape.back() = 3;
        operands.push_back(target.addWeight(name + "_quant_int32", ir::Tensor::of<int32_t>(ir::ElementType::I32, shape, rows)));
        a.set("fuse_rq_axis", false);
        a.set("quant_mode", tpuEnum("rq_mode", "TFLite_LShift"));
        a.set("round_mode", roundMode("HalfAwayFromZero"));
        a.set("rq_axis", ir::Attribute::si32(axis));
    }
    const ir::ValueId result = target.add(op, std::move(operands), called, type, std::move(a));
    builder.bind(node.results.front(), result);
    if (cut)
        (void)emitCodeTable(builder, node, result, type,
                            [&](int64_t code) { return std::clamp(code, range.low, range.high); });
}

} // namespace wb::ops

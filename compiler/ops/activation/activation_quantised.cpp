// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one number in networks that bring their own scales: tables of codes, the piecewise linear ones in TensorFlow
// Lite's integer arithmetic, the smooth ones in double.
#include "compiler/ops/support/quantised_support.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::ops {
namespace {

struct Ends {
    ir::ValueId in = ir::kNoValue;
    ir::TensorType type;
    Codes x, y;
};

Result<Ends> endsOf(LoweringBuilder& builder, const ir::Node& node) {
    Ends e;
    WB_ASSIGN(e.in, int8Operand(builder, node, node.operands.at(0)));
    WB_ASSIGN(e.type, builder.typeFor(node.results[0], Precision::Int8));
    e.x = codesOf(builder.target().value(e.in).type);
    e.y = codesOf(e.type);
    return e;
}

/// x limited to [low, high], requantised.
Result<Precision> limited(LoweringBuilder& builder, const ir::Node& node, double low, double high) {
    WB_ASSIGN(const Ends e, endsOf(builder, node));
    const auto factor = numeric::quantisedMultiplier(e.x.scale / e.y.scale);
    const auto codeOf = [&](double value) {
        return e.y.zeroPoint + static_cast<int64_t>(std::round(std::clamp(value / e.y.scale, -1e9, 1e9)));
    };
    const int64_t least = codeOf(low), most = codeOf(high);
    return emitCodeTable(builder, node, e.in, e.type, [&](int64_t code) {
        return std::clamp(e.y.zeroPoint + numeric::multiplyQuantised(code - e.x.zeroPoint, factor), least, most);
    });
}

Result<Precision> lowerQuantisedRelu(LoweringBuilder& builder, const ir::Node& node, Precision) {
    const double limit = node.attributes.real("relu_limit", -1);
    return limited(builder, node, 0, limit > 0 ? limit : std::numeric_limits<double>::max());
}

Result<Precision> lowerQuantisedClip(LoweringBuilder& builder, const ir::Node& node, Precision) {
    return limited(builder, node, node.attributes.real("min", -1), node.attributes.real("max", 1));
}

Result<Precision> lowerQuantisedLeaky(LoweringBuilder& builder, const ir::Node& node, Precision) {
    WB_ASSIGN(const Ends e, endsOf(builder, node));
    const double alpha = node.attributes.real("alpha", 0);
    const auto identity = numeric::quantisedMultiplier(e.x.scale / e.y.scale);
    const auto slope = numeric::quantisedMultiplier(std::fabs(alpha) * e.x.scale / e.y.scale);
    return emitCodeTable(builder, node, e.in, e.type, [&](int64_t code) {
        const int64_t x = code - e.x.zeroPoint;
        if (x >= 0) return e.y.zeroPoint + numeric::multiplyQuantised(x, identity);
        return e.y.zeroPoint + (alpha < 0 ? -1 : 1) * int64_t{numeric::multiplyQuantised(x, slope)};
    });
}

Result<Precision> lowerQuantisedAbs(LoweringBuilder& builder, const ir::Node& node, Precision) {
    WB_ASSIGN(const Ends e, endsOf(builder, node));
    const auto factor = numeric::quantisedMultiplier(e.x.scale / e.y.scale);
    return emitCodeTable(builder, node, e.in, e.type, [&](int64_t code) {
        return e.y.zeroPoint + numeric::multiplyQuantised(std::abs(code - e.x.zeroPoint), factor);
    });
}

} // namespace

void quantised_activation(LoweringTable& table);
void quantised_activation(LoweringTable& table) {
    // The smooth functions' own rules already work with zero points.
    for (const char* op : {"top.Sigmoid", "top.Tanh", "top.HardSwish", "top.Elu", "top.GELU", "top.Exp", "top.Log", "top.Sqrt",
                           "top.SiLU", "top.HardSigmoid", "top.Softplus", "top.Mish", "top.Erf"})
        if (const LoweringRule rule = loweringTable().find(op)) table.add(op, rule);
    table.add("top.Relu", lowerQuantisedRelu);
    table.add("top.Clip", lowerQuantisedClip);
    table.add("top.LeakyRelu", lowerQuantisedLeaky);
    table.add("top.Abs", lowerQuantisedAbs);
}

} // namespace wb::ops

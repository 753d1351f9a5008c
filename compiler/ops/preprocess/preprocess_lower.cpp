// SPDX-License-Identifier: GPL-3.0-or-later
// A raw picture on BM1684X: planes from pixels, the centre cut out, then in INT8 one table of 256 codes for each
// channel. In float modes mean and scale are a top.Scale behind it (quantise/fuse_preprocess), so codes leave as they
// are.
#include "compiler/numeric/rounding.h"
#include "compiler/ops/support/lower_support.h"

#include <algorithm>

namespace wb::ops {
namespace {

using ir::ElementType;
using ir::Tensor;
using ir::ValueId;

/// Channel c, code i: (i · s + b) saturated, halves away from zero; s = scale / q, b = −mean · scale / q.
std::vector<int8_t> tableOf(const ir::AttributeMap& a, int64_t channels, const Codes& to) {
    const auto means = a.reals("mean"), scales = a.reals("scale");
    std::vector<int8_t> table;
    for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
        const double scale = c < scales.size() ? scales[c] : 1, mean = c < means.size() ? means[c] : 0;
        for (int i = 0; i < 256; ++i) {
            const double y = i * (scale / to.scale) - mean * scale / to.scale;
            table.push_back(to.isSigned ? numeric::toCode<int8_t>(y) : static_cast<int8_t>(numeric::toCode<uint8_t>(y)));
        }
    }
    return table;
}

/// Every code is itself: nothing has to be computed, only the scale is another.
bool keepsCodes(const std::vector<int8_t>& table) {
    for (size_t i = 0; i < table.size(); ++i)
        if (static_cast<uint8_t>(table[i]) != i % 256) return false;
    return true;
}

/// Attributes of a slice of `size` that begins at `first`.
ir::AttributeMap window(const ir::Shape& first, const ir::Shape& size) {
    ir::Shape ends = first;
    for (size_t i = 0; i < ends.size(); ++i) ends[i] += size[i];
    ir::AttributeMap a;
    a.set("axes", ir::Attribute::ints({}));
    a.set("ends", ir::Attribute::ints(ends));
    a.set("offset", ir::Attribute::ints(first));
    a.set("steps", ir::Attribute::ints({1, 1, 1, 1}));
    return a;
}

Result<Precision> lowerPreprocess(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    auto& target = builder.target();
    const auto& name = resultName(builder, node);
    const ir::Shape shape = builder.source().value(node.results[0]).type.shape;
    ValueId value = builder.lowered(node.operands.at(0));
    std::vector<ValueId> chain{value}; // what shares the raw codes
    const auto then = [&](const char* op, const std::string& suffix, size_t absent, ir::Shape to, ir::AttributeMap a) {
        ir::TensorType type = target.value(value).type;
        type.shape = std::move(to);
        std::vector<ValueId> operands(1 + absent, ir::kNoValue);
        operands[0] = value;
        value = target.add(op, std::move(operands), name + suffix, std::move(type), std::move(a));
        chain.push_back(value);
    };
    ir::Shape at = target.value(value).type.shape;
    if (node.attributes.string("customization_format").ends_with("_PACKED")) {
        ir::AttributeMap a;
        a.set("order", ir::Attribute::ints({0, 3, 1, 2}));
        at = {at[0], at[3], at[1], at[2]};
        then("tpu.Permute", "_transpose", 1, at, std::move(a));
    }
    if (at != shape) {
        const int64_t top = at[2] / 2 - shape[2] / 2, left = at[3] / 2 - shape[3] / 2; // as the host crops (2.1)
        then("tpu.Slice", "_slice", 4, shape, window({0, 0, top, left}, shape));
    }
    if (node.attributes.boolean("swap_channels")) {
        const ValueId whole = value;
        std::vector<ValueId> channels;
        ir::Shape part = shape;
        part[1] = 1;
        for (int64_t c = shape[1] - 1; c >= 0; --c) {
            value = whole;
            then("tpu.Slice", "_channel_" + std::to_string(c), 4, part, window({0, c, 0, 0}, part));
            channels.push_back(value);
        }
        ir::AttributeMap a;
        a.set("axis", ir::Attribute::si32(1));
        a.set("do_relu", false);
        a.set("only_merge", false);
        a.set("relu_limit", -1.0);
        ir::TensorType type = target.value(whole).type;
        type.shape = shape;
        value = target.add("tpu.Concat", std::move(channels), name + "_swap", std::move(type), std::move(a));
        chain.push_back(value);
    }
    if (node.attributes.boolean("quant_mode")) {
        WB_ASSIGN(auto type, builder.typeFor(node.results[0], Precision::Int8));
        const auto table = tableOf(node.attributes, shape[1], codesOf(type));
        if (!ir::isSignedInteger(type.element) && keepsCodes(table)) {
            for (const ValueId id : chain) target.value(id).type.quant = type.quant;
        } else {
            const auto element = codesOf(type).isSigned ? ElementType::Si8 : ElementType::Ui8;
            const ValueId weight = target.addWeight(name + "_scale_lut_table", Tensor::of<int8_t>(element, {1, shape[1], 16, 16}, table));
            value = target.add("tpu.ScaleLut", {value, weight}, name + "_scale_lut", std::move(type));
        }
    }
    builder.bind(node.results[0], value);
    return precision;
}

} // namespace

void lower_preprocess(LoweringTable& table) {
    table.add("top.Preprocess", lowerPreprocess);
}

} // namespace wb::ops

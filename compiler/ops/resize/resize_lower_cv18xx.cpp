// SPDX-License-Identifier: GPL-3.0-or-later
// Linear interpolation on CV18xx. Pixel centres at whole factors: the picture with its edge repeated once around it, through a
// transposed convolution whose taps are the weights of the neighbours (the vendor writes the same sums as a convolution over
// inserted zeros). Half the size: the mean of four. Everything else is the vendor's host's, in F32.
#include "compiler/numeric/half.h"
#include "compiler/ops/support/chip_rules.h"
#include "compiler/ops/support/qdm_codes.h"

namespace wb::ops {
namespace {

using ir::Attribute;
using ir::ValueId;

/// Weights along one axis, `factor` to each side of a pixel's first copy; an odd factor ends with a zero.
std::vector<float> triangle(int64_t factor) {
    std::vector<float> taps(static_cast<size_t>(2 * factor), 0.0F);
    for (int64_t k = 0; k < 2 * factor; ++k) {
        const int64_t up = factor % 2 == 0 ? 2 * k + 1 : 2 * k + 2, down = 4 * factor - up;
        taps[static_cast<size_t>(k)] = static_cast<float>(std::max<int64_t>(0, std::min(up, down))) / static_cast<float>(2 * factor);
    }
    return taps;
}

struct Taps {
    std::vector<float> values; ///< of one channel
    std::vector<int64_t> kernel, strides, pads;
    const char* op = "tpu.Deconv";
};

/// Places of a transposed convolution are the other way round, and its borders what the convolution's leave of the window.
Taps enlarging(int64_t fh, int64_t fw) {
    const std::vector<float> rows = triangle(fh), columns = triangle(fw);
    Taps t;
    t.kernel = {2 * fh, 2 * fw};
    t.strides = {fh, fw};
    for (auto r = rows.rbegin(); r != rows.rend(); ++r)
        for (auto c = columns.rbegin(); c != columns.rend(); ++c) t.values.push_back(*r * *c);
    const auto before = [](int64_t f) { return 2 * f - 1 - (f - 2) / 2; };
    const auto after = [](int64_t f) { return 2 * f - 1 - (f - 1) / 2; };
    t.pads = {before(fh), before(fw), after(fh), after(fw)};
    return t;
}

Taps halving() { return {{0.25F, 0.25F, 0.25F, 0.25F}, {2, 2}, {2, 2}, {0, 0, 0, 0}, "tpu.Conv2D"}; }

/// The edge once more on all sides; the same node for all that read the value so.
ValueId withEdge(LoweringBuilder& builder, const std::string& name, ValueId in) {
    auto& target = builder.target();
    if (const ValueId present = target.find(name); present != ir::kNoValue) return present;
    ir::TensorType type = target.value(in).type;
    type.shape[2] += 2;
    type.shape[3] += 2;
    ir::AttributeMap a;
    a.set("mode", tpuEnum("Pad_Mode", "edge"));
    a.set("paddings", Attribute::ints({0, 0, 1, 1, 0, 0, 1, 1}));
    a.set("val", 0.0);
    a.set("with_insert_zero", false);
    return target.add("tpu.Pad", {in, ir::kNoValue, ir::kNoValue, ir::kNoValue, ir::kNoValue}, name, std::move(type), std::move(a));
}

Result<Precision> lowerByTaps(LoweringBuilder& builder, const ir::Node& node, Precision precision, const Taps& taps, bool edge) {
    const bool codes = precision == Precision::Int8;
    if (!codes) precision = Precision::BF16;
    auto& target = builder.target();
    WB_ASSIGN(ValueId in, operandFor(builder, node, node.operands.at(0), precision));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    const int64_t channels = type.shape.at(1);
    if (edge) in = withEdge(builder, target.value(in).name + "_pad_edge", in);
    ir::AttributeMap a;
    a.set("dilations", Attribute::ints({1, 1}));
    a.set("do_relu", false);
    a.set("group", channels);
    a.set("inserts", Attribute::ints({0, 0}));
    a.set("kernel_shape", Attribute::ints(taps.kernel));
    a.set("pads", Attribute::ints(taps.pads));
    a.set("relu_limit", -1.0);
    a.set("strides", Attribute::ints(taps.strides));
    a.set("with_bias", false);
    std::vector<float> filter;
    for (int64_t c = 0; c < channels; ++c) filter.insert(filter.end(), taps.values.begin(), taps.values.end());
    const ir::Shape shape = std::string_view(taps.op) == "tpu.Deconv" ? ir::Shape{channels, 1, 1, taps.kernel[0], taps.kernel[1]}
                                                                      : ir::Shape{channels, 1, taps.kernel[0], taps.kernel[1]};
    const std::string& name = resultName(builder, node);
    ValueId weights = ir::kNoValue;
    if (codes) {
        const QdmFilter q = qdmFilter(filter, {}, channels, thresholdOf(target.value(in).type), thresholdOf(type));
        weights = target.addWeight(name + "_filter_i8", ir::Tensor::of<int8_t>(ir::ElementType::Si8, shape, q.codes));
        a.set("quant_mode", tpuEnum("rq_mode", "QDM"));
        a.set("multiplier", Attribute::ints(q.multipliers));
        a.set("rshift", Attribute::ints(q.shifts));
    } else {
        ir::Tensor halves(ir::ElementType::BF16, shape);
        for (size_t i = 0; i < filter.size(); ++i) halves.mutableData<uint16_t>()[i] = numeric::toBfloat16(filter[i]);
        weights = target.addWeight(name + "_filter_bf16", std::move(halves));
        a.set("quant_mode", tpuEnum("rq_mode", "MultiplierShift"));
    }
    emitLowered(builder, node, taps.op, {in, weights, ir::kNoValue}, std::move(type), std::move(a));
    return precision;
}

Result<Precision> lowerOnHost(LoweringBuilder& builder, const ir::Node& node) {
    const ValueId in = builder.operandAs(node.operands.at(0), node, plainFloat(builder.source().value(node.operands[0]).type, Precision::F32));
    ir::TensorType type = builder.source().value(node.results[0]).type; // F32, which no layer of the chip's has
    ir::AttributeMap a = node.attributes;
    a.set("coord_mode", tpuEnum("coord_mode", node.attributes.string("coord_mode", "half_pixel")));
    a.set("mode", tpuEnum("mode", node.attributes.string("mode", "linear")));
    a.set("ppl_flag", false);
    emitLowered(builder, node, "tpu.Interp", {in, ir::kNoValue, ir::kNoValue}, std::move(type), std::move(a));
    return Precision::F32;
}

Result<Precision> lowerLinear(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    constexpr int64_t kMostFactor = 64;
    const ir::Shape& in = builder.source().value(node.operands.at(0)).type.shape;
    const ir::Shape& out = builder.source().value(node.results[0]).type.shape;
    const std::string centre = node.attributes.string("coord_mode", "half_pixel");
    if (node.attributes.string("mode", "linear") == "nearest") { // the vendor's host copies codes
        ir::AttributeMap a = node.attributes;
        a.set("coord_mode", tpuEnum("coord_mode", centre));
        a.set("mode", tpuEnum("mode", "nearest"));
        a.set("ppl_flag", false);
        return lowerMover(builder, node, precision == Precision::Int8 ? precision : Precision::BF16, "tpu.Interp", std::move(a), 2);
    }
    if (node.attributes.string("mode", "linear") != "linear" || in.size() != 4 || out.size() != 4)
        return loweringTable().find(node.op)(builder, node, Precision::BF16);
    if (centre == "half_pixel" || centre == "pytorch_half_pixel") {
        const int64_t fh = in[2] > 0 ? out[2] / in[2] : 0, fw = in[3] > 0 ? out[3] / in[3] : 0;
        if (fh > 1 && fw > 1 && fh <= kMostFactor && fw <= kMostFactor && out[2] == in[2] * fh && out[3] == in[3] * fw)
            return lowerByTaps(builder, node, precision, enlarging(fh, fw), true);
        if (in[2] == 2 * out[2] && in[3] == 2 * out[3]) return lowerByTaps(builder, node, precision, halving(), false);
    }
    return lowerOnHost(builder, node);
}

} // namespace

void cv18xx_resize(LoweringTable& table);
void cv18xx_resize(LoweringTable& table) { table.add("top.Interp", lowerLinear); }

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.Conv2D, tpu.Deconv and tpu.Scale in float: from nodes to what the chip is told, or the reason why not.
#include "compiler/ops/conv/conv_bm1684x.h"
#include "compiler/ops/conv/conv_bm1684x_float.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;
using kernels::Unary;

namespace {

class AffineEmitter final : public LocalEmitter {
public:
    AffineEmitter(std::vector<float> factor, std::vector<float> offset, kernels::UnaryOp clamp, bool inPlace)
        : m_factor(std::move(factor)), m_offset(std::move(offset)), m_clamp(clamp), m_inPlace(inPlace) {}
    Cuts cuts() const override { return {true, true, true, true}; }
    Part operandPart(size_t index, const Part& result) const override { return index == 0 ? result : Part{}; }
    Result<LaneImage> constants(const Part& result) const override {
        LaneImageBuilder image;
        layout(result, image);
        return image.take();
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override { return {alignedBytes(Precision::F32, result)}; }
    int inPlaceOperand() const override { return m_inPlace ? 0 : -1; }
    Status emit(const LocalCall& call, Assembler& out) const override {
        WB_TRY(checkLanes(call));
        LaneImageBuilder image;
        const auto [factor, offset] = layout(call.result, image);
        VectorUnit v(out);
        const Box t = scratchLike(call.output, call.scratch[0], Precision::F32);
        const Box x = call.operands[0].sub(call.result);
        if (x.precision != Precision::F32) v.cast(t, x);
        v.apply(ArOp::Mul, t, x.precision == Precision::F32 ? x : t, perChannel(t, call.constants + factor, Precision::F32));
        const bool clamped = m_clamp.kind == Unary::Relu;
        const bool last = !clamped && call.output.precision == Precision::F32;
        v.apply(ArOp::Add, last ? call.output : t, t, perChannel(t, call.constants + offset, Precision::F32));
        if (clamped) UnaryFormula::of(m_clamp)->emit(v, t, t, {}, 0);
        if (!last) v.cast(call.output, t);
        return {};
    }

private:
    std::pair<uint32_t, uint32_t> layout(const Part& result, LaneImageBuilder& image) const {
        const auto begin = static_cast<size_t>(result.c.begin), count = static_cast<size_t>(result.c.size());
        const uint32_t factor = image.addPerChannel(std::span(m_factor).subspan(begin, count), Precision::F32);
        return {factor, image.addPerChannel(std::span(m_offset).subspan(begin, count), Precision::F32)};
    }
    std::vector<float> m_factor, m_offset;
    kernels::UnaryOp m_clamp;
    bool m_inPlace;
};

Result<std::unique_ptr<LocalEmitter>> prepareScale(const EmitContext& c) {
    const ir::Tensor *factor = constantOperand(c, 1), *offset = constantOperand(c, 2);
    if (factor == nullptr) return notEmitted(c, "its factors are not constant");
    if (offset == nullptr && c.node->operands.size() > 2 && c.node->operands[2] != ir::kNoValue)
        return notEmitted(c, "its offsets are not constant");
    std::vector<float> factors = floatsOf(*factor);
    std::vector<float> offsets = offset ? floatsOf(*offset) : std::vector<float>(factors.size(), 0.0f);
    return makeAffine(c, std::move(factors), std::move(offsets));
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> makeAffine(const EmitContext& c, std::vector<float> factor, std::vector<float> offset) {
    const auto from = floatOperand(c, 0), to = floatResult(c);
    const auto channels = static_cast<size_t>(chipShape(c.graph->value(c.node->results[0]).type.shape)[1]);
    if (!from || !to || constantOperand(c, 0) != nullptr) return notEmitted(c, "its operand or result is not a float tensor");
    if (factor.size() != channels || offset.size() != channels)
        return notEmitted(c, "it has not one parameter for each channel");
    return std::unique_ptr<LocalEmitter>(std::make_unique<AffineEmitter>(
        std::move(factor), std::move(offset), fusedClamp(*c.node), bytesOf(*from) == bytesOf(*to)));
}

Result<std::unique_ptr<LocalEmitter>> prepareFloatConv(const EmitContext& context) {
    const auto& node = *context.node;
    if (node.op == "tpu.Scale") return prepareScale(context);
    FloatConv conv;
    conv.transposed = node.op == "tpu.Deconv";
    WB_ASSIGN(conv.window, slidingWindow(context, conv.transposed));
    if (conv.window.w.reach({0, conv.window.w.out}).input.begin != 0)
        return notEmitted(context, "its first columns are cut off"); // commands see whole rows
    const auto in = floatOperand(context, 0), out = floatResult(context);
    if (!in || in != out) return notEmitted(context, "its operand and result are not of one kind of float");
    conv.precision = *out;
    conv.groups = node.attributes.integer("group", 1);
    conv.inChannels = chipShape(context.graph->value(node.operands[0]).type.shape)[1];
    conv.outChannels = chipShape(context.graph->value(node.results[0]).type.shape)[1];
    if (conv.groups < 1 || conv.inChannels % conv.groups != 0 || conv.outChannels % conv.groups != 0)
        return notEmitted(context, "its channels do not divide into groups");
    const ir::Tensor* filter = constantOperand(context, 1);
    if (filter == nullptr || !ir::isFloat(filter->type())) return notEmitted(context, "its filter is not constant");
    const int64_t taps = conv.window.h.kernel * conv.window.w.kernel;
    if (filter->elementCount() != conv.outChannels * (conv.inChannels / conv.groups) * taps)
        return notEmitted(context, "its filter has " + std::to_string(filter->elementCount()) + " weights");
    conv.filter = floatsOf(*filter);
    if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
        const ir::Tensor* bias = constantOperand(context, 2);
        if (bias == nullptr || !ir::isFloat(bias->type()) || bias->elementCount() != conv.outChannels)
            return notEmitted(context, "its bias is not one constant a channel");
        conv.bias = floatsOf(*bias);
    }
    conv.clamp = fusedClamp(node);
    return std::unique_ptr<LocalEmitter>(std::make_unique<FloatConvEmitter>(std::move(conv)));
}

} // namespace wb::ops

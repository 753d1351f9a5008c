// SPDX-License-Identifier: GPL-3.0-or-later
// Activations in F32, F16 and BF16. Functions that need more than one rounding are computed in float32 and rounded
// once, as the float model does.
#include "compiler/ops/activation/activation_bm1684x.h"
#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/int_kernel.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;
using kernels::Unary;
using kernels::UnaryOp;

namespace {

/// y = max(x, 0) + slope[c] · min(x, 0): one of the two is zero, so there is one rounding in any precision.
class PReluEmitter final : public LocalEmitter {
public:
    PReluEmitter(std::vector<float> slopes, Precision precision) : m_slopes(std::move(slopes)), m_precision(precision) {}
    Cuts cuts() const override { return {true, true, true, true}; }
    Part operandPart(size_t index, const Part& result) const override { return index == 0 ? result : Part{}; }
    Result<LaneImage> constants(const Part& result) const override {
        LaneImageBuilder image;
        if (m_slopes.size() == 1)
            image.addPerChannel(std::vector<float>(static_cast<size_t>(result.c.size()), m_slopes[0]), m_precision);
        else
            image.addPerChannel(std::span(m_slopes).subspan(static_cast<size_t>(result.c.begin),
                                                            static_cast<size_t>(result.c.size())),
                                m_precision);
        return image.take();
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override { return {alignedBytes(m_precision, result)}; }
    int inPlaceOperand() const override { return 0; }
    Status emit(const LocalCall& call, Assembler& out) const override {
        WB_TRY(checkLanes(call));
        VectorUnit v(out);
        const Box x = call.operands[0].sub(call.result);
        const Box t = scratchLike(call.output, call.scratch[0], m_precision);
        v.apply(ArOp::Min, t, x, 0.0f);
        v.apply(ArOp::Mul, t, t, perChannel(call.output, call.constants, m_precision));
        v.apply(ArOp::Max, call.output, x, 0.0f);
        v.apply(ArOp::Add, call.output, call.output, t);
        return {};
    }

private:
    std::vector<float> m_slopes;
    Precision m_precision;
};

Result<std::unique_ptr<LocalEmitter>> preparePRelu(const EmitContext& c) {
    const auto precision = floatResult(c);
    const ir::Tensor* slopes = constantOperand(c, 1);
    if (!precision || floatOperand(c, 0) != precision) return notEmitted(c, "its operand and result differ in kind");
    if (slopes == nullptr || !ir::isFloat(slopes->type())) return notEmitted(c, "its slopes are not constant");
    const auto& shape = c.graph->value(c.node->results[0]).type.shape;
    if (slopes->shape().size() > shape.size()) return notEmitted(c, "its slopes have more axes than the result");
    if (!slopesInChannels(slopes->shape(), shape)) return notEmitted(c, "its slopes are not one for each channel");
    return std::unique_ptr<LocalEmitter>(std::make_unique<PReluEmitter>(floatsOf(*slopes), *precision));
}

} // namespace

bool slopesInChannels(const ir::Shape& slopes, const ir::Shape& shape) {
    if (slopes.size() > shape.size()) return false;
    const size_t first = shape.size() - slopes.size();
    for (size_t i = 0; i < slopes.size(); ++i)
        if (slopes[i] != 1 && (first + i != 1 || slopes[i] != shape[1])) return false;
    return true;
}

Result<std::unique_ptr<LocalEmitter>> prepareFloatActivation(const EmitContext& context) {
    if (context.node->op == "tpu.PReluOp") return preparePRelu(context);
    const auto twin = floatTwinOf(*context.node);
    if (!twin) return notEmitted(context, "its function is not known");
    ir::Node top = *context.node;
    top.op = twin->op;
    top.attributes = twin->attributes;
    std::optional<UnaryOp> op = unaryOpOf(top);
    if (!op && top.op == "top.Reciprocal")
        op = UnaryOp{Unary::Reciprocal, static_cast<float>(top.attributes.real("const_val", 1)), 0};
    if (!op && top.op == "top.Pow") {
        const auto exponent = static_cast<float>(top.attributes.real("exponent", 1));
        op = exponent == 2.0f   ? UnaryOp{Unary::Square, 0, 0}
             : exponent == 0.5f ? UnaryOp{Unary::Sqrt, 0, 0}
                                : UnaryOp{Unary::PowConst, exponent, 0};
    }
    if (!op) return notEmitted(context, "its function is not known");
    return makeChain(context, {*op, fusedClamp(*context.node)});
}

} // namespace wb::ops

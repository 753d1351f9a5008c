// SPDX-License-Identifier: GPL-3.0-or-later
// Normalisations whose numbers are known, or come from neighbouring channels: tpu.BatchNorm and tpu.LRN.
#include "compiler/ops/conv/conv_bm1684x_float.h"
#include "compiler/ops/norm/norm_bm1684x.h"
#include "compiler/ops/support/elementary_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

#include <cmath>

namespace wb::ops {

using namespace bm1684x;

namespace {

/// x · t^-β, t = bias + α/size · Σ x² over `size` channels: the sum is a 1x1 convolution of x² with a band of α/size.
class LrnEmitter final : public LocalEmitter {
public:
    struct Numbers {
        int64_t channels = 1, size = 1;
        float alpha = 0, beta = 0, bias = 0;
    };
    explicit LrnEmitter(Numbers numbers) : m_n(numbers) {
        if (threeQuarters()) return;
        const auto exp = expCoefficients(), log = logCoefficients();
        m_exp = m_tables.add(exp);
        m_expCount = static_cast<int64_t>(exp.size());
        m_log = m_tables.add(log);
        m_logCount = static_cast<int64_t>(log.size());
    }
    Cuts cuts() const override { return {true, false, true, true}; }
    Part operandPart(size_t index, const Part& result) const override { return index == 0 ? result : Part{}; }
    Result<LaneImage> constants(const Part&) const override {
        LaneImageBuilder image(m_tables);
        const auto [bias, band] = layout(image);
        const float share = m_n.alpha / static_cast<float>(m_n.size);
        for (int64_t c = 0; c < m_n.channels; ++c) {
            const auto row = static_cast<uint32_t>(c / kLanes);
            image.write(c % kLanes, bias + row * 4, m_n.bias, Precision::F32);
            for (int64_t k = std::max<int64_t>(0, c - (m_n.size - 1) / 2); k <= std::min(m_n.channels - 1, c + m_n.size / 2); ++k)
                image.write(c % kLanes, band + (row * static_cast<uint32_t>(m_n.channels) + static_cast<uint32_t>(k)) * 4,
                            share, Precision::F32);
        }
        return image.take();
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        return std::vector<int64_t>(threeQuarters() ? 3 : 5, alignedBytes(Precision::F32, result));
    }
    Status emit(const LocalCall& call, Assembler& out) const override;

private:
    bool threeQuarters() const { return m_n.beta == 0.75f; }
    std::pair<uint32_t, uint32_t> layout(LaneImageBuilder& image) const {
        const int64_t rows = ceilDiv(m_n.channels, kLanes);
        const uint32_t bias = image.reserve(rows * 4);
        return {bias, image.reserve(rows * m_n.channels * 4)};
    }
    Numbers m_n;
    LaneTables m_tables;
    uint32_t m_exp = 0, m_log = 0;
    int64_t m_expCount = 0, m_logCount = 0;
};

Status LrnEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    LaneImageBuilder image(m_tables);
    const auto [bias, band] = layout(image);
    VectorUnit v(out);
    const Box x = call.operands[0].sub(call.result);
    std::vector<Box> r;
    for (const uint32_t offset : call.scratch)
        r.push_back(scratchLike(call.output, offset, Precision::F32));
    v.apply(ArOp::Mul, r[0], x, x);
    SConv c;
    c.opd0_sign = c.opd1_sign = c.opd2_sign = 1;
    c.res0_prec = c.opd0_prec = code(Precision::F32);
    c.res_op_x_str = c.res_op_y_str = c.opd1_h = c.opd1_w = c.opd3_const = 1;
    c.res0_n = static_cast<uint32_t>(r[1].n());
    c.res0_c = c.opd0_c = static_cast<uint32_t>(m_n.channels);
    c.res0_h = c.opd0_h = static_cast<uint32_t>(r[1].h());
    c.res0_w = c.opd0_w = static_cast<uint32_t>(r[1].w());
    c.opd0_addr = r[0].address;
    c.opd1_addr = call.constants + band;
    c.opd2_addr = call.constants + bias;
    c.res0_addr = r[1].address;
    out.add(c);
    if (threeQuarters()) { // t^-3/4 = u²/√u with u = t^-1/2
        v.reciprocalRoot(r[0], r[1]);
        v.reciprocalRoot(r[2], r[0]);
        v.apply(ArOp::Mul, r[0], r[0], r[0]);
        v.apply(ArOp::Mul, r[0], r[0], r[2]);
    } else {
        const std::array<Box, 4> four{r[0], r[2], r[3], r[4]};
        emitLog(v, r[1], r[1], four, call.constants + m_log, m_logCount);
        emitExp(v, r[0], r[1], -m_n.beta, {r[2], r[3], r[0]}, call.constants + m_exp, m_expCount);
    }
    v.apply(ArOp::Mul, call.output, x, r[0]);
    return {};
}

Result<std::unique_ptr<LocalEmitter>> prepareLrn(const EmitContext& c) {
    const auto& a = c.node->attributes;
    if (floatOperand(c, 0) != Precision::F32 || floatResult(c) != Precision::F32 || constantOperand(c, 0) != nullptr)
        return notEmitted(c, "its operand or result is not of 32 bits");
    LrnEmitter::Numbers n;
    n.channels = chipShape(c.graph->value(c.node->results[0]).type.shape)[1];
    n.size = a.integer("size", 1);
    n.alpha = static_cast<float>(a.real("alpha", 1e-4));
    n.beta = static_cast<float>(a.real("beta", 0.75));
    n.bias = static_cast<float>(a.real("bias", 1));
    if (n.size < 1 || !(n.bias > 0)) return notEmitted(c, "its size or bias is not above zero");
    return std::unique_ptr<LocalEmitter>(std::make_unique<LrnEmitter>(n));
}

Result<std::unique_ptr<LocalEmitter>> prepareBatchNorm(const EmitContext& c) {
    std::vector<float> numbers[4]; // mean, variance, gamma, beta
    for (size_t i = 0; i < 4; ++i) {
        const ir::Tensor* tensor = constantOperand(c, i + 1);
        if (tensor == nullptr) return notEmitted(c, "its parameters are not constant");
        numbers[i] = floatsOf(*tensor);
        if (numbers[i].size() != numbers[0].size()) return notEmitted(c, "its parameters are not one a channel");
    }
    const auto epsilon = static_cast<float>(c.node->attributes.real("epsilon", 1e-5));
    std::vector<float> factor, offset;
    for (size_t i = 0; i < numbers[0].size(); ++i) {
        factor.push_back(numbers[2][i] / std::sqrt(numbers[1][i] + epsilon));
        offset.push_back(numbers[3][i] - numbers[0][i] * factor[i]);
    }
    return makeAffine(c, std::move(factor), std::move(offset));
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareFloatNorm(const EmitContext& context) {
    if (context.node->op == "tpu.LRN") return prepareLrn(context);
    if (context.node->op == "tpu.BatchNorm") return prepareBatchNorm(context);
    return notEmitted(context, "its rows do not lie in one lane");
}

} // namespace wb::ops

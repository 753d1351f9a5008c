// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.InstanceNorm, and tpu.GroupNorm of a single group, where pictures lie in local memory: columns and rows of each plane
// are summed, and for a group the means of all channels meet in a convolution by ones, which leaves them in every lane.
#include "compiler/ops/norm/norm_bm1684x.h"

#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/column_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

namespace {

class PictureNormEmitter final : public LocalEmitter {
public:
    PictureNormEmitter(Part whole, bool across, float epsilon, Precision from, Precision to)
        : m_whole(whole), m_across(across), m_epsilon(epsilon), m_from(from), m_to(to) {}
    void setParameters(std::vector<float> gamma, std::vector<float> beta) {
        m_gamma = std::move(gamma);
        m_beta = std::move(beta);
    }
    Cuts cuts() const override { return {.n = true, .c = false, .h = false, .w = false}; }
    Part operandPart(size_t index, const Part& result) const override { return index == 0 ? result : Part{}; }
    Result<LaneImage> constants(const Part&) const override {
        LaneImageBuilder image;
        places(image);
        return image.take();
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const auto bytes = [](const Part& part) { return alignedBytes(Precision::F32, part); };
        const int64_t thin = bytes(channelsOf(result)), every = bytes(lanesOf(result));
        const Part ones{{0, 1}, {0, kLanes}, {0, 1}, {0, m_across ? m_whole.c.size() : 1}};
        return {bytes(result), bytes(result), bytes(rowOf(result)), thin, thin, every, every, bytes(ones)};
    }
    Status emit(const LocalCall& call, Assembler& out) const override;
    bool fits() const {
        Part least = m_whole;
        least.n = {0, 1};
        int64_t used = 2 * (alignedBytes(m_from, least) + alignedBytes(m_to, least));
        for (const int64_t bytes : scratchBytes(least)) used += bytes;
        return used <= kLaneBytes - kBankBytes;
    }

private:
    static Part rowOf(Part part) { return part.h = {0, 1}, part; }
    static Part channelsOf(Part part) { return part.h = part.w = {0, 1}, part; }
    static Part lanesOf(const Part& part) { return {part.n, {0, kLanes}, {0, 1}, {0, 1}}; }
    std::pair<uint32_t, uint32_t> places(LaneImageBuilder& image) const {
        const uint32_t gamma = m_gamma.empty() ? 0 : image.addPerChannel(m_gamma, Precision::F32);
        return {gamma, m_beta.empty() ? 0 : image.addPerChannel(m_beta, Precision::F32)};
    }
    /// The mean of each channel of `sums` in every lane of `to`; `ones` has 1 / channels for each channel in each lane.
    static void average(const Box& to, const Box& sums, const Box& ones, Assembler& out);

    Part m_whole;
    bool m_across;
    float m_epsilon;
    Precision m_from, m_to;
    std::vector<float> m_gamma, m_beta; ///< one a channel, or none
};

void PictureNormEmitter::average(const Box& to, const Box& sums, const Box& ones, Assembler& out) {
    SConv c;
    c.opd0_sign = c.opd1_sign = c.opd2_sign = 1;
    c.opd2_const = c.opd3_const = 1;
    c.res0_prec = c.opd0_prec = code(Precision::F32);
    c.res_op_x_str = c.res_op_y_str = 1;
    c.res0_n = c.res0_h = c.res0_w = c.opd0_w = c.opd0_h = c.opd1_h = c.opd1_w = 1;
    c.res0_c = u32(to.c());
    c.opd0_c = u32(sums.c());
    c.opd1_addr = ones.address;
    for (int64_t i = 0; i < to.n(); ++i) {
        c.res0_addr = to.address + u32(i * to.nStride * 4);
        c.opd0_addr = sums.address + u32(i * sums.nStride * 4);
        out.add(c);
    }
}

Status PictureNormEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    VectorUnit v(out);
    const auto box = [&](size_t i, const Part& part) { return alignedTensor(call.scratch[i], Precision::F32, true, part); };
    const Part& part = call.result;
    const Box x = box(0, part), t = box(1, part), row = box(2, rowOf(part)), channels = box(3, channelsOf(part)), other = box(4, channelsOf(part));
    const Box lanes = box(5, lanesOf(part)), otherLanes = box(6, lanesOf(part));
    const Box ones = box(7, {{0, 1}, {0, kLanes}, {0, 1}, {0, m_whole.c.size()}});
    if (m_across) v.fill(ones, 1.0f / static_cast<float>(m_whole.c.size()));
    // One number for all channels lies in every lane.
    const auto seen = [&](const Box& of) {
        Box b = of;
        if (m_across) b.part.c = {0, 1};
        return b;
    };
    const auto mean = [&](const Box& of) {
        columnSum(v, row, of, 1.0f / static_cast<float>(part.h.size()));
        columnSum(v, channels, row, 1.0f / static_cast<float>(part.w.size()));
        if (m_across) average(lanes, channels, ones, out);
    };
    const Box &one = m_across ? lanes : channels, &root = m_across ? otherLanes : other;
    v.cast(x, call.operands[0].sub(part));
    mean(x);
    v.apply(ArOp::Sub, t, x, seen(one));
    v.apply(ArOp::Mul, x, t, t);
    mean(x);
    v.apply(ArOp::Add, root, one, m_epsilon);
    v.reciprocalRoot(one, root);
    v.apply(ArOp::Mul, x, t, seen(one));
    LaneImageBuilder image; // only its offsets
    const auto [gamma, beta] = places(image);
    Box from = x, to = t;
    if (!m_gamma.empty()) {
        v.apply(ArOp::Mul, to, from, perChannel(x, call.constants + gamma, Precision::F32));
        std::swap(from, to);
    }
    if (!m_beta.empty()) {
        v.apply(ArOp::Add, to, from, perChannel(x, call.constants + beta, Precision::F32));
        std::swap(from, to);
    }
    v.cast(call.output, from);
    return {};
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> preparePictureNorm(const EmitContext& c) {
    const auto& shape = c.graph->value(c.node->results[0]).type.shape;
    const auto from = floatOperand(c, 0), to = floatResult(c);
    if (!from || !to || constantOperand(c, 0) != nullptr) return notEmitted(c, "its operand or result is not a float tensor");
    const bool across = c.node->op == "tpu.GroupNorm";
    constexpr double kFull = 0.5; // fewer channels: rows are dealt out to lanes on their way from DDR
    if (shape.size() != 4 || (across && c.node->attributes.integer("num_groups", 1) != 1) || shape[1] > kMaxDimension ||
        static_cast<double>(shape[1]) < kFull * static_cast<double>(roundUp(shape[1], kLanes)))
        return notEmitted(c, "its channels do not fill lanes, or have several groups");
    std::vector<float> parameters[2];
    for (size_t i = 0; i < 2; ++i) {
        if (c.node->operands.size() <= i + 1 || c.node->operands[i + 1] == ir::kNoValue) continue;
        const ir::Tensor* tensor = constantOperand(c, i + 1);
        if (tensor == nullptr || tensor->elementCount() != shape[1]) return notEmitted(c, "its parameters are not one a channel");
        parameters[i] = floatsOf(*tensor);
    }
    auto emitter = std::make_unique<PictureNormEmitter>(wholePart(shape), across, static_cast<float>(c.node->attributes.real("eps", 1e-5)), *from, *to);
    emitter->setParameters(std::move(parameters[0]), std::move(parameters[1]));
    if (!emitter->fits()) return beyondChip(c, "pictures of " + ir::toText(shape));
    return std::unique_ptr<LocalEmitter>(std::move(emitter));
}

} // namespace wb::ops

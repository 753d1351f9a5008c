// SPDX-License-Identifier: GPL-3.0-or-later
// tpu.LayerNorm over rows that lie along lanes, in local memory between other operators; in float32, rounded once.
#include "compiler/ops/norm/norm_bm1684x.h"

#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/row_bm1684x.h"
#include "compiler/ops/support/shared_table_bm1684x.h"

namespace wb::ops {

using namespace bm1684x;

namespace {

class LaneNormEmitter final : public LocalEmitter {
public:
    LaneNormEmitter(LaneRows rows, float epsilon, Precision from, Precision to) : m_rows(rows), m_epsilon(epsilon), m_from(from), m_to(to) {}
    /// One factor and one term an element of a row; or none.
    void setParameters(std::vector<float> gamma, std::vector<float> beta) {
        for (auto* values : {&gamma, &beta}) {
            if (values->empty()) continue;
            values->resize(static_cast<size_t>(m_rows.padded));
            (values == &gamma ? m_gamma : m_beta) = static_cast<uint32_t>(m_words.size() * 4);
            m_words.insert(m_words.end(), values->begin(), values->end());
        }
        m_parameters = SharedTable(static_cast<int64_t>(m_words.size()));
    }
    Cuts cuts() const override { return m_rows.cuts(); }
    bool sameForChannels() const override { return true; }
    Part operandPart(size_t index, const Part& result) const override { return index == 0 ? result : Part{}; }
    Result<LaneImage> constants(const Part&) const override {
        LaneImage image;
        image.width = m_parameters.imageBytes();
        image.bytes.resize(static_cast<size_t>(kLanes * image.width));
        if (!m_parameters.empty()) m_parameters.pack(image, 0, m_words.data());
        return image;
    }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        const int64_t wide = alignedBytes(Precision::F32, m_rows.wide(result)), thin = alignedBytes(Precision::F32, m_rows.thin(result));
        const int64_t fold = m_rows.foldBytes(result);
        return {wide, wide, fold, fold, thin, thin, m_parameters.scratchBytes()};
    }
    Status emit(const LocalCall& call, Assembler& out) const override;
    bool fits(const Part& least) const {
        int64_t used = 4 * alignedBytes(Precision::F32, least) + m_parameters.imageBytes();
        for (const int64_t bytes : scratchBytes(least)) used += bytes;
        return used <= kLaneBytes - kBankBytes;
    }

private:
    LaneRows m_rows;
    float m_epsilon;
    Precision m_from, m_to;
    std::vector<float> m_words;
    SharedTable m_parameters;
    std::optional<uint32_t> m_gamma, m_beta; ///< places in them
};

Status LaneNormEmitter::emit(const LocalCall& call, Assembler& out) const {
    WB_TRY(checkLanes(call));
    VectorUnit v(out);
    const auto box = [&](size_t i, const Part& part) { return alignedTensor(call.scratch[i], Precision::F32, true, part); };
    const Part wide = m_rows.wide(call.result), thin = m_rows.thin(call.result);
    Box x = box(0, wide), t = box(1, wide);
    const Box one = box(4, thin), other = box(5, thin);
    const std::array<uint32_t, 2> fold{call.scratch[2], call.scratch[3]};
    const float share = 1.0f / static_cast<float>(m_rows.length);
    const bool padded = m_rows.padded > m_rows.length;
    const Box operand = m_rows.view(call.operands[0].sub(call.result));
    // Rows of float32 that need no padding are read where they lie.
    const bool asItIs = m_from == Precision::F32 && !padded;
    if (!asItIs) v.cast(m_rows.filled(x), operand);
    if (padded) v.fill(m_rows.behind(x), 0);
    m_rows.fold(v, LaneRows::Fold::Sum, one, asItIs ? operand : x, share, fold);
    v.apply(ArOp::Sub, t, asItIs ? operand : x, one);
    if (padded) v.fill(m_rows.behind(t), 0);
    v.apply(ArOp::Mul, x, t, t);
    m_rows.fold(v, LaneRows::Fold::Sum, one, x, share, fold);
    v.apply(ArOp::Add, other, one, m_epsilon);
    v.reciprocalRoot(one, other);
    if (!m_parameters.empty()) m_parameters.spread(out, call.constants, call.scratch[6]);
    const Box result = m_rows.view(call.output);
    const bool wideResult = m_to == Precision::F32 && !padded;
    int left = 1 + (m_gamma ? 1 : 0) + (m_beta ? 1 : 0);
    Box from = t, to = x;
    const auto step = [&](uint32_t op, const Box& by) {
        if (--left == 0 && wideResult) to = result;
        v.apply(op, to, from, by);
        std::swap(from, to);
    };
    step(ArOp::Mul, one);
    if (m_gamma) step(ArOp::Mul, laneTable(x, call.scratch[6] + *m_gamma, 1, m_rows.padded));
    if (m_beta) step(ArOp::Add, laneTable(x, call.scratch[6] + *m_beta, 1, m_rows.padded));
    if (!wideResult) v.cast(result, m_rows.filled(from));
    return {};
}

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareLaneNorm(const EmitContext& c) {
    const auto& a = c.node->attributes;
    const auto& shape = c.graph->value(c.node->results[0]).type.shape;
    const auto from = floatOperand(c, 0), to = floatResult(c);
    if (!from || !to || constantOperand(c, 0) != nullptr) return notEmitted(c, "its operand or result is not a float tensor");
    int64_t axis = a.integer("axis", -1);
    if (axis < 0) axis += static_cast<int64_t>(shape.size());
    const auto rows = LaneRows::of(shape, axis);
    if (!rows) return notEmitted(c, "its rows do not lie along lanes");
    std::vector<float> parameters[2];
    for (size_t i = 0; i < 2; ++i) {
        if (c.node->operands.size() <= i + 1 || c.node->operands[i + 1] == ir::kNoValue) continue;
        const ir::Tensor* tensor = constantOperand(c, i + 1);
        if (tensor == nullptr || tensor->elementCount() != rows->length) return notEmitted(c, "its parameters are not one an element");
        parameters[i] = floatsOf(*tensor);
    }
    auto emitter = std::make_unique<LaneNormEmitter>(*rows, static_cast<float>(a.real("eps", 1e-5)), *from, *to);
    emitter->setParameters(std::move(parameters[0]), std::move(parameters[1]));
    Part least = wholePart(shape);
    least.n = {0, 1};
    least.c = {0, std::min<int64_t>(shape[1], kLanes)};
    if (shape.size() == 4) least.h = {0, 1};
    if (!emitter->fits(least)) return beyondChip(c, "rows of " + std::to_string(rows->length) + " elements");
    return std::unique_ptr<LocalEmitter>(std::move(emitter));
}

} // namespace wb::ops

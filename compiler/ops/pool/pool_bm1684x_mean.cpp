// SPDX-License-Identifier: GPL-3.0-or-later
// A mean of codes with zero points. The window's sum of codes is a depthwise convolution with ones; the model takes it
// times a scale, plus an offset, in single precision, and rounds halves away from zero.
#include "compiler/numeric/rounding.h"
#include "compiler/ops/conv/conv_bm1684x_int8.h"
#include "compiler/ops/pool/pool_bm1684x_codes.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/refusal_bm1684x.h"
#include "compiler/ops/support/vector_bm1684x.h"

#include <cmath>
#include <limits>
#include <optional>

namespace wb::ops {

using namespace bm1684x;

namespace {

struct Mean {
    float scale = 1, offset = 0;
    bool countsPadding = true;
};

/// Sums of codes: a convolution whose filter is ones.
CodeConv sumsOf(const EmitContext& context, const CodePool& pool, bool countsPadding) {
    const auto& in = context.graph->value(context.node->operands[0]).type;
    CodeConv conv;
    conv.window = pool.window;
    conv.groups = conv.inChannels = conv.outChannels = chipShape(in.shape)[1];
    const auto taps = static_cast<size_t>(conv.outChannels * pool.area());
    conv.filter = ir::Tensor::of<int8_t>(ir::ElementType::Si8, {conv.outChannels, 1, pool.window.h.kernel, pool.window.w.kernel},
                                         std::vector<int8_t>(taps, 1));
    conv.inSigned = pool.inSigned;
    conv.border = countsPadding ? zeroCodeOf(in) : 0;
    conv.zero = pool.zero;
    return conv;
}

/// A multiplier and shift for the sums above their zero points that give the model's code for every possible sum.
struct Scale {
    int64_t multiplier = 1;
    int shift = 0;
};
std::optional<Scale> wholeScale(const CodePool& pool, const Mean& mean, int64_t zeroIn) {
    constexpr int64_t kMostArea = 1 << 14; // of which all sums are tried
    if (pool.area() > kMostArea || !(mean.scale > 0x1p-24F) || !(mean.scale < 256)) return {};
    const int64_t above = zeroIn * pool.area();
    const int shift = 30 - static_cast<int>(std::ceil(std::log2(mean.scale)));
    const auto nearest = static_cast<int64_t>(std::llround(std::ldexp(static_cast<double>(mean.scale), shift)));
    const auto codeOf = [&](int64_t value) {
        return std::clamp<int64_t>(value, pool.outSigned ? -128 : 0, pool.outSigned ? 127 : 255);
    };
    for (const int64_t change : {0, 1, -1, 2, -2, 8, -8, 32, -32}) {
        const int64_t multiplier = nearest + change;
        if (multiplier > std::numeric_limits<int32_t>::max()) continue;
        bool equal = true;
        const int64_t low = (pool.inSigned ? -128 : 0) * pool.area(), high = (pool.inSigned ? 127 : 255) * pool.area();
        for (int64_t sum = low; sum <= high && equal; ++sum) {
            const float value = static_cast<float>(sum) * mean.scale;
            const int64_t wanted = codeOf(std::llround(static_cast<double>(value + mean.offset)));
            equal = codeOf(numeric::shiftRightHalfUp((sum - above) * multiplier, shift) + pool.zero) == wanted;
        }
        if (equal) return Scale{multiplier, shift};
    }
    return {};
}

/// The model's own steps: sums to float32, times scale, plus offset, rounded.
class FloatMeanEmitter final : public LocalEmitter {
public:
    FloatMeanEmitter(CodeConv sums, const Mean& mean) : m_window(sums.window), m_mean(mean), m_sums(std::move(sums)) {}
    Cuts cuts() const override { return m_sums.cuts(); }
    Part operandPart(size_t index, const Part& result) const override { return m_sums.operandPart(index, result); }
    Result<LaneImage> constants(const Part& result) const override { return m_sums.constants(result); }
    Result<int64_t> constantWidth(const Part& result) const override { return m_sums.constantWidth(result); }
    std::vector<int64_t> scratchBytes(const Part& result) const override {
        return {alignedBytes(Precision::Int32, result), alignedBytes(Precision::F32, result)};
    }
    Status emit(const LocalCall& call, Assembler& out) const override {
        LocalCall sums = call;
        sums.output = scratchBox(call.output, call.scratch[0], Precision::Int32);
        WB_TRY(m_sums.emit(sums, out));
        VectorUnit unit(out);
        const auto floats = scratchBox(call.output, call.scratch[1], Precision::F32);
        unit.cast(floats, sums.output);
        const int64_t area = m_window.h.kernel * m_window.w.kernel;
        if (m_mean.countsPadding) {
            unit.apply(ArOp::Mul, floats, floats, m_mean.scale);
        } else {
            for (const auto& [valid, parts] : rectanglesOf(m_window, call.result)) {
                const bool whole = valid == area || valid < 1;
                const float scale = whole ? m_mean.scale : m_mean.scale * static_cast<float>(area) / static_cast<float>(valid);
                for (const Part& part : parts) unit.apply(ArOp::Mul, floats.sub(part), floats.sub(part), scale);
            }
        }
        unit.apply(ArOp::Add, floats, floats, m_mean.offset);
        unit.cast(call.output, floats, Rounding::HalfAwayFromZero);
        return {};
    }

private:
    SlidingWindow m_window;
    Mean m_mean;
    CodeConvEmitter m_sums;
};

} // namespace

Result<std::unique_ptr<LocalEmitter>> prepareScaledMean(const EmitContext& context, const CodePool& pool) {
    const auto& a = context.node->attributes;
    const Mean mean{static_cast<float>(a.real("scale")), static_cast<float>(a.real("offset")), a.boolean("count_include_pad")};
    bool partly = false; // windows over the edge, whose padding does not count
    for (const SlidingAxis* axis : {&pool.window.h, &pool.window.w})
        for (int64_t at = 0; at < axis->out; ++at) {
            const int64_t inside = covered(*axis, at);
            if (inside < 1) return notEmitted(context, "a window of a mean with zero points lies beside the picture");
            partly = partly || (inside != axis->kernel && !mean.countsPadding);
        }
    CodeConv conv = sumsOf(context, pool, mean.countsPadding);
    const int64_t zeroIn = zeroCodeOf(context.graph->value(context.node->operands[0]).type);
    const auto scale = partly ? std::nullopt : wholeScale(pool, mean, zeroIn);
    if (!scale) return std::unique_ptr<LocalEmitter>(new FloatMeanEmitter(std::move(conv), mean));
    const auto channels = static_cast<size_t>(conv.outChannels);
    conv.bias.assign(channels, static_cast<int32_t>(-zeroIn * pool.area())); // no window is over an edge that does not count
    conv.multipliers.assign(channels, scale->multiplier);
    conv.shifts.assign(channels, scale->shift);
    return std::unique_ptr<LocalEmitter>(new CodeConvEmitter(std::move(conv)));
}

} // namespace wb::ops

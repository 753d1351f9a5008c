// SPDX-License-Identifier: GPL-3.0-or-later
// A convolution in float as BM1684X runs it. The bias goes into the command; the products of F16 and BF16 are summed in
// float32 there and rounded once. Depthwise ones of 16 bits would be summed in 16 bits: these go by way of float32.
#pragma once

#include "compiler/ops/support/chain_bm1684x.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/ops/support/window_bm1684x.h"

namespace wb::ops {

struct FloatConv {
    SlidingWindow window;
    int64_t groups = 1, inChannels = 1, outChannels = 1;
    std::vector<float> filter;      ///< [oc, ic / groups, kh, kw]; transposed: [oc / groups, ic, kh, kw]
    bool transposed = false;        ///< the kernel is turned by 180 degrees
    /// Instead of `filter`: a window of one pixel whose weights stand in a matrix of `precision`, which may be large and is
    /// shared, not copied; [outputs, inputs], or [inputs, outputs] if `inputsFirst`.
    ir::Tensor matrix;
    bool inputsFirst = false;
    std::vector<float> bias;        ///< one an output channel, or none
    bm1684x::Precision precision = bm1684x::Precision::F32; ///< of operand, filter and result
    kernels::UnaryOp clamp;

    bool isDepthwise() const { return groups > 1 && groups == inChannels && groups == outChannels; }
    /// Depthwise through float32 registers.
    bool widens() const { return isDepthwise() && precision != bm1684x::Precision::F32; }
    /// Input channels that these output channels read, from a multiple of 64 on.
    bm1684x::Range inputChannels(bm1684x::Range out) const;
    /// The weight at a tap of the (turned) kernel.
    float weight(int64_t out, int64_t inOfGroup, int64_t tap) const;
};

class FloatConvEmitter final : public LocalEmitter {
public:
    explicit FloatConvEmitter(FloatConv conv) : m_conv(std::move(conv)) {}
    Cuts cuts() const override { return {true, true, true, false}; }
    bm1684x::Part operandPart(size_t index, const bm1684x::Part& result) const override;
    Result<LaneImage> constants(const bm1684x::Part& result) const override;
    Result<int64_t> constantWidth(const bm1684x::Part& result) const override;
    std::vector<int64_t> scratchBytes(const bm1684x::Part& result) const override;
    Status emit(const LocalCall& call, bm1684x::Assembler& out) const override;

private:
    struct Layout {
        uint32_t bias = 0;
        std::vector<uint32_t> weights; ///< one a row of 64 channels
    };
    Layout layoutOf(bm1684x::Range channels, LaneImageBuilder& image) const;
    LaneImage matrixConstants(bm1684x::Range channels) const;
    void dense(const Box& in, uint32_t weights, uint32_t bias, const Box& to, bm1684x::Assembler& out) const;
    void depthwise(const Box& in, uint32_t weights, uint32_t bias, const Box& to, bm1684x::Assembler& out) const;

    FloatConv m_conv;
};

/// y = factor[c] · x + offset[c], then a clamp; computed in float32.
Result<std::unique_ptr<LocalEmitter>> makeAffine(const EmitContext& context, std::vector<float> factor,
                                                 std::vector<float> offset);

} // namespace wb::ops

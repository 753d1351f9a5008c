// SPDX-License-Identifier: GPL-3.0-or-later
// A convolution of 8-bit codes as BM1684X runs it: 32-bit sums in scratch, the bias, the requant of each channel. Work
// is cut into boxes whose sums fill at most one bank, so that scratch stays small and operands, sums and result lie in
// banks of their own.
#pragma once

#include "compiler/kernels/sum_form.h"
#include "compiler/ops/support/integer_bm1684x.h"
#include "compiler/ops/support/window_bm1684x.h"

#include <optional>

namespace wb::ops {

struct CodeConv {
    SlidingWindow window;
    int64_t groups = 1, inChannels = 1, outChannels = 1;
    ir::Tensor filter;              ///< [oc, ic / groups, kh, kw]
    bool rotate = false;            ///< turn the kernel by 180 degrees (transposed convolution)
    bool inSigned = true, filterSigned = true;
    std::vector<int32_t> bias;      ///< one an output channel, or none
    std::vector<int64_t> multipliers, shifts; ///< none: the result is the sums
    std::optional<kernels::SumForm> form; ///< instead of these and a bias
    bool relu = false;
    int32_t border = 0;             ///< the code that stands beyond the picture: the operand's zero point
    int32_t zero = 0;               ///< zero point of the result
    int32_t kernelZero = 0;         ///< zero point of the filter; depthwise ones have none, but outliers
    bool tflite = false;            ///< scaled in TensorFlow Lite's arithmetic: rounded twice
    /// A weight above its zero point that 8 bits do not hold: the filter has as much of it as they do.
    struct Outlier {
        int64_t channel = 0, y = 0, x = 0;
        int32_t excess = 0;
    };
    std::vector<Outlier> outliers;
    /// All that 8 bits did not hold, as a filter of its own whose sums are added; empty where outliers do, or nothing is missing.
    ir::Tensor rest;

    /// A single channel, too: one lane of the array would take 4 pixels at a time, and its weights 64 bytes a tap.
    bool isDepthwise() const { return groups == inChannels && groups == outChannels; }
    bool givesSums() const { return multipliers.empty() && !form; }
    /// Upper halves of products first, then a shift.
    bool scalesTwice() const;
    /// All channels alike: commands hold the numbers, no table is loaded.
    bool oneScale() const;
    /// Input channels that these output channels read, from a multiple of 64 on.
    bm1684x::Range inputChannels(bm1684x::Range out) const;
};

class CodeConvEmitter final : public LocalEmitter {
public:
    explicit CodeConvEmitter(CodeConv conv) : m_conv(std::move(conv)) {}
    Cuts cuts() const override { return {.n = true, .c = true, .h = true, .w = false}; }
    bm1684x::Part operandPart(size_t index, const bm1684x::Part& result) const override;
    Result<LaneImage> constants(const bm1684x::Part& result) const override;
    Result<int64_t> constantWidth(const bm1684x::Part& result) const override;
    std::vector<int64_t> scratchBytes(const bm1684x::Part& result) const override;
    Status emit(const LocalCall& call, bm1684x::Assembler& out) const override;

private:
    /// Offsets in the LaneImage for some output channels.
    struct Layout {
        int64_t slots = 0, second = 0, bias = 0;
        std::vector<int64_t> weights; ///< one a row of 64 channels
        std::vector<int64_t> rest;    ///< the same of CodeConv::rest
    };
    Layout reserve(bm1684x::Range channels, LanePacker& packer) const;
    void packRow(const ir::Tensor& filter, int64_t channel, bm1684x::Range inputs, std::byte* to) const;
    Status sums(const LocalCall& call, const Layout& layout, const bm1684x::LocalTensor& to, IntegerUnit& unit) const;
    Status dense(const bm1684x::LocalTensor& in, uint32_t weights, const bm1684x::LocalTensor& to, IntegerUnit& unit) const;
    void addOutliers(const bm1684x::LocalTensor& in, const bm1684x::LocalTensor& to, IntegerUnit& unit) const;
    void scale(const LocalCall& call, const Layout& layout, int64_t row, const bm1684x::LocalTensor& to,
               const bm1684x::LocalTensor& sums, IntegerUnit& unit) const;
    void shape(const LocalCall& call, const Layout& layout, int64_t row, const bm1684x::LocalTensor& to,
               const bm1684x::LocalTensor& sums, IntegerUnit& unit) const;
    /// Without `bias` it is left out.
    void depthwise(const bm1684x::LocalTensor& in, uint32_t weights, std::optional<uint32_t> bias, const bm1684x::LocalTensor& to,
                   IntegerUnit& unit) const;
    bool hasRest() const { return m_conv.rest.elementCount() > 0; }

    CodeConv m_conv;
};

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Constants of a node as local memory wants them.
#pragma once

#include "compiler/ops/support/vector_bm1684x.h"

namespace wb::ops {

/// The elements of a float tensor of any width as float32.
std::vector<float> floatsOf(const ir::Tensor& tensor);
/// The constant behind an operand, or null.
const ir::Tensor* constantOperand(const EmitContext& context, size_t index);

/// A LaneImage put together piece by piece; offsets are the same in every lane.
class LaneImageBuilder {
public:
    explicit LaneImageBuilder(const LaneTables& first = {});
    /// `bytes` of zeros in each lane.
    uint32_t reserve(int64_t bytes, int64_t alignment = bm1684x::kVectorBytes);
    /// One number a channel, row after row of 64 channels, 4 bytes apart (see perChannel).
    uint32_t addPerChannel(std::span<const float> values, bm1684x::Precision precision);
    /// Row-major elements of `part` in the aligned layout.
    uint32_t addAligned(std::span<const float> values, const bm1684x::Part& part, bm1684x::Precision precision);
    void write(int64_t lane, uint32_t offset, float value, bm1684x::Precision precision);
    LaneImage take();
    int64_t width() const { return bm1684x::roundUp(m_used, bm1684x::kVectorBytes); } ///< of what take() gives

private:
    int64_t m_used = 0;
    std::vector<std::vector<std::byte>> m_lanes;
};

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/lane_image_bm1684x.h"

#include "compiler/numeric/half.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {

using namespace bm1684x;

std::vector<float> floatsOf(const ir::Tensor& tensor) {
    std::vector<float> out(static_cast<size_t>(tensor.elementCount()));
    for (size_t i = 0; i < out.size(); ++i) {
        if (tensor.type() == ir::ElementType::F16)
            out[i] = numeric::fromHalf(tensor.data<uint16_t>()[i]);
        else if (tensor.type() == ir::ElementType::BF16)
            out[i] = numeric::fromBfloat16(tensor.data<uint16_t>()[i]);
        else if (tensor.type() == ir::ElementType::F32)
            out[i] = tensor.data<float>()[i];
    }
    return out;
}

const ir::Tensor* constantOperand(const EmitContext& context, size_t index) {
    if (index >= context.node->operands.size() || context.node->operands[index] == ir::kNoValue) return nullptr;
    return context.graph->weight(context.node->operands[index]);
}

LaneImageBuilder::LaneImageBuilder(const LaneTables& first) : m_lanes(kLanes) {
    if (first.words().empty()) return;
    const auto offset = reserve(static_cast<int64_t>(first.words().size() * 4));
    for (auto& lane : m_lanes) {
        lane.resize(static_cast<size_t>(m_used));
        std::memcpy(lane.data() + offset, first.words().data(), first.words().size() * 4);
    }
}

uint32_t LaneImageBuilder::reserve(int64_t bytes, int64_t alignment) {
    const int64_t offset = roundUp(m_used, alignment);
    m_used = offset + bytes;
    return static_cast<uint32_t>(offset);
}

void LaneImageBuilder::write(int64_t lane, uint32_t offset, float value, Precision precision) {
    const uint32_t bits = immediate(value, precision);
    auto& bytes = m_lanes[static_cast<size_t>(lane)]; // grows with what is written, so asking for offsets costs nothing
    if (bytes.size() < static_cast<size_t>(m_used)) bytes.resize(static_cast<size_t>(m_used));
    std::memcpy(bytes.data() + offset, &bits, static_cast<size_t>(bytesOf(precision)));
}

uint32_t LaneImageBuilder::addPerChannel(std::span<const float> values, Precision precision) {
    const auto count = static_cast<int64_t>(values.size());
    const uint32_t offset = reserve(ceilDiv(count, kLanes) * 4);
    for (int64_t c = 0; c < count; ++c)
        write(c % kLanes, offset + static_cast<uint32_t>(c / kLanes * 4), values[static_cast<size_t>(c)], precision);
    return offset;
}

uint32_t LaneImageBuilder::addAligned(std::span<const float> values, const Part& part, Precision precision) {
    const LocalTensor t = alignedTensor(0, precision, true, part);
    const uint32_t offset = reserve(alignedBytes(precision, part));
    const int64_t pixels = t.h() * t.w();
    for (int64_t n = 0; n < t.n(); ++n)
        for (int64_t c = 0; c < t.c(); ++c)
            for (int64_t p = 0; p < pixels; ++p) {
                const int64_t element = n * t.nStride + c / kLanes * t.cStride + p;
                write(c % kLanes, offset + static_cast<uint32_t>(element * bytesOf(precision)),
                      values[static_cast<size_t>((n * t.c() + c) * pixels + p)], precision);
            }
    return offset;
}

LaneImage LaneImageBuilder::take() {
    LaneImage image;
    image.width = roundUp(m_used, kVectorBytes);
    image.bytes.resize(static_cast<size_t>(kLanes * image.width));
    for (int64_t lane = 0; lane < kLanes; ++lane)
        std::copy(m_lanes[static_cast<size_t>(lane)].begin(), m_lanes[static_cast<size_t>(lane)].end(),
                  image.bytes.begin() + lane * image.width);
    m_lanes.assign(kLanes, {});
    m_used = 0;
    return image;
}

} // namespace wb::ops

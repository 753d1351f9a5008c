// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/shared_table_bm1684x.h"

#include <algorithm>
#include <cstring>

namespace wb::ops {

using namespace bm1684x;

SharedTable::SharedTable(int64_t words) : m_words(words) {
    if (words == 0) return;
    constexpr int64_t kVector = kVectorBytes / 4, kFew = 16, kMany = 32, kLong = 1024; // a broadcast is a command each
    m_chunk = roundUp(ceilDiv(words, words > kLong ? kMany : kFew), kVector);
    m_lanes = ceilDiv(words, m_chunk);
}

void SharedTable::pack(LaneImage& image, int64_t offset, const void* words) const {
    const auto* from = static_cast<const std::byte*>(words);
    for (int64_t lane = 0; lane < m_lanes; ++lane) {
        const int64_t first = lane * m_chunk, count = std::min(m_chunk, m_words - first);
        std::memcpy(image.bytes.data() + lane * image.width + offset, from + first * 4, static_cast<size_t>(count) * 4);
    }
}

void SharedTable::spread(Assembler& out, uint32_t image, uint32_t scratch) const {
    STransBc c;
    c.tsk_eu_typ = TransBcOp::LaneBroadcast;
    c.res0_prec = code(Precision::F32);
    c.res0_n = c.res0_h = c.opd0_c = 1;
    c.res0_c = u32(kLanes);
    c.res0_w = c.opd0_w = u32(m_chunk);
    for (int64_t lane = 0; lane < m_lanes; ++lane) {
        c.opd0_addr = u32(lane * kLaneBytes) + image;
        c.res0_addr = scratch + u32(lane * m_chunk * 4);
        out.add(c);
    }
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Words that every lane needs, as biases and factors of rows along lanes are. A copy a lane would make coefficients of 64
// times their size: lanes hold a share each instead, and broadcasts bring the shares to all lanes before the words are used.
#pragma once

#include "compiler/ops/emitter.h"

namespace wb::ops {

class SharedTable {
public:
    SharedTable() = default;
    explicit SharedTable(int64_t words);
    bool empty() const { return m_words == 0; }
    /// Bytes a lane of the node's LaneImage, and of the scratch buffer that the whole table comes to.
    int64_t imageBytes() const { return m_chunk * 4; }
    int64_t scratchBytes() const { return m_chunk * 4 * m_lanes; }
    /// Into an image of the right size, at `offset` of each lane; `words` are of 32 bits each.
    void pack(LaneImage& image, int64_t offset, const void* words) const;
    void spread(bm1684x::Assembler& out, uint32_t image, uint32_t scratch) const;

private:
    int64_t m_words = 0, m_chunk = 0, m_lanes = 0;
};

} // namespace wb::ops

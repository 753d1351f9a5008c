// SPDX-License-Identifier: GPL-3.0-or-later
// One side of a transfer. Inside of simulator/ only.
#pragma once

#include "compiler/target/bm1684x/simulator/context.h"

#include <algorithm>

namespace wb::bm1684x::sim {

struct Side {
    Four shape{}, strides{}; ///< n, c, h, w; in local memory the c stride is between rows of lanes
    int64_t itemBytes = 1;
    bool local = false;
    bool sameChannel = false; ///< every channel is channel 0
    std::byte* base = nullptr;
    int64_t lane0 = 0, offset = 0;

    std::byte* element(const Four& i) const {
        const int64_t c = sameChannel ? 0 : i[1];
        if (!local)
            return base + (i[0] * strides[0] + c * strides[1] + i[2] * strides[2] + i[3] * strides[3]) * itemBytes;
        const int64_t lane = lane0 + c;
        return base + lane % kLanes * kLaneBytes + offset +
               (i[0] * strides[0] + lane / kLanes * strides[1] + i[2] * strides[2] + i[3] * strides[3]) * itemBytes;
    }
};

/// CommandFault unless every element is in memory.
Result<Side> sideOf(const Context& context, const char* name, uint64_t address, const Four& shape, const Four& strides,
                    int64_t itemBytes);

/// Walks over the elements in order, rows along w.
class Cursor {
public:
    explicit Cursor(const Side& side) : m_side(side) {}
    bool done() const { return m_at[0] >= m_side.shape[0]; }
    int64_t left() const { return m_side.shape[3] - m_at[3]; }
    std::byte* at() const { return m_side.element(m_at); }
    void advance(int64_t count) {
        m_at[3] += count;
        for (size_t axis = 3; axis > 0 && m_at[axis] >= m_side.shape[axis]; --axis) {
            m_at[axis] = 0;
            ++m_at[axis - 1];
        }
    }

private:
    const Side& m_side;
    Four m_at{};
};

/// Elements of `from` in order into `to`; the constant where `from` is null. Both have as many elements.
Status moveRows(const Context& context, const Side* from, uint32_t constant, const Side& to);

} // namespace wb::bm1684x::sim

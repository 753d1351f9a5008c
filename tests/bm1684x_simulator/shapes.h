// SPDX-License-Identifier: GPL-3.0-or-later
// Random places and shapes for commands: operands in banks of their own, small enough to stay there.
#pragma once

#include "tests/bm1684x_simulator/differ.h"

namespace wb::test {

struct Shape4 {
    uint32_t n, c, h, w;
};

inline Shape4 anyShape(Dice& d) {
    return {static_cast<uint32_t>(d.roll(1, 2)), static_cast<uint32_t>(d.chance(30) ? d.roll(60, 130) : d.roll(1, 20)),
            static_cast<uint32_t>(d.roll(1, 9)), static_cast<uint32_t>(d.roll(1, 20))};
}

/// Four banks for each operand 0…3, at a multiple of `align` bytes, often not in lane 0.
inline uint32_t place(Dice& d, int operand, int64_t align = 64) {
    const int64_t lane = d.chance(40) ? d.roll(0, 63) : 0;
    return static_cast<uint32_t>(lane * bm1684x::kLaneBytes + operand * 0x10000 + d.roll(0, 20) * align);
}

template <class C> void setResult(C& c, const Shape4& s) {
    c.res0_n = s.n;
    c.res0_c = s.c;
    c.res0_h = s.h;
    c.res0_w = s.w;
}

/// Precision codes.
enum : uint32_t { kI8 = 0, kF16 = 1, kF32 = 2, kI16 = 3, kI32 = 4, kBf16 = 5 };
inline uint32_t bytesOfCode(uint32_t p) { return static_cast<uint32_t>(bm1684x::bytesOf(static_cast<bm1684x::Precision>(p))); }

} // namespace wb::test

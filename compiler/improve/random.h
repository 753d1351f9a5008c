// SPDX-License-Identifier: GPL-3.0-or-later
// Reproducible numbers: the same on every machine (SplitMix64, Steele et al. 2014).
#pragma once

#include <cstdint>

namespace wb::improve {

class Random {
public:
    explicit Random(uint64_t seed) : m_state(seed) {}
    uint64_t next() {
        uint64_t z = (m_state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    uint64_t below(uint64_t limit) { return limit == 0 ? 0 : next() % limit; }
    /// In [0, 1).
    double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
    uint64_t m_state;
};

} // namespace wb::improve

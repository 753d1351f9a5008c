// SPDX-License-Identifier: GPL-3.0-or-later
// The cheapest choice of one value for each of many variables, where costs depend on one or two of them: exactly, by
// eliminating one variable after the other. Networks are nearly chains, so tables stay small.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace wb::codegen {

class PairwiseProblem {
public:
    /// Variable of `own.size()` values and their costs; returns its index.
    size_t add(std::vector<double> own);
    /// Adds to the cost of value a of `first` together with value b of `second`: costs[a · values of second + b].
    void add(size_t first, size_t second, const std::vector<double>& costs);
    /// A value for each variable. Of equally good ones the smaller. Where the tables would pass `largest` entries, a
    /// variable takes its value 0.
    std::vector<size_t> solve(size_t largest = size_t{1} << 18) const;

private:
    std::vector<std::vector<double>> m_own;
    std::map<std::pair<size_t, size_t>, std::vector<double>> m_pairs; ///< first < second
};

} // namespace wb::codegen

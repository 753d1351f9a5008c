// SPDX-License-Identifier: GPL-3.0-or-later
// Thresholds of the few tensors that cost the outputs most, found by trying: the tensor alone is put through its codes
// and the float network behind it is run. First order overrates one-sided clipping; this does not.
#pragma once

#include "compiler/improve/ranges.h"

namespace wb::improve {

struct SearchRangeOptions {
    size_t worst = 10;     ///< classes tried
    size_t pictures = 3;   ///< calibration pictures run for each
    int rounds = 2;        ///< coarse, then finer around the best
    double leastGain = 0.05; ///< share of its damage that a new threshold must take away
};

struct SearchedClass {
    std::string owner;
    double before = 0, after = 0;             ///< thresholds
    double damageBefore = 0, damageAfter = 0; ///< error energy at the outputs as a share of theirs
};

/// Damage of each class by itself, worst first.
Result<std::vector<SearchedClass>> classDamages(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& ranges,
                                                const std::vector<RangeClass>& classes, const Inputs& pictures,
                                                size_t most, const JobContext& context);

Result<quantise::RangeTable> searchRanges(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& ranges,
                                          const std::vector<RangeClass>& classes, const Inputs& pictures,
                                          const SearchRangeOptions& options, const JobContext& context,
                                          std::vector<SearchedClass>* found = nullptr);

} // namespace wb::improve

// SPDX-License-Identifier: GPL-3.0-or-later
// What float layers weigh in a search: one each, or the cycles that they cost more on the chip. Private to this module.
#pragma once

#include "compiler/search/damage.h"

#include <nlohmann/json_fwd.hpp>

namespace wb::search {

class Weight {
public:
    explicit Weight(const Options& options) : m_options(options) {}

    bool byCycles() const { return m_options.strategy == Strategy::Knapsack; }
    double of(const std::string& layer) const;
    double of(const std::vector<std::string>& layers) const;
    /// "3 float layers, 12034 cycles more (2.1 %)".
    std::string text(size_t layers, double weight) const;
    /// The front that damages promise, for "search-front".
    nlohmann::json front(const std::vector<Move>& order, double damagePerSimilarity) const;

private:
    const Options& m_options;
};

} // namespace wb::search

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/search/weight.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace wb::search {

double Weight::of(const std::string& layer) const {
    if (!byCycles()) return 1;
    const auto it = m_options.extraCycles.find(layer);
    return it == m_options.extraCycles.end() ? 1 : std::max(1.0, it->second);
}

double Weight::of(const std::vector<std::string>& layers) const {
    double sum = 0;
    for (const std::string& layer : layers)
        sum += of(layer);
    return sum;
}

std::string Weight::text(size_t layers, double weight) const {
    std::string all = std::to_string(layers) + (layers == 1 ? " float layer" : " float layers");
    if (!byCycles()) return all;
    all += ", " + std::to_string(std::llround(weight)) + " cycles more";
    if (!(m_options.int8Cycles > 0)) return all;
    char percent[32];
    std::snprintf(percent, sizeof percent, " (%.1f %%)", 100 * weight / m_options.int8Cycles);
    return all + percent;
}

nlohmann::json Weight::front(const std::vector<Move>& order, double damagePerSimilarity) const {
    nlohmann::json points = nlohmann::json::array();
    size_t layers = 0;
    double cycles = 0;
    for (const Move& move : order) {
        layers += move.layers.size();
        cycles += move.cost;
        points.push_back({{"float_layers", layers}, {"extra_cycles", cycles}, {"predicted_cosine", 1 - move.left / damagePerSimilarity}});
    }
    return {{"int8_cycles", m_options.int8Cycles}, {"points", std::move(points)}};
}

} // namespace wb::search

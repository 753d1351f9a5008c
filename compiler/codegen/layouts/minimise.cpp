// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/layouts/minimise.h"

#include <algorithm>
#include <limits>
#include <set>

namespace wb::codegen {
namespace {

/// Costs of some variables, the last of them innermost.
struct Factor {
    std::vector<size_t> variables;
    std::vector<double> costs;
};

/// An eliminated variable: its best value for each choice of the others.
struct Decision {
    size_t variable = 0;
    std::vector<size_t> others;
    std::vector<size_t> best;
};

class Elimination {
public:
    Elimination(std::vector<size_t> sizes, std::vector<Factor> factors, size_t largest)
        : m_sizes(std::move(sizes)), m_factors(std::move(factors)), m_largest(largest), m_values(m_sizes.size()) {
        for (size_t i = 0; i < m_sizes.size(); ++i)
            m_left.insert(i);
    }

    std::vector<size_t> run() && {
        while (!m_left.empty()) {
            const auto [variable, others] = next();
            size_t entries = m_sizes[variable];
            for (const size_t other : others)
                entries = entries > m_largest ? entries : entries * m_sizes[other];
            if (entries > m_largest && !others.empty()) {
                const size_t widest = *std::max_element(others.begin(), others.end(), [&](size_t a, size_t b) {
                    return m_sizes[a] < m_sizes[b];
                });
                take(widest, 0);
            } else {
                eliminate(variable, others);
            }
        }
        for (size_t i = m_decisions.size(); i-- > 0;) {
            const Decision& d = m_decisions[i];
            m_values[d.variable] = d.best[entryOf(d.others)];
        }
        return std::move(m_values);
    }

private:
    /// The variable with the fewest others that costs depend on together with it.
    std::pair<size_t, std::vector<size_t>> next() const {
        std::map<size_t, std::set<size_t>> neighbours;
        for (const Factor& factor : m_factors)
            for (const size_t a : factor.variables)
                neighbours[a].insert(factor.variables.begin(), factor.variables.end());
        size_t best = *m_left.begin(), fewest = std::numeric_limits<size_t>::max();
        for (const size_t variable : m_left) {
            const auto found = neighbours.find(variable);
            const size_t count = found == neighbours.end() ? 0 : found->second.size();
            if (count < fewest) {
                best = variable;
                fewest = count;
            }
        }
        std::set<size_t> others = neighbours[best];
        others.erase(best);
        return {best, {others.begin(), others.end()}};
    }

    size_t entryOf(const std::vector<size_t>& variables) const {
        size_t at = 0;
        for (const size_t variable : variables)
            at = at * m_sizes[variable] + m_values[variable];
        return at;
    }

    /// Steps m_values of `variables` to the next choice.
    void step(const std::vector<size_t>& variables) {
        for (size_t i = variables.size(); i-- > 0;) {
            if (++m_values[variables[i]] < m_sizes[variables[i]]) return;
            m_values[variables[i]] = 0;
        }
    }

    std::vector<Factor> withdraw(size_t variable) {
        std::vector<Factor> own, rest;
        for (Factor& factor : m_factors) {
            const bool named = std::find(factor.variables.begin(), factor.variables.end(), variable) != factor.variables.end();
            (named ? own : rest).push_back(std::move(factor));
        }
        m_factors = std::move(rest);
        m_left.erase(variable);
        return own;
    }

    void eliminate(size_t variable, const std::vector<size_t>& others) {
        const auto own = withdraw(variable);
        Decision decision{variable, others, {}};
        Factor rest{others, {}};
        size_t entries = 1;
        for (const size_t other : others) {
            entries *= m_sizes[other];
            m_values[other] = 0;
        }
        for (size_t entry = 0; entry < entries; ++entry) {
            double least = std::numeric_limits<double>::infinity();
            size_t best = 0;
            for (size_t value = 0; value < m_sizes[variable]; ++value) {
                m_values[variable] = value;
                double cost = 0;
                for (const Factor& factor : own)
                    cost += factor.costs[entryOf(factor.variables)];
                if (cost < least) {
                    least = cost;
                    best = value;
                }
            }
            decision.best.push_back(best);
            rest.costs.push_back(least);
            step(others);
        }
        m_decisions.push_back(std::move(decision));
        if (!others.empty()) m_factors.push_back(std::move(rest));
    }

    void take(size_t variable, size_t value) {
        const auto own = withdraw(variable);
        m_decisions.push_back({variable, {}, {value}});
        for (const Factor& factor : own) {
            Factor rest;
            size_t entries = 1;
            for (const size_t v : factor.variables)
                if (v != variable) {
                    rest.variables.push_back(v);
                    entries *= m_sizes[v];
                    m_values[v] = 0;
                }
            m_values[variable] = value;
            for (size_t entry = 0; entry < entries; ++entry) {
                rest.costs.push_back(factor.costs[entryOf(factor.variables)]);
                step(rest.variables);
            }
            if (!rest.variables.empty()) m_factors.push_back(std::move(rest));
        }
    }

    std::vector<size_t> m_sizes;
    std::vector<Factor> m_factors;
    size_t m_largest;
    std::vector<size_t> m_values;
    std::set<size_t> m_left;
    std::vector<Decision> m_decisions;
};

} // namespace

size_t PairwiseProblem::add(std::vector<double> own) {
    m_own.push_back(std::move(own));
    return m_own.size() - 1;
}

void PairwiseProblem::add(size_t first, size_t second, const std::vector<double>& costs) {
    const size_t rows = m_own[first].size(), columns = m_own[second].size();
    if (first == second) {
        for (size_t a = 0; a < rows; ++a)
            m_own[first][a] += costs[a * columns + a];
        return;
    }
    auto& sum = m_pairs[std::minmax(first, second)];
    sum.resize(rows * columns);
    for (size_t a = 0; a < rows; ++a)
        for (size_t b = 0; b < columns; ++b)
            sum[first < second ? a * columns + b : b * rows + a] += costs[a * columns + b];
}

std::vector<size_t> PairwiseProblem::solve(size_t largest) const {
    std::vector<size_t> sizes;
    std::vector<Factor> factors;
    for (size_t i = 0; i < m_own.size(); ++i) {
        sizes.push_back(m_own[i].size());
        factors.push_back({{i}, m_own[i]});
    }
    for (const auto& [pair, costs] : m_pairs)
        factors.push_back({{pair.first, pair.second}, costs});
    return Elimination(std::move(sizes), std::move(factors), largest).run();
}

} // namespace wb::codegen

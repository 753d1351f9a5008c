// SPDX-License-Identifier: GPL-3.0-or-later
// The two searches (search.h).
#include "compiler/search/search.h"

#include "compiler/ops/op_def.h"
#include "compiler/quantise/host_part.h"
#include "compiler/search/candidate.h"
#include "compiler/search/weight.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace wb::search {
namespace {

using Clock = std::chrono::steady_clock;

/// For a small error e = |y' − y|² / |y|² the cosine falls by e / 2, the half-scaled similarity by e / 4.
constexpr double kDamagePerSimilarity = 4;
constexpr double kNegligible = 0.08;    ///< of the damage that the goal allows
constexpr double kLeastDamage = 1e-7;   ///< below the noise of float arithmetic
constexpr int kNeededInARow = 3;

bool isLayer(const ir::Node& node) {
    return node.op != "top.Weight" && node.op != "top.None" && node.op != "top.Input";
}

/// The vendor's search never measures these; they follow their input (dossier section 4.2).
bool isSkipped(const std::string& op) {
    constexpr std::array kSkipped{"top.Input",   "top.Reshape", "top.Softmax", "top.Weight", "top.MaxPool",
                                  "top.Slice",   "top.Tile",    "top.Permute", "top.Upsample"};
    return std::any_of(kSkipped.begin(), kSkipped.end(), [&](const char* s) { return op == s; });
}

std::string shortest(double value) {
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return std::string(text, end);
}
std::string sixDecimals(double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.6f", value);
    return text;
}

class Search {
public:
    Search(const ir::Graph& top, const quantise::RangeTable& ranges, size_t samples, const SampleLoader& load,
           const Options& options, const JobContext& context)
        : m_top(top), m_options(options), m_context(context), m_weight(options), m_samples(samples), m_users(top.users()),
          m_evaluator(top, ranges, samples, load, options) {
        int layers = 0;
        for (const ir::Node& node : top.nodes()) {
            if (!isLayer(node))
                continue;
            ++layers;
            const auto* def = ops::opTable().find(node.op);
            const int64_t macs = def != nullptr && def->macs != nullptr ? def->macs(top, node) : 0;
            m_macs[nameOf(node)] = macs;
            m_allMacs += macs;
        }
        m_limit = options.maxFloatLayers > 0 ? static_cast<size_t>(options.maxFloatLayers)
                                             : static_cast<size_t>(std::max(1, layers / 4));
    }

    Result<Outcome> run() {
        const auto start = Clock::now();
        WB_TRY(m_evaluator.runReference(m_context));
        WB_ASSIGN(m_current, m_evaluator.measure(m_options.fixed, true, m_context));
        m_outcome.int8Cosine = m_outcome.mixedCosine = m_current.outputs;
        tell({}, m_current.outputs, true);
        m_evaluator.keepLast();
        if (m_current.outputs > m_options.expectedCosine) {
            m_outcome.int8IsEnough = m_outcome.goalReached = true;
            m_context.line("job success, current int8 cos:" + shortest(m_current.outputs) +
                           " is higher than expected_cos:" + shortest(m_options.expectedCosine) +
                           ",no need for mix precsion");
        } else {
            const Status status = m_options.strategy == Strategy::Walk ? walk() : rank();
            if (!status && !isCancelled(status.error()))
                return status.error();
            m_outcome.cancelled = !status;
            m_outcome.goalReached = m_outcome.mixedCosine > m_options.expectedCosine;
            if (!m_outcome.goalReached && !m_outcome.cancelled)
                m_context.diagnostics().warn(
                    Code::SearchGoalNotReached,
                    "the best table reaches " + sixDecimals(m_outcome.mixedCosine) + ", the goal is " +
                        shortest(m_options.expectedCosine) + ", " + layersUsed());
        }
        std::stable_sort(m_outcome.loss.begin(), m_outcome.loss.end(),
                         [](const auto& a, const auto& b) { return a.similarity < b.similarity; });
        m_outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        return std::move(m_outcome);
    }

private:
    /// The walk ends once it is above the limit, as the vendor's does: its last layer brings readers with it.
    std::string layersUsed() const {
        const std::string used = std::to_string(m_outcome.floatLayers.size()), limit = std::to_string(m_limit);
        return m_outcome.floatLayers.size() > m_limit ? used + " float layers are used, the walk ends above " + limit
                                                      : used + " of at most " + limit + " float layers are used";
    }
    const std::string& nameOf(const ir::Node& node) const { return m_top.value(node.results[0]).name; }
    bool isFree(const std::string& name) const {
        return !m_options.locked.contains(name) && !m_options.fixed.contains(name);
    }
    quantise::PrecisionTable tableOf(const std::vector<std::string>& layers) const {
        quantise::PrecisionTable table = m_options.fixed;
        for (const std::string& name : layers)
            table.insert_or_assign(name, m_options.floatType);
        return table;
    }
    double shareOf(const std::vector<std::string>& layers) const {
        int64_t macs = 0;
        for (const std::string& name : layers)
            if (const auto it = m_macs.find(name); it != m_macs.end())
                macs += it->second;
        return m_allMacs > 0 ? static_cast<double>(macs) / static_cast<double>(m_allMacs) : 0;
    }
    void tell(const std::vector<std::string>& layers, double cosine, bool best) {
        ++m_outcome.candidates;
        nlohmann::json candidate{{"float_layers", layers.size()}, {"float_macs_share", shareOf(layers)}, {"cosine", cosine},
                                 {"layers", layers}, {"best", best}};
        if (m_weight.byCycles()) {
            candidate["extra_cycles"] = m_weight.of(layers);
            candidate["int8_cycles"] = m_options.int8Cycles;
        }
        m_context.event("search-candidate", candidate);
    }
    void decide(const std::string& name, double layerCosine, double before, double after, double share,
                bool keep) {
        char percent[32];
        std::snprintf(percent, sizeof percent, "%.1f", share * 100);
        const std::string text = "layer " + name + ": " + sixDecimals(before) + " -> " + sixDecimals(after) +
                                 " for " + percent + " % more float work; " + (keep ? "kept" : "undone");
        m_context.event("search-layer", {{"name", name},
                                         {"cosine", layerCosine},
                                         {"gain", after - before},
                                         {"kept", keep},
                                         {"text", text}});
    }

    /// Section 4.2, as at the time of the guide: the bad layer and its direct readers become float.
    Status walk() {
        std::vector<std::string> chosen;
        std::set<std::string, std::less<>> isFloat;
        const auto add = [&](const std::string& name, std::vector<std::string>& to) {
            if (isFree(name) && !isFloat.contains(name) && std::find(to.begin(), to.end(), name) == to.end())
                to.push_back(name);
        };
        const auto count = m_top.nodes().size();
        for (size_t n = 0; n < count; ++n) {
            const ir::Node& node = m_top.nodes()[n];
            if (!isLayer(node))
                continue;
            WB_TRY(m_context.checkStop());
            const std::string& name = nameOf(node);
            m_context.progress({"search", static_cast<double>(n), static_cast<double>(count), name});
            if (isSkipped(node.op)) {
                const bool follows =
                    std::any_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
                        return id != ir::kNoValue && isFloat.contains(m_top.value(id).name);
                    });
                if (follows && isFree(name) && isFloat.insert(name).second)
                    chosen.push_back(name);
                continue;
            }
            const double cosine = m_current.layers[static_cast<size_t>(node.results[0])];
            if (cosine < 0 || isFloat.contains(name))
                continue; // not in the lowered network, or float already
            m_outcome.loss.push_back({name, cosine});
            if (cosine >= m_options.minLayerCosine)
                continue;
            std::vector<std::string> switched;
            add(name, switched);
            for (const ir::ValueId result : node.results)
                for (const ir::NodeId user : m_users[static_cast<size_t>(result)])
                    add(nameOf(m_top.node(user)), switched);
            if (switched.empty())
                continue;
            std::vector<std::string> tried = chosen;
            tried.insert(tried.end(), switched.begin(), switched.end());
            WB_ASSIGN(Measurement measured, m_evaluator.measure(tableOf(tried), true, m_context));
            const bool keep = measured.outputs >= m_outcome.int8Cosine;
            const bool best = keep && measured.outputs > m_outcome.mixedCosine;
            tell(tried, measured.outputs, best);
            decide(name, cosine, m_current.outputs, measured.outputs, shareOf(switched), keep);
            if (!keep)
                continue;
            chosen = std::move(tried);
            isFloat.insert(switched.begin(), switched.end());
            m_current = std::move(measured);
            m_evaluator.keepLast();
            if (best) {
                m_outcome.mixedCosine = m_current.outputs;
                m_outcome.floatLayers = chosen;
            }
            if (m_outcome.mixedCosine > m_options.expectedCosine || chosen.size() > m_limit)
                return {};
        }
        return {};
    }

    /// The layers' own similarities, for the loss table: a symptom, no criterion.
    void noteLosses() {
        for (const ir::Node& node : m_top.nodes()) {
            if (!isLayer(node) || isSkipped(node.op)) continue;
            const double cosine = m_current.layers[static_cast<size_t>(node.results[0])];
            if (cosine >= 0) m_outcome.loss.push_back({nameOf(node), cosine});
        }
    }

    /// Measures a table; notes it when it is the best so far: reaching the goal with fewer layers, or else
    /// coming nearer to it.
    Result<double> attempt(const std::vector<std::string>& layers) {
        WB_ASSIGN(const Measurement measured, m_evaluator.measure(tableOf(layers), false, m_context));
        const bool reached = measured.outputs > m_options.expectedCosine;
        const bool before = m_outcome.mixedCosine > m_options.expectedCosine;
        const bool best = reached ? !before || m_weight.of(layers) < m_weight.of(m_outcome.floatLayers)
                                  : !before && measured.outputs > m_outcome.mixedCosine;
        tell(layers, measured.outputs, best);
        if (best) {
            m_outcome.mixedCosine = measured.outputs;
            m_outcome.floatLayers = layers;
            m_outcome.extraCycles = m_weight.byCycles() ? m_weight.of(layers) : 0;
        }
        if (m_weight.byCycles())
            m_context.line(m_weight.text(layers.size(), m_weight.of(layers)) + ": " + sixDecimals(measured.outputs) +
                           (reached ? ", the goal is reached" : ""));
        return measured.outputs;
    }

    /// Sets of layers in the order in which they pay most; a layer that is locked never moves.
    Result<std::vector<Move>> moves() {
        WB_ASSIGN(const auto int8, m_evaluator.lowered(ops::Precision::Int8, m_options.fixed, m_context));
        std::vector<TensorClass> classes = tensorClasses(m_top, *int8);
        m_context.progress({"damage", 0, static_cast<double>(classes.size())});
        const double allowed = kDamagePerSimilarity * (1 - m_options.expectedCosine);
        WB_TRY(measureDamages(std::make_shared<ir::Graph>(m_top), m_evaluator, m_samples,
                              std::max(kLeastDamage, kNegligible * allowed), classes, m_context));
        std::vector<bool> free(m_top.nodes().size()), isFloat(m_top.nodes().size());
        for (size_t n = 0; n < free.size(); ++n) {
            const ir::Node& node = m_top.nodes()[n];
            if (node.results.empty()) continue;
            free[n] = isLayer(node) && isFree(nameOf(node));
            const auto fixed = m_options.fixed.find(nameOf(node));
            isFloat[n] = fixed != m_options.fixed.end() && fixed->second != ops::Precision::Int8;
        }
        if (!m_weight.byCycles()) return orderMoves(classes, free, isFloat, m_limit);
        std::vector<double> costs(free.size(), 1);
        for (size_t n = 0; n < costs.size(); ++n)
            if (!m_top.nodes()[n].results.empty()) costs[n] = m_weight.of(nameOf(m_top.nodes()[n]));
        std::vector<Move> order = orderMoves(classes, free, isFloat, m_limit, costs);
        m_context.event("search-front", m_weight.front(order, kDamagePerSimilarity));
        return order;
    }

    /// How many of the moves to try next: where the sum of what is left, times what it was wrong by the last
    /// time, meets the goal; between those that are known to miss and to reach it.
    size_t guess(const std::vector<Move>& order, double factor, size_t low, size_t high) const {
        const double allowed = kDamagePerSimilarity * (1 - m_options.expectedCosine);
        size_t n = low + 1;
        while (n + 1 < high && n < order.size() && order[n - 1].left * factor >= allowed)
            ++n;
        return n;
    }

    Status rank() {
        noteLosses();
        WB_ASSIGN(const std::vector<Move> order, moves());
        const auto prefix = [&](size_t n) {
            std::vector<std::string> names;
            for (size_t i = 0; i < n; ++i)
                for (const ir::NodeId layer : order[i].layers)
                    names.push_back(nameOf(m_top.node(layer)));
            return names;
        };
        size_t low = 0, high = order.size() + 1; // low misses the goal, high reaches it
        double factor = 1;
        for (int round = 0; high - low > 1; ++round) {
            const size_t middle = low + (high - low) / 2;
            const size_t n = round % 3 == 2 ? middle : guess(order, factor, low, high);
            m_context.progress({"search", static_cast<double>(prefix(n).size()), static_cast<double>(m_limit)});
            WB_ASSIGN(const double cosine, attempt(prefix(n)));
            (cosine > m_options.expectedCosine ? high : low) = n;
            if (order[n - 1].left > 0) factor = kDamagePerSimilarity * (1 - cosine) / order[n - 1].left;
        }
        if (high > order.size()) return {};
        return prune(order, high);
    }

    /// A move further down may have made an earlier one unnecessary: those that promised least are tried
    /// first, until some in a row were needed.
    Status prune(const std::vector<Move>& order, size_t count) {
        std::vector<std::pair<double, size_t>> worth;
        for (size_t i = 0; i + 1 < count; ++i) {
            const double before = i == 0 ? order[0].left : order[i - 1].left;
            worth.emplace_back((before - order[i].left) / order[i].cost, i);
        }
        std::sort(worth.begin(), worth.end());
        int needed = 0;
        for (size_t at = 0; at < worth.size() && needed < kNeededInARow; ++at) {
            std::vector<std::string> names, fewer;
            for (const ir::NodeId layer : order[worth[at].second].layers)
                names.push_back(nameOf(m_top.node(layer)));
            for (const std::string& name : m_outcome.floatLayers)
                if (std::find(names.begin(), names.end(), name) == names.end()) fewer.push_back(name);
            const double with = m_outcome.mixedCosine;
            WB_ASSIGN(const double without, attempt(fewer));
            const bool keep = without <= m_options.expectedCosine;
            needed = keep ? needed + 1 : 0;
            for (const std::string& name : names)
                decide(name, layerCosine(name), without, with, shareOf({name}), keep);
        }
        return {};
    }

    double layerCosine(const std::string& name) const {
        for (const auto& row : m_outcome.loss)
            if (row.name == name) return row.similarity;
        return 0;
    }

    const ir::Graph& m_top;
    const Options& m_options;
    const JobContext& m_context;
    const Weight m_weight;
    const size_t m_samples;
    std::vector<std::vector<ir::NodeId>> m_users;
    Evaluator m_evaluator;
    Measurement m_current;
    Outcome m_outcome;
    std::map<std::string, int64_t, std::less<>> m_macs;
    int64_t m_allMacs = 0;
    size_t m_limit = 1;
};

} // namespace

const char* spelling(Strategy strategy) {
    return strategy == Strategy::Walk ? "walk" : strategy == Strategy::Knapsack ? "knapsack" : "ranked";
}

std::optional<Strategy> strategyFromSpelling(std::string_view text) {
    if (text == "walk" || text == "mix_search")
        return Strategy::Walk;
    if (text == "ranked" || text == "sensitivity")
        return Strategy::Sensitivity;
    if (text == "knapsack") return Strategy::Knapsack;
    return {};
}

ops::Precision floatTypeOf(ops::Chip chip) {
    return chip == ops::Chip::BM1684X  ? ops::Precision::F16
           : chip == ops::Chip::BM1684 ? ops::Precision::F32
                                       : ops::Precision::BF16;
}

Result<Outcome> searchTable(const ir::Graph& top, const quantise::RangeTable& ranges, size_t samples,
                            const SampleLoader& load, const Options& options, const JobContext& context) {
    if (samples == 0)
        return Error{Code::DatasetEmpty, "there is no sample to search with"};
    if (options.floatType == ops::Precision::Int8)
        return Error{Code::PrecisionUnavailable, "INT8 is not a float type"}.remedy("use F16, BF16 or F32");
    const ir::Graph chip = quantise::withoutHostPart(top);
    Options own = options;
    std::erase_if(own.fixed, [&](const auto& row) { return top.find(row.first) != ir::kNoValue && chip.find(row.first) == ir::kNoValue; });
    return Search(chip, ranges, samples, load, own, context).run();
}

std::vector<std::string> summaryLines(const Outcome& outcome, const std::string& tableName) {
    return {"int8 outputs_cos:" + sixDecimals(outcome.int8Cosine) + " old",
            "mix model outputs_cos:" + sixDecimals(outcome.mixedCosine),
            "Output mix quantization table to " + tableName,
            "total time:" + std::to_string(std::llround(outcome.seconds)) + " second"};
}

} // namespace wb::search

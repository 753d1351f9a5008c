// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/equalise.h"

#include "compiler/execute/team.h"
#include "compiler/improve/probe.h"
#include "compiler/search/difference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <optional>

namespace wb::improve {
namespace {

constexpr std::array kPowers{0.25, 0.5, 0.75}; ///< tried for each tensor

/// Weights as the lowering rounds them: a scale a row of the largest magnitude.
void roundRows(ir::Tensor& filter) {
    const int64_t rows = filter.shape()[0], inner = rows > 0 ? filter.elementCount() / rows : 0;
    auto* data = filter.mutableData<float>();
    for (int64_t r = 0; r < rows; ++r) {
        float* row = data + r * inner;
        double most = 0;
        for (int64_t i = 0; i < inner; ++i)
            most = std::max(most, std::fabs(static_cast<double>(row[i])));
        const double scale = most / 127;
        if (!(scale > 0)) continue;
        for (int64_t i = 0; i < inner; ++i)
            row[i] = static_cast<float>(std::round(static_cast<double>(row[i]) / scale) * scale);
    }
}

/// How a value is rounded, if it is.
struct Grids {
    std::optional<CodeGrid> raw, between;
};

float rounded(float x, const std::optional<CodeGrid>& grid) {
    if (!grid || !(grid->scale > 0)) return x;
    const double code = std::clamp(std::round(static_cast<double>(x) / grid->scale + grid->zero), grid->least(), grid->most());
    return static_cast<float>((code - grid->zero) * grid->scale);
}

/// The tensor between a pair as its consumer reads it; `scales` as scaleBetween takes them, empty: none.
ir::Tensor inCodes(const ConvPair& pair, const Values& values, std::span<const double> scales, const Grids& grids) {
    ir::Tensor result = execute::detached(values[static_cast<size_t>(pair.raw)]);
    auto* data = result.mutableData<float>();
    eachPlane(std::span<float>(data, static_cast<size_t>(result.elementCount())), result.shape(),
              [&](int64_t c, std::span<float> plane) {
                  const double factor = scales.empty() ? 1.0 : 1 / scales[static_cast<size_t>(c)];
                  const bool plain = pair.slopes.empty();
                  const float slope = plain ? 1.0F : pair.slopes[pair.slopes.size() == 1 ? 0 : static_cast<size_t>(c)];
                  for (float& x : plane) {
                      x = rounded(static_cast<float>(static_cast<double>(x) * factor), grids.raw);
                      if (!plain) x = rounded(x < 0 ? slope * x : x, grids.between);
                  }
              });
    return result;
}

/// Damage of a pair's codes: its tensors and the consumer's weights.
Result<double> damage(const Probe& probe, const ConvPair& pair, std::span<const double> scales, const Grids& grids,
                      const JobContext& context) {
    ir::Graph whole = probe.top();
    if (!scales.empty()) scaleBetween(whole, pair, scales);
    const std::string& filter = whole.value(whole.node(pair.consumer).operands[1]).name;
    ir::Tensor codes = whole.weights.at(filter);
    roundRows(codes);
    whole.weights.insert_or_assign(filter, std::move(codes));
    const auto feed = [&](ir::ValueId id, const Values& values) {
        return id == pair.between ? inCodes(pair, values, scales, grids) : values[static_cast<size_t>(id)];
    };
    return probe.damage(search::partOf(whole, staysWhen(whole, {&pair.between, 1})), feed, {}, context);
}

/// Least and largest value of each channel of the two tensors of a pair.
struct ChannelExtents {
    std::vector<double> rawLow, rawHigh, low, high;
    std::vector<double> magnitudes() const {
        std::vector<double> most(low.size());
        for (size_t c = 0; c < most.size(); ++c)
            most[c] = std::max(-low[c], high[c]);
        return most;
    }
};

Result<std::vector<ChannelExtents>> extentsOf(std::shared_ptr<const ir::Graph> top, const std::vector<ConvPair>& pairs,
                                              const Inputs& pictures, const JobContext& context) {
    std::vector<ChannelExtents> all(pairs.size());
    for (size_t i = 0; i < pairs.size(); ++i) {
        const auto channels = static_cast<size_t>(top->value(pairs[i].raw).type.shape[1]);
        for (auto ChannelExtents::*field : {&ChannelExtents::rawLow, &ChannelExtents::rawHigh, &ChannelExtents::low, &ChannelExtents::high})
            (all[i].*field).assign(channels, 0.0);
    }
    const auto take = [](const ir::Tensor& tensor, std::vector<double>& low, std::vector<double>& high) {
        eachPlane(tensor.span<float>(), tensor.shape(), [&](int64_t c, std::span<const float> plane) {
            const auto [least, most] = std::minmax_element(plane.begin(), plane.end());
            low[static_cast<size_t>(c)] = std::min(low[static_cast<size_t>(c)], static_cast<double>(*least));
            high[static_cast<size_t>(c)] = std::max(high[static_cast<size_t>(c)], static_cast<double>(*most));
        });
    };
    execute::Options execution;
    execution.observable = true;
    WB_ASSIGN(const auto executor, execute::Executor::create(std::move(top), execution, context));
    std::mutex mutex;
    WB_TRY(execute::Team(*executor).forEach(pictures.size(), context, [&](size_t picture, execute::Executor& own, const JobContext& job) {
        auto run = own.run(pictures[picture], job, [&](ir::NodeId node, std::span<const ir::Tensor> results, double) -> Status {
            for (size_t i = 0; i < pairs.size(); ++i) {
                const auto& ids = own.graph().node(node).results;
                const std::lock_guard lock(mutex);
                if (ids[0] == pairs[i].raw) take(results[0], all[i].rawLow, all[i].rawHigh);
                if (ids[0] == pairs[i].between) take(results[0], all[i].low, all[i].high);
            }
            return {};
        });
        return run ? Status{} : Status(std::move(run).error());
    }));
    return all;
}

/// The class and the member of a value that is rounded.
struct ClassPlace {
    const RangeClass* tensors = nullptr;
    const ClassMember* member = nullptr;
};
ClassPlace placeOf(const std::vector<RangeClass>& classes, ir::ValueId id) {
    for (const RangeClass& tensors : classes)
        for (const ClassMember& member : tensors.members)
            if (member.value == id) return {&tensors, &member};
    return {};
}

std::optional<CodeGrid> gridAt(const ClassPlace& place, const quantise::RangeTable& ranges, bool asymmetric) {
    if (place.member == nullptr) return {};
    return gridOf(*place.member, ranges.at(place.tensors->owner), asymmetric);
}

/// What is known of one pair while it is tried.
struct Trial {
    ConvPair pair;
    ClassPlace raw, between;
    double cost = 0; ///< to first order
    EqualisedTensor result;
    std::vector<double> scales; ///< of the best power
    quantise::RangeTable rows;  ///< of its classes, for the best power
};

/// Extents of a pair's rows when its channels are divided.
void stretch(quantise::RangeTable& table, const ir::Graph& top, const ConvPair& pair, const ChannelExtents& extents,
             std::span<const double> scales) {
    const auto set = [&](ir::ValueId id, const std::vector<double>& lows, const std::vector<double>& highs) {
        const auto row = table.find(top.value(id).name);
        if (row == table.end()) return;
        double low = 0, high = 0;
        for (size_t c = 0; c < scales.size(); ++c) {
            low = std::min(low, lows[c] / scales[c]);
            high = std::max(high, highs[c] / scales[c]);
        }
        if (row->second.min < 0) row->second.min = std::min(low, -kLeastWritten); // whether codes have a sign stays
        row->second.max = high;
        row->second.threshold = std::max(-row->second.min, high);
    };
    set(pair.raw, extents.rawLow, extents.rawHigh);
    set(pair.between, extents.low, extents.high);
}

} // namespace

size_t Equalised::applied() const {
    return static_cast<size_t>(std::count_if(tensors.begin(), tensors.end(), [](const EqualisedTensor& t) { return t.power > 0; }));
}

Result<Equalised> equalise(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& extents,
                           const quantise::RangeTable& ranges, const std::vector<RangeClass>& classes,
                           const Spreads& spreads, const Inputs& pictures, const EqualiseOptions& options,
                           const JobContext& context) {
    Equalised result{top, ranges, {}};
    std::vector<Trial> trials;
    for (ConvPair& pair : convPairs(*top)) {
        Trial trial;
        trial.raw = placeOf(classes, pair.raw);
        trial.between = placeOf(classes, pair.between);
        if (trial.between.member == nullptr && trial.raw.member == nullptr) continue; // it is float
        for (const RangeClass* tensors : {trial.raw.tensors, trial.between.tensors})
            if (tensors != nullptr && (tensors != trial.raw.tensors || trial.cost == 0))
                trial.cost += distortionOf(*tensors, spreads, ranges.at(tensors->owner), options.asymmetric);
        trial.result.name = top->value(pair.between).name;
        trial.pair = std::move(pair);
        trials.push_back(std::move(trial));
    }
    std::stable_sort(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) { return a.cost > b.cost; });
    trials.resize(std::min(trials.size(), options.worst));
    if (trials.empty() || pictures.empty()) return result;
    std::vector<ConvPair> pairs;
    for (const Trial& trial : trials)
        pairs.push_back(trial.pair);
    WB_ASSIGN(const std::vector<ChannelExtents> channels, extentsOf(top, pairs, pictures, context));
    WB_ASSIGN(const Probe probe, Probe::create(top, pictures, options.pictures, context));

    const auto measure = [&](const quantise::RangeTable& table, const std::vector<std::vector<double>>& scales) {
        return sideBySide(trials.size(), context, [&](size_t i) {
            const Grids grids{gridAt(trials[i].raw, table, options.asymmetric), gridAt(trials[i].between, table, options.asymmetric)};
            return damage(probe, trials[i].pair, scales.empty() ? std::span<const double>() : scales[i], grids, context);
        });
    };
    WB_ASSIGN(const std::vector<double> before, measure(ranges, {}));
    for (size_t i = 0; i < trials.size(); ++i)
        trials[i].result.before = trials[i].result.after = before[i];

    for (size_t step = 0; step < kPowers.size(); ++step) {
        context.progress({"equalisation", static_cast<double>(step), static_cast<double>(kPowers.size())});
        ir::Graph variant = *top; // all at once: a tensor alone is measured, so that others are scaled says nothing
        quantise::RangeTable table = extents;
        std::vector<std::vector<double>> scales;
        for (size_t i = 0; i < trials.size(); ++i) {
            scales.push_back(equalisers(channels[i].magnitudes(), kPowers[step]));
            scaleBetween(variant, trials[i].pair, scales.back());
            stretch(table, *top, trials[i].pair, channels[i], scales.back());
        }
        std::vector<RangeClass> concerned;
        for (const RangeClass& tensors : classes)
            if (std::any_of(trials.begin(), trials.end(), [&](const Trial& t) { return t.raw.tensors == &tensors || t.between.tensors == &tensors; }))
                concerned.push_back(tensors);
        WB_ASSIGN(const Spreads costs, collectSpreads(std::make_shared<const ir::Graph>(std::move(variant)), table, concerned, pictures, context));
        const quantise::RangeTable picked =
            options.asymmetric ? pickSpans(table, concerned, costs, {}) : pickRanges(table, concerned, costs, {});
        WB_ASSIGN(const std::vector<double> now, measure(picked, scales));
        for (size_t i = 0; i < trials.size(); ++i) {
            Trial& trial = trials[i];
            if (!(now[i] < trial.result.after)) continue;
            trial.result.power = kPowers[step];
            trial.result.after = now[i];
            trial.scales = scales[i];
            trial.rows.clear();
            for (const RangeClass* tensors : {trial.raw.tensors, trial.between.tensors})
                if (tensors != nullptr)
                    for (const std::string& row : tensors->rows)
                        trial.rows[row] = picked.at(row);
        }
    }

    auto changed = std::make_shared<ir::Graph>(*top);
    for (Trial& trial : trials) {
        if (trial.result.after > (1 - options.leastGain) * trial.result.before || trial.scales.empty()) {
            trial.result.power = 0;
            trial.result.after = trial.result.before;
        } else {
            scaleBetween(*changed, trial.pair, trial.scales);
            for (const auto& [row, range] : trial.rows)
                result.ranges.insert_or_assign(row, range);
        }
        result.tensors.push_back(trial.result);
    }
    if (result.applied() > 0) result.top = std::move(changed);
    return result;
}

} // namespace wb::improve

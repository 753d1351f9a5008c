// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/lowered_facts.h"

#include <algorithm>
#include <cctype>

namespace wb::jobs {

std::vector<LayerPrecision> describePrecisions(const NetworkSnapshot& network, const quantise::Lowered& lowered,
                                               const quantise::RangeTable& ranges,
                                               const quantise::PrecisionTable& requested) {
    std::map<std::string, const quantise::LayerOutcome*, std::less<>> outcomes;
    for (const quantise::LayerOutcome& outcome : lowered.layers)
        outcomes[outcome.name] = &outcome;
    std::map<std::string, ir::ValueId, std::less<>> values;
    for (size_t i = 0; i < lowered.graph->values().size(); ++i)
        values[lowered.graph->values()[i].name] = static_cast<ir::ValueId>(i);

    std::vector<LayerPrecision> list;
    for (const LayerInfo& layer : network.layers) {
        LayerPrecision p;
        p.index = layer.index;
        p.name = layer.name;
        const auto asked = requested.find(layer.name);
        p.requested = asked == requested.end() ? "auto" : ops::spelling(asked->second);
        if (const auto it = outcomes.find(layer.name); it != outcomes.end()) {
            p.actual = ops::spelling(it->second->actual);
            p.reasonCode = it->second->reasonCode;
            p.reasonText = it->second->reasonText;
        }
        const auto value = values.find(layer.name);
        if (value == values.end()) {
            p.actual.clear();
            if (p.reasonText.empty()) p.reasonCode = "R01", p.reasonText = "fused into a later layer";
        } else if (const ir::UniformQuant* quant = lowered.graph->value(value->second).type.uniform()) {
            p.scale = quant->scale();
            p.zeroPoint = quant->zeroPoint();
        }
        if (const auto range = ranges.find(layer.name); range != ranges.end()) {
            p.threshold = range->second.threshold;
            p.min = range->second.min;
            p.max = range->second.max;
        }
        list.push_back(std::move(p));
    }
    return list;
}

std::string filePrefix(const std::string& modelName, const ops::LoweringOptions& options) {
    std::string mode = ops::spelling(options.module);
    std::transform(mode.begin(), mode.end(), mode.begin(), [](unsigned char c) { return std::tolower(c); });
    if (options.module == ops::Precision::Int8) mode += options.asymmetric ? "_asym" : "_sym";
    return modelName + '_' + ops::spelling(options.chip) + '_' + mode;
}

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/deploy_report.h"

#include "compiler/jobs/json_fields.h"

#include <nlohmann/json.hpp>

namespace wb::document {
namespace {

using nlohmann::json;

std::optional<DeployComparison> comparisonIn(const json& j) {
    const auto it = j.find("comparison");
    if (it == j.end() || !it->is_object()) return {};
    DeployComparison c;
    std::string bad;
    jobs::readField(*it, "compared", c.compared);
    jobs::readField(*it, "failed", c.failed);
    jobs::readField(*it, "min_cosine", c.minCosine);
    jobs::readField(*it, "min_euclid", c.minEuclid);
    jobs::readField(*it, "first_bad", bad);
    c.firstBad = QString::fromStdString(bad);
    return c;
}

} // namespace

DeployReport deployReportFromJson(const json& j) {
    DeployReport report;
    jobs::readField(j, "passed", report.passed);
    report.quantised = comparisonIn(j);
    const auto it = j.find("bmodel");
    if (it == j.end() || !it->is_object()) return report;
    report.hasBmodel = true;
    jobs::readField(*it, "file_bytes", report.fileBytes);
    jobs::readField(*it, "coefficient_bytes", report.coefficientBytes);
    jobs::readField(*it, "neuron_bytes", report.neuronBytes);
    jobs::readField(*it, "tiu_commands", report.tiuCommands);
    jobs::readField(*it, "gdma_commands", report.gdmaCommands);
    int64_t cycles = 0;
    if (jobs::readField(*it, "total_cycles", cycles)) report.cycles = cycles;
    jobs::readField(*it, "simulated", report.simulated);
    jobs::readField(*it, "outputs", report.outputs);
    jobs::readField(*it, "equal_outputs", report.equalOutputs);
    report.bmodel = comparisonIn(*it);
    if (const auto layers = it->find("layers"); layers != it->end() && layers->is_array())
        for (const json& entry : *layers) {
            if (!entry.is_object()) continue;
            DeployLayer layer;
            std::string name;
            jobs::readField(entry, "layer", name);
            jobs::readField(entry, "begin", layer.begin);
            jobs::readField(entry, "end", layer.end);
            jobs::readField(entry, "tiu", layer.tiu);
            jobs::readField(entry, "gdma", layer.gdma);
            layer.name = QString::fromStdString(name);
            report.layers << layer;
        }
    return report;
}

} // namespace wb::document

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/probe.h"

#include <algorithm>

namespace wb::improve {
namespace {

/// Energy of the error over the reference's; 0 for a reference of zeros.
double shareOfEnergy(const ir::Tensor& now, const ir::Tensor& before) {
    double error = 0, all = 0;
    const auto a = now.span<float>(), b = before.span<float>();
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        error += d * d;
        all += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    return all > 0 ? error / all : 0;
}

} // namespace

std::vector<bool> staysWhen(const ir::Graph& graph, std::span<const ir::ValueId> changed) {
    std::vector<bool> stays(graph.values().size(), true), isChanged(graph.values().size(), false);
    for (const ir::ValueId id : changed)
        isChanged[static_cast<size_t>(id)] = true;
    for (const ir::Node& node : graph.nodes())
        if (std::any_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
                return id != ir::kNoValue && (isChanged[static_cast<size_t>(id)] || !stays[static_cast<size_t>(id)]);
            }))
            for (const ir::ValueId id : node.results)
                stays[static_cast<size_t>(id)] = false;
    return stays;
}

Result<Probe> Probe::create(std::shared_ptr<const ir::Graph> top, std::span<const execute::TensorMap> pictures, size_t most,
                            const JobContext& context) {
    Probe probe;
    probe.m_top = top;
    execute::Options execution;
    execution.observable = true;
    WB_ASSIGN(const auto executor, execute::Executor::create(std::move(top), execution, context));
    for (size_t i = 0; i < std::min(most, pictures.size()); ++i) {
        WB_ASSIGN(Values values, forward(*executor, pictures[i], context));
        probe.m_values.push_back(std::move(values));
    }
    return probe;
}

Result<double> Probe::damage(std::shared_ptr<const ir::Graph> part, const Feed& feed, std::string_view suffix,
                             const JobContext& context) const {
    if (part->outputs.empty()) return 0.0;
    WB_ASSIGN(const auto executor, execute::Executor::create(part, {}, context));
    double sum = 0;
    for (const Values& values : m_values) {
        WB_TRY(context.checkStop());
        execute::TensorMap fed;
        for (const ir::ValueId id : part->inputs()) {
            const std::string& name = part->value(id).name;
            const ir::ValueId own = m_top->find(name);
            fed.insert_or_assign(name, feed ? feed(own, values) : values[static_cast<size_t>(own)]);
        }
        WB_ASSIGN(const execute::TensorMap outputs, executor->run(fed, context));
        for (const auto& [name, tensor] : outputs) {
            std::string_view plain = name;
            if (plain.ends_with(suffix)) plain.remove_suffix(suffix.size());
            sum += shareOfEnergy(tensor, values[static_cast<size_t>(m_top->find(plain))]);
        }
    }
    return sum / static_cast<double>(std::max<size_t>(1, m_values.size() * m_top->outputs.size()));
}

} // namespace wb::improve

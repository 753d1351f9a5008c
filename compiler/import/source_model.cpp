// SPDX-License-Identifier: GPL-3.0-or-later
// Order and selection of source nodes, before anything is converted.
#include "compiler/import/source_model.h"

#include "compiler/base/edit_distance.h"

#include <algorithm>
#include <queue>
#include <set>

namespace wb::importer {
namespace {

using Producers = std::map<std::string_view, size_t>;

std::string displayName(const ops::SourceNode& node) {
    return !node.name.empty() ? node.name : node.outputs.empty() ? node.kind : node.outputs.front();
}

std::vector<std::string> nearMatches(const SourceModel& model, const std::string& wanted) {
    constexpr size_t kFar = 12;
    std::vector<std::pair<size_t, std::string>> ranked;
    for (const auto& node : model.nodes)
        for (const std::string& output : node.outputs) {
            if (output.empty() || output.size() > 256 || ranked.size() > 100000) continue;
            // "x_Conv", the name in the graph, for "x", the name in the file, is the usual slip.
            size_t distance =
                wanted == output + "_" + node.kind ? 0 : editDistance(output, wanted, kFar);
            if (distance >= kFar && output.find(wanted) != std::string::npos) distance = kFar - 1;
            if (distance < kFar) ranked.emplace_back(distance, output);
        }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (size_t i = 0; i < ranked.size() && i < 3; ++i)
        names.push_back(ranked[i].second);
    return names;
}

Result<Producers> producers(const SourceModel& model) {
    Producers made;
    for (size_t n = 0; n < model.nodes.size(); ++n)
        for (const std::string& output : model.nodes[n].outputs) {
            if (output.empty()) continue;
            if (!made.emplace(output, n).second || model.constants.contains(output))
                return Error{Code::ModelDamaged, "two nodes give the tensor '" + output + "'"}
                    .atNode(displayName(model.nodes[n]));
        }
    for (const SourceInput& input : model.inputs)
        if (made.contains(input.name))
            return Error{Code::ModelDamaged,
                         "the tensor '" + input.name + "' is an input and the result of a node"};
    return made;
}

} // namespace

Status sortNodes(SourceModel& model) {
    WB_ASSIGN(const Producers made, producers(model));
    const size_t count = model.nodes.size();
    std::vector<size_t> waiting(count, 0);
    std::vector<std::vector<size_t>> readers(count);
    for (size_t n = 0; n < count; ++n)
        for (const std::string& input : model.nodes[n].inputs)
            if (const auto it = made.find(input); it != made.end()) {
                ++waiting[n];
                readers[it->second].push_back(n);
            }
    std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
    for (size_t n = 0; n < count; ++n)
        if (waiting[n] == 0) ready.push(n);
    std::vector<size_t> order;
    while (!ready.empty()) {
        const size_t n = ready.top();
        ready.pop();
        order.push_back(n);
        for (size_t reader : readers[n])
            if (--waiting[reader] == 0) ready.push(reader);
    }
    if (order.size() != count) {
        const auto stuck =
            std::find_if(waiting.begin(), waiting.end(), [](size_t w) { return w > 0; });
        const auto& node = model.nodes[static_cast<size_t>(stuck - waiting.begin())];
        return Error{Code::GraphCycle, "the network has a cycle through " +
                                           std::to_string(count - order.size()) + " nodes"}
            .atNode(displayName(node))
            .remedy("export the network again; an ONNX graph must be free of cycles");
    }
    std::vector<ops::SourceNode> sorted;
    sorted.reserve(count);
    for (size_t n : order)
        sorted.push_back(std::move(model.nodes[n]));
    model.nodes = std::move(sorted);
    return {};
}

Status cutAt(SourceModel& model, const std::vector<std::string>& outputs) {
    WB_ASSIGN(const Producers made, producers(model));
    std::set<std::string_view> needed;
    for (const std::string& output : outputs) {
        const bool isInput = std::any_of(model.inputs.begin(), model.inputs.end(),
                                         [&](const SourceInput& i) { return i.name == output; });
        if (!made.contains(output) && !isInput && !model.constants.contains(output)) {
            Error error{Code::OutputNotFound, "the network has no tensor '" + output + "'"};
            error.fields["name"] = output;
            for (const std::string& near : nearMatches(model, output))
                error.remedies.push_back("did you mean '" + near + "'?");
            if (error.remedies.empty())
                error.remedies.push_back(
                    "use the name of a tensor of the source network, without _<operator>");
            return error;
        }
        needed.insert(output);
    }
    // Nodes are sorted, so one backward walk sees every reader before its producer.
    std::vector<char> keep(model.nodes.size(), 0);
    for (size_t n = model.nodes.size(); n-- > 0;) {
        const auto& node = model.nodes[n];
        keep[n] = std::any_of(node.outputs.begin(), node.outputs.end(), [&](const std::string& o) {
            return !o.empty() && needed.contains(o);
        });
        if (keep[n] != 0)
            for (const std::string& input : node.inputs)
                needed.insert(input);
    }
    // The views in `needed` point into the nodes, so inputs are filtered before nodes move.
    std::erase_if(model.inputs, [&](const SourceInput& i) { return !needed.contains(i.name); });
    size_t kept = 0;
    for (size_t n = 0; n < model.nodes.size(); ++n)
        if (keep[n] != 0) {
            if (kept != n) std::swap(model.nodes[kept], model.nodes[n]);
            ++kept;
        }
    model.nodes.resize(kept);
    model.outputs = outputs;
    return {};
}

} // namespace wb::importer

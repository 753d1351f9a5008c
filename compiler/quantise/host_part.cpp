// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/host_part.h"

#include "compiler/ops/kernel.h"
#include "compiler/ops/lowering.h"

#include <algorithm>
#include <map>
#include <set>

namespace wb::quantise {
namespace {

using ir::ValueId;

bool isBorder(std::string_view op) { return op == "top.Weight" || op == "top.Input" || op == "top.None"; }

/// Layers that a chip is bought for.
bool isHeavy(std::string_view op) {
    static const std::set<std::string_view> kOps{"top.Conv", "top.Deconv", "top.MatMul", "top.LSTM", "top.GRU", "top.RNN"};
    return kOps.contains(op);
}

} // namespace

std::vector<bool> hostNodes(const ir::Graph& top) {
    std::vector<bool> host(top.nodes().size(), false), fromHost(top.values().size(), false);
    bool any = false;
    for (size_t n = 0; n < top.nodes().size(); ++n) {
        const ir::Node& node = top.nodes()[n];
        if (isBorder(node.op)) continue;
        const bool behind = std::any_of(node.operands.begin(), node.operands.end(), [&](ValueId id) {
            return id != ir::kNoValue && fromHost[static_cast<size_t>(id)];
        });
        if (!behind && ops::loweringTable().find(node.op) != nullptr) continue;
        if (isHeavy(node.op) || ops::kernelTable().find(node.op) == nullptr) return {};
        any = host[n] = true;
        for (const ValueId id : node.results)
            fromHost[static_cast<size_t>(id)] = true;
    }
    return any ? host : std::vector<bool>{};
}

ir::Graph withoutHostPart(const ir::Graph& top) {
    ir::Graph chip = top;
    const std::vector<bool> host = hostNodes(top);
    if (host.empty()) return chip;
    chip.outputs.clear();
    const auto give = [&](ValueId id) {
        const ir::NodeId producer = id == ir::kNoValue ? ir::kNoNode : top.value(id).producer;
        if (producer == ir::kNoNode || host[static_cast<size_t>(producer)] || isBorder(top.node(producer).op)) return;
        if (std::find(chip.outputs.begin(), chip.outputs.end(), id) == chip.outputs.end()) chip.outputs.push_back(id);
    };
    std::for_each(top.outputs.begin(), top.outputs.end(), give);
    for (size_t n = 0; n < host.size(); ++n)
        if (host[n]) std::for_each(top.nodes()[n].operands.begin(), top.nodes()[n].operands.end(), give);
    if (chip.outputs.empty()) return top; // all of it is the host's
    chip.eraseDead();
    return chip;
}

bool runsOnHost(const ir::Node& lowered) { return lowered.op.starts_with("top.") && !isBorder(lowered.op); }

std::vector<ValueId> hostInputs(const ir::Graph& lowered) {
    std::vector<ValueId> inputs;
    for (const ir::Node& node : lowered.nodes()) {
        if (!runsOnHost(node)) continue;
        for (const ValueId id : node.operands) {
            const ir::Node* producer = id == ir::kNoValue ? nullptr : lowered.producer(id);
            if (producer == nullptr || runsOnHost(*producer) || producer->op == "top.Weight") continue;
            if (std::find(inputs.begin(), inputs.end(), id) == inputs.end()) inputs.push_back(id);
        }
    }
    return inputs;
}

HostSplit splitHost(std::shared_ptr<const ir::Graph> lowered) {
    HostSplit split;
    ir::Graph host;
    host.name = lowered->name + "_host";
    host.attributes = lowered->attributes;
    host.attributes.set("module.state", "TOP_F32");
    host.attributes.set("module.weight_file", host.name + "_weights.npz");
    const std::vector<ValueId> taken = hostInputs(*lowered);
    std::map<ValueId, ValueId> twins;
    for (const ValueId id : taken) {
        ir::TensorType type = lowered->value(id).type;
        twins[id] = host.add("top.Input", {}, lowered->value(id).name, std::move(type));
    }
    for (const ir::Node& node : lowered->nodes()) {
        if (!runsOnHost(node)) continue;
        std::vector<ValueId> operands;
        for (const ValueId id : node.operands) {
            if (id != ir::kNoValue && !twins.contains(id)) // a constant
                twins[id] = host.addWeight(lowered->value(id).name, *lowered->weight(id), lowered->value(id).type);
            operands.push_back(id == ir::kNoValue ? id : twins.at(id));
        }
        std::vector<std::string> names;
        std::vector<ir::TensorType> types;
        for (const ValueId id : node.results) {
            names.push_back(lowered->value(id).name);
            types.push_back(lowered->value(id).type);
        }
        split.layers.push_back(names.front() + " (" + node.op.substr(4) + ")");
        const ir::NodeId made = host.addNode(node.op, std::move(operands), std::move(names), std::move(types), node.attributes);
        for (size_t i = 0; i < node.results.size(); ++i)
            twins[node.results[i]] = host.node(made).results[i];
    }
    if (split.layers.empty()) {
        split.chip = std::move(lowered);
        return split;
    }
    ir::Graph chip = *lowered;
    chip.outputs.clear();
    for (const ValueId id : lowered->outputs) {
        const ir::Node* producer = lowered->producer(id);
        if (producer != nullptr && runsOnHost(*producer)) host.outputs.push_back(twins.at(id));
        else chip.outputs.push_back(id);
    }
    for (const ValueId id : taken)
        if (std::find(chip.outputs.begin(), chip.outputs.end(), id) == chip.outputs.end()) chip.outputs.push_back(id);
    chip.eraseDead();
    split.chip = std::make_shared<const ir::Graph>(std::move(chip));
    split.host = std::make_shared<const ir::Graph>(std::move(host));
    return split;
}

} // namespace wb::quantise

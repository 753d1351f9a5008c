// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/network_snapshot.h"

#include "compiler/ops/op_def.h"

#include <algorithm>
#include <cstdio>

namespace wb::jobs {
namespace {

std::string attributeText(const ir::Attribute& attribute) {
    struct Printer {
        std::string operator()(ir::UnitAttr) const { return "true"; }
        std::string operator()(bool value) const { return value ? "true" : "false"; }
        std::string operator()(const ir::IntAttr& value) const { return std::to_string(value.value); }
        std::string operator()(const ir::FloatAttr& value) const {
            char text[40];
            std::snprintf(text, sizeof text, "%.9g", value.value);
            return text;
        }
        std::string operator()(const std::string& value) const { return value; }
        std::string operator()(const ir::EnumAttr& value) const { return value.value; }
        std::string operator()(const ir::AttributeList& list) const {
            std::string text;
            for (const ir::Attribute& item : list)
                text += (text.empty() ? "" : ", ") + attributeText(item);
            return text;
        }
        std::string operator()(const ir::RawAttr& value) const { return value.text; }
    };
    return std::visit(Printer{}, attribute.storage());
}

void addUnique(std::vector<int>& list, int value) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

} // namespace

std::string blockOf(const std::string& layerName) {
    const size_t begin = layerName.starts_with('/') ? 1 : 0;
    const size_t end = layerName.find('/', begin);
    return end == std::string::npos ? std::string() : layerName.substr(0, end);
}

NetworkSnapshot makeSnapshot(const ir::Graph& top, const std::string& format, int opset) {
    NetworkSnapshot snapshot;
    snapshot.name = top.name;
    snapshot.format = format;
    snapshot.opset = opset;
    std::vector<int> layerOf(top.values().size(), -1);
    for (const ir::Node& node : top.nodes()) {
        if (node.op == "top.Weight" || node.op == "top.None") continue;
        const ops::OpDef* def = ops::opTable().find(node.op);
        for (const ir::ValueId result : node.results) {
            const ir::Value& value = top.value(result);
            LayerInfo layer;
            layer.index = static_cast<int>(snapshot.layers.size());
            layer.name = value.name;
            layer.type = node.op.substr(node.op.find('.') + 1);
            layer.block = blockOf(value.name);
            layer.shape = value.type.shape;
            layer.isInput = node.op == "top.Input";
            layer.isOutput = top.isOutput(result);
            if (def != nullptr) {
                layer.followsInput = def->traits.movesData;
                if (def->macs != nullptr && result == node.results.front()) layer.macs = def->macs(top, node);
            }
            for (const ir::ValueId operand : node.operands) {
                if (operand == ir::kNoValue) continue;
                if (const ir::Tensor* weight = top.weight(operand)) {
                    layer.parameters += weight->elementCount();
                } else if (const int from = layerOf[static_cast<size_t>(operand)]; from >= 0) {
                    addUnique(layer.inputs, from);
                    addUnique(snapshot.layers[static_cast<size_t>(from)].outputs, layer.index);
                }
            }
            for (const auto& [name, attribute] : node.attributes.entries())
                layer.attributes.emplace(name, attributeText(attribute));
            layerOf[static_cast<size_t>(result)] = layer.index;
            snapshot.layers.push_back(std::move(layer));
        }
    }
    for (const ir::ValueId output : top.outputs)
        snapshot.outputNames.push_back(top.value(output).name);
    return snapshot;
}

} // namespace wb::jobs

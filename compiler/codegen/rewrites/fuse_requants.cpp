// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/fuse_requants.h"

#include <optional>
#include <vector>

namespace wb::codegen {
namespace {

struct Factors {
    std::vector<int64_t> multipliers, shifts; ///< one a channel
};

/// Of a requant of sums in TensorFlow Lite's arithmetic, over `channels` channels.
std::optional<Factors> factorsOf(const ir::Graph& graph, const ir::Node& node, int64_t channels) {
    const auto& a = node.attributes;
    if (!a.enumerator("quant_mode").starts_with("TFLite")) return {};
    const auto count = static_cast<size_t>(channels);
    Factors f;
    if (node.op == "tpu.RequantInt") {
        f.multipliers.assign(count, a.integer("multiplier", 1));
        f.shifts.assign(count, a.integer("rshift", 0));
        return f;
    }
    const ir::Tensor* table = node.op == "tpu.RequantIntAxis" && node.operands.size() > 1 ? graph.weight(node.operands[1]) : nullptr;
    const auto* quant = graph.value(node.results[0]).type.uniform();
    if (table == nullptr || quant == nullptr || ir::sizeInBytes(table->type()) != 4 || table->elementCount() != 3 * channels ||
        a.integer("rq_axis", 1) != 1)
        return {};
    for (size_t c = 0; c < count; ++c) {
        const int32_t* row = table->data<int32_t>() + 3 * c;
        if (row[2] != quant->zeroPoint()) return {};
        f.multipliers.push_back(row[0]);
        f.shifts.push_back(-row[1]);
    }
    return f;
}

} // namespace

ir::Graph fuseRequants(const ir::Graph& source) {
    ir::Graph graph = source;
    const auto users = graph.users();
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const ir::Node& requant = graph.node(static_cast<ir::NodeId>(i));
        if (requant.op != "tpu.RequantInt" && requant.op != "tpu.RequantIntAxis") continue;
        const ir::ValueId sums = requant.operands[0];
        const ir::Node* conv = graph.producer(sums);
        if (conv == nullptr || conv->op != "tpu.Conv2D" || users[static_cast<size_t>(sums)].size() != 1 || graph.isOutput(sums) ||
            graph.value(sums).type.element != ir::ElementType::I32 || graph.value(sums).type.shape.size() != 4)
            continue;
        const auto factors = factorsOf(graph, requant, graph.value(sums).type.shape[1]);
        if (!factors) continue;
        ir::AttributeMap a = conv->attributes;
        a.set("multiplier", ir::Attribute::ints(factors->multipliers));
        a.set("rshift", ir::Attribute::ints(factors->shifts));
        a.set("quant_mode", *requant.attributes.find("quant_mode"));
        std::vector<ir::ValueId> operands = conv->operands;
        ir::Node& both = graph.node(static_cast<ir::NodeId>(i));
        both.op = "tpu.Conv2D";
        both.operands = std::move(operands);
        both.attributes = std::move(a);
    }
    graph.eraseDead();
    return graph;
}

} // namespace wb::codegen

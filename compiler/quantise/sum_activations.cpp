// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/sum_activations.h"

#include "compiler/ops/activation/own_codes.h"
#include "compiler/ops/conv/conv_attributes.h"
#include "compiler/ops/conv/sum_followers.h"
#include "compiler/quantise/lowering_builder.h"

#include <algorithm>
#include <array>

namespace wb::quantise {
namespace {

const ir::Tensor* floatConstant(const ir::Graph& graph, const ir::Node& node, size_t operand) {
    if (operand >= node.operands.size() || node.operands[operand] == ir::kNoValue) return nullptr;
    const ir::Tensor* tensor = graph.weight(node.operands[operand]);
    return tensor != nullptr && tensor->type() == ir::ElementType::F32 ? tensor : nullptr;
}

/// Whether a convolution is one of codes once it is INT8.
bool isCodeConv(const ir::Graph& graph, const ir::Node& conv) {
    if (conv.op != "top.Conv") return false;
    const bool plainBias = conv.operands.size() < 3 || conv.operands[2] == ir::kNoValue || floatConstant(graph, conv, 2) != nullptr;
    return plainBias && floatConstant(graph, conv, 1) != nullptr && graph.value(conv.results[0]).type.shape.size() <= 4;
}

/// The convolution before an activation that alone reads it.
const ir::Node* convBefore(const ir::Graph& top, const ir::Node& activation, const Users& users) {
    if (activation.operands.empty() || activation.operands[0] == ir::kNoValue) return nullptr;
    const ir::ValueId sums = activation.operands[0];
    const ir::Node* conv = top.producer(sums);
    const bool alone = users[static_cast<size_t>(sums)].size() == 1 && !top.isOutput(sums);
    return conv != nullptr && alone && isCodeConv(top, *conv) && !conv->attributes.boolean("do_relu") ? conv : nullptr;
}

/// Hollow in the middle, with nothing to set.
bool isSmooth(const std::string& op) {
    constexpr std::array kSmooth{"top.SiLU", "top.GELU", "top.Mish", "top.Softplus"};
    return std::any_of(kSmooth.begin(), kSmooth.end(), [&](const char* name) { return op == name; });
}

} // namespace

std::vector<double> slopesForSums(const ir::Graph& top, const ir::Node& activation, const Users& users) {
    const bool leaky = activation.op == "top.LeakyRelu";
    if (!leaky && activation.op != "top.PRelu") return {};
    const ir::Node* conv = convBefore(top, activation, users);
    if (conv == nullptr) return {};
    std::vector<double> slopes;
    if (leaky) {
        slopes.push_back(activation.attributes.real("alpha"));
    } else if (const ir::Tensor* weight = floatConstant(top, activation, 1)) {
        for (const float slope : weight->span<float>())
            slopes.push_back(static_cast<double>(slope));
        const auto channels = static_cast<size_t>(floatConstant(top, *conv, 1)->shape().front());
        if (slopes.size() != 1 && slopes.size() != channels) return {};
    }
    const auto fits = [](double slope) { return slope >= -1 && slope <= 1; };
    return std::all_of(slopes.begin(), slopes.end(), fits) ? slopes : std::vector<double>{};
}

bool takenFromSums(const ir::Graph& top, const ir::Node& activation, const Users& users) {
    return isSmooth(activation.op) ? convBefore(top, activation, users) != nullptr : !slopesForSums(top, activation, users).empty();
}

bool givesOutput(const ir::Graph& top, const ir::Node& conv, const Users& users) {
    if (!isCodeConv(top, conv) || conv.attributes.boolean("do_relu")) return false;
    const ir::ValueId result = conv.results[0];
    return users[static_cast<size_t>(result)].empty() && top.isOutput(result);
}

std::shared_ptr<const ir::Graph> withOwnSums(const ir::Graph& top, size_t& alone) {
    auto marked = std::make_shared<ir::Graph>(top);
    const Users users = top.users();
    bool gains = false;
    alone = 0;
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(marked->nodes().size()); ++id) {
        const ir::Node& node = top.node(id);
        const bool taken = takenFromSums(top, node, users);
        gains = gains || taken || givesOutput(top, node, users);
        if (node.op != "top.LeakyRelu" && !(node.op == "top.PRelu" && taken)) continue;
        marked->node(id).attributes.set(ops::kOwnCodes, true);
        alone += taken ? 0 : 1;
        gains = true;
    }
    if (!gains) return nullptr;
    marked->attributes.set(kOwnSumsModule, true);
    return marked;
}

FusedNames takeActivations(ir::Graph& graph, const PrecisionTable& precisions, const LowerOptions& options, const JobContext& context) {
    FusedNames fused;
    if (options.target.chip != ops::Chip::BM1684X || !graph.attributes.boolean(kOwnSumsModule)) return fused;
    const auto isInt8 = [&](ir::ValueId id) {
        const auto wanted = precisions.find(graph.value(id).name);
        return (wanted == precisions.end() ? options.target.module : wanted->second) == ops::Precision::Int8;
    };
    const Users users = graph.users();
    Builder types(graph, options.target, false, context);
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(graph.nodes().size()); ++id) {
        ir::Node& node = graph.node(id);
        if (node.results.empty() || !isInt8(node.results[0]) || graph.value(node.results[0]).type.calibrated() == nullptr) continue;
        if (isCodeConv(graph, node)) {
            node.attributes.set(ops::kOwnSums, true);
            if (!options.quantOutput && givesOutput(graph, node, users)) node.attributes.set(ops::kSumResult, true);
            continue;
        }
        if (!takenFromSums(graph, node, users) || !isInt8(node.operands[0])) continue;
        const std::vector<double> slopes = slopesForSums(graph, node, users);
        if (slopes.empty()) {
            const auto type = types.typeFor(node.results[0], ops::Precision::Int8);
            if (!type || !ops::linesGive(node.op, ops::codesOf(*type))) continue;
        } else if (!node.attributes.boolean(ops::kOwnCodes)) {
            continue;
        }
        const ir::Node conv = *graph.producer(node.operands[0]);
        fused.emplace(graph.value(node.operands[0]).name, graph.value(node.results[0]).name);
        const std::string activation = node.op;
        node.op = conv.op;
        node.operands = conv.operands;
        node.attributes = conv.attributes;
        node.attributes.set(ops::kOwnSums, true);
        if (slopes.empty()) node.attributes.set(ops::kSumActivation, activation);
        else node.attributes.set(ops::kSumSlopes, ir::Attribute::floats(slopes));
    }
    if (!fused.empty()) graph.eraseDead();
    return fused;
}

} // namespace wb::quantise

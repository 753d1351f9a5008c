// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/onnx/onnx_rewrite.h"

#include "compiler/ops/import_help.h"

#include <algorithm>
#include <optional>

namespace wb::importer {
namespace {

using ops::inputName;
using ops::SourceNode;
using Constants = std::map<std::string, ir::Tensor, std::less<>>;

struct Uses {
    std::map<std::string, size_t, std::less<>> maker; ///< index of the node that makes a name
    std::map<std::string, int, std::less<>> readers;
};

Uses usesOf(const std::vector<SourceNode>& nodes, const std::vector<std::string>& outputs) {
    Uses uses;
    for (size_t i = 0; i < nodes.size(); ++i) {
        for (const std::string& name : nodes[i].outputs)
            uses.maker.emplace(name, i);
        for (const std::string& name : nodes[i].inputs)
            ++uses.readers[name];
    }
    for (const std::string& name : outputs)
        ++uses.readers[name];
    return uses;
}

const SourceNode* makerOf(const std::vector<SourceNode>& nodes, const Uses& uses, const std::string& name, const char* kind) {
    const auto it = uses.maker.find(name);
    if (it == uses.maker.end()) return nullptr;
    const SourceNode& node = nodes[it->second];
    return node.domain.empty() && node.kind == kind ? &node : nullptr;
}

bool onlyReader(const Uses& uses, const std::string& name) {
    const auto it = uses.readers.find(name);
    return it != uses.readers.end() && it->second == 1;
}

SourceNode dequantise(const SourceNode& like, const std::string& codes, const std::string& scale, const std::string& zero,
                      int64_t axis, const std::string& output) {
    SourceNode node;
    node.kind = "DequantizeLinear";
    node.version = like.version;
    node.name = output;
    node.attributes["axis"] = axis;
    node.inputs = {codes, scale};
    if (!zero.empty()) node.inputs.push_back(zero);
    node.outputs = {output};
    return node;
}

/// Mul(Cast(MatMulInteger(codes, weights, zeros…)), Mul(scale of the codes, scale of the weights)): the nodes that take the Mul's place.
std::vector<SourceNode> product(const std::vector<SourceNode>& nodes, const Uses& uses, const Constants& constants, const SourceNode& mul) {
    for (size_t side = 0; side < 2; ++side) {
        const SourceNode* cast = makerOf(nodes, uses, mul.inputs[side], "Cast");
        const SourceNode* scales = makerOf(nodes, uses, mul.inputs[1 - side], "Mul");
        if (cast == nullptr || scales == nullptr || cast->inputs.size() != 1 || scales->inputs.size() != 2) continue;
        const SourceNode* sum = makerOf(nodes, uses, cast->inputs[0], "MatMulInteger");
        const bool conv = sum == nullptr;
        if (conv) sum = makerOf(nodes, uses, cast->inputs[0], "ConvInteger");
        if (sum == nullptr || sum->inputs.size() < 2 || !onlyReader(uses, cast->inputs[0]) || !onlyReader(uses, mul.inputs[side])) continue;
        const SourceNode* codes = makerOf(nodes, uses, sum->inputs[0], "DynamicQuantizeLinear");
        if (codes == nullptr || codes->outputs.size() != 3) continue;
        const auto own = std::find(scales->inputs.begin(), scales->inputs.end(), codes->outputs[1]);
        if (own == scales->inputs.end()) continue;
        const std::string& other = scales->inputs[own == scales->inputs.begin() ? 1 : 0];
        const auto scale = constants.find(other), weights = constants.find(sum->inputs[1]);
        if (scale == constants.end() || weights == constants.end() || weights->second.shape().size() < 2) continue;
        const auto rank = static_cast<int64_t>(weights->second.shape().size());
        // Scales of several numbers lie along the last axis of the product: the weights' columns.
        if (scale->second.elementCount() != 1 && (conv || rank != 2 || scale->second.shape().size() != 1)) continue;
        const std::string base = mul.outputs.front();
        std::vector<SourceNode> made;
        made.push_back(dequantise(*sum, sum->inputs[0], codes->outputs[1], inputName(*sum, 2), 1, base + "/codes"));
        made.push_back(dequantise(*sum, sum->inputs[1], other, inputName(*sum, 3), conv ? 0 : rank - 1, base + "/weights"));
        SourceNode real = *sum;
        real.kind = conv ? "Conv" : "MatMul";
        real.inputs = {base + "/codes", base + "/weights"};
        real.outputs = {base};
        made.push_back(std::move(real));
        return made;
    }
    return {};
}

/// The bounds of Clip for QuantizeLinear with codes of 16 bits, or nothing.
std::optional<std::pair<double, double>> boundsOf(const SourceNode& node, const Constants& constants) {
    const auto scale = constants.find(inputName(node, 1)), zero = constants.find(inputName(node, 2));
    if (scale == constants.end() || zero == constants.end() || scale->second.elementCount() != 1 || zero->second.elementCount() != 1) return {};
    const bool positive = zero->second.type() == ir::ElementType::Ui16;
    if (!positive && zero->second.type() != ir::ElementType::Si16) return {};
    const auto step = ops::toReals(scale->second), offset = ops::toReals(zero->second);
    // A range that a mask's large number stretches is rounded in steps that matter.
    constexpr double kWidest = 1024;
    if (!step || !offset || !(step->front() > 0) || step->front() * 65535 > kWidest) return {};
    const double low = positive ? 0 : -32768, high = positive ? 65535 : 32767;
    return std::pair{(low - offset->front()) * step->front(), (high - offset->front()) * step->front()};
}

} // namespace

void rewriteQuantised(std::vector<SourceNode>& nodes, const std::vector<std::string>& outputs, const Constants& constants) {
    const Uses uses = usesOf(nodes, outputs);
    std::vector<SourceNode> result;
    result.reserve(nodes.size());
    for (const SourceNode& node : nodes) {
        if (node.domain.empty() && node.kind == "Mul" && node.inputs.size() == 2 && node.outputs.size() == 1) {
            auto made = product(nodes, uses, constants, node);
            for (SourceNode& one : made)
                result.push_back(std::move(one));
            if (!made.empty()) continue;
        }
        const SourceNode* codes = node.kind == "DequantizeLinear" && node.domain.empty() && node.outputs.size() == 1 && node.inputs.size() >= 2
                                      ? makerOf(nodes, uses, node.inputs[0], "QuantizeLinear")
                                      : nullptr;
        if (codes != nullptr && codes->inputs.size() >= 3 && inputName(node, 1) == codes->inputs[1] && inputName(node, 2) == codes->inputs[2])
            if (const auto bounds = boundsOf(*codes, constants)) {
                SourceNode clip;
                clip.kind = "Clip";
                clip.version = 6; // bounds as attributes
                clip.name = node.name;
                clip.attributes["min"] = bounds->first;
                clip.attributes["max"] = bounds->second;
                clip.inputs = {codes->inputs[0]};
                clip.outputs = node.outputs;
                result.push_back(std::move(clip));
                continue;
            }
        result.push_back(node);
    }
    nodes = std::move(result);
}

} // namespace wb::importer

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/conv_pairs.h"

#include "compiler/ops/float_kernel.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace wb::improve {
namespace {

bool isConv(const ir::Graph& top, const ir::Node& node) {
    if (node.op != "top.Conv" || node.operands.size() < 2) return false;
    const ir::Tensor* filter = top.weight(node.operands[1]);
    if (filter == nullptr || filter->type() != ir::ElementType::F32 || filter->shape().size() < 3) return false;
    if (node.operands.size() < 3 || node.operands[2] == ir::kNoValue) return true;
    const ir::Tensor* bias = top.weight(node.operands[2]);
    return bias != nullptr && bias->type() == ir::ElementType::F32 && bias->elementCount() == filter->shape()[0];
}

/// The slopes below zero of a function that keeps proportions; nothing for others.
std::optional<std::vector<float>> slopesOf(const ir::Graph& top, const ir::Node& node) {
    if (node.op == "top.PRelu" && node.operands.size() == 2) {
        const ir::Tensor* slopes = top.weight(node.operands[1]);
        if (slopes == nullptr || slopes->type() != ir::ElementType::F32) return {};
        return std::vector<float>(slopes->span<float>().begin(), slopes->span<float>().end());
    }
    const auto function = node.operands.size() == 1 ? ops::unaryOpOf(node) : std::nullopt;
    if (!function) return {};
    if (function->kind == kernels::Unary::LeakyRelu) return std::vector<float>{function->a};
    if (function->kind == kernels::Unary::Relu && !(function->a > 0)) return std::vector<float>{0.0F};
    return {};
}

} // namespace

int64_t planeOf(const ir::Shape& shape) {
    int64_t count = 1;
    for (size_t i = 2; i < shape.size(); ++i)
        count *= shape[i];
    return count;
}

std::vector<ConvPair> convPairs(const ir::Graph& top) {
    const auto users = top.users();
    const auto onlyReader = [&](ir::ValueId id) -> ir::NodeId {
        const auto& readers = users[static_cast<size_t>(id)];
        return readers.size() == 1 && !top.isOutput(id) ? readers[0] : ir::kNoNode;
    };
    const auto ownWeights = [&](const ir::Node& node) {
        return std::all_of(node.operands.begin() + 1, node.operands.end(), [&](ir::ValueId id) {
            return id == ir::kNoValue || users[static_cast<size_t>(id)].size() == 1;
        });
    };
    std::vector<ConvPair> pairs;
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(top.nodes().size()); ++n) {
        const ir::Node& first = top.node(n);
        if (!isConv(top, first) || !ownWeights(first)) continue;
        const kernels::UnaryOp fused = ops::fusedRelu(first);
        if (fused.kind != kernels::Unary::None && fused.a > 0) continue; // a ReLU6 keeps no proportions
        ConvPair pair;
        pair.producer = n;
        pair.raw = pair.between = first.results[0];
        ir::NodeId reader = onlyReader(pair.raw);
        if (reader == ir::kNoNode) continue;
        if (const auto slopes = slopesOf(top, top.node(reader)); slopes && top.node(reader).operands[0] == pair.raw) {
            pair.slopes = *slopes;
            pair.between = top.node(reader).results[0];
            reader = onlyReader(pair.between);
            if (reader == ir::kNoNode) continue;
        }
        const ir::Node& second = top.node(reader);
        if (!isConv(top, second) || !ownWeights(second) || second.operands[0] != pair.between) continue;
        const int64_t channels = top.weight(first.operands[1])->shape()[0];
        const ir::Shape& shape = top.value(pair.raw).type.shape;
        const ir::Shape& filter = top.weight(second.operands[1])->shape();
        const int64_t groups = second.attributes.integer("group", 1);
        if (shape.size() < 3 || shape[1] != channels || groups < 1 || filter[1] * groups != channels || filter[0] % groups != 0) continue;
        if (pair.slopes.size() > 1 && static_cast<int64_t>(pair.slopes.size()) != channels) continue;
        pair.consumer = reader;
        pairs.push_back(std::move(pair));
    }
    return pairs;
}

void scaleBetween(ir::Graph& top, const ConvPair& pair, std::span<const double> scales) {
    const ir::Node &first = top.node(pair.producer), &second = top.node(pair.consumer);
    const auto edit = [&](ir::ValueId id, const auto& factorOf) {
        ir::Tensor& tensor = top.weights.at(top.value(id).name);
        auto* data = tensor.mutableData<float>();
        for (int64_t i = 0; i < tensor.elementCount(); ++i)
            data[i] = static_cast<float>(static_cast<double>(data[i]) * factorOf(i));
    };
    const auto scale = [&](int64_t c) { return scales[static_cast<size_t>(c)]; };
    const int64_t perChannel = top.weight(first.operands[1])->elementCount() / std::max<int64_t>(1, static_cast<int64_t>(scales.size()));
    edit(first.operands[1], [&](int64_t i) { return 1 / scale(i / perChannel); });
    if (first.operands.size() > 2 && first.operands[2] != ir::kNoValue) edit(first.operands[2], [&](int64_t i) { return 1 / scale(i); });
    const ir::Shape shape = top.weight(second.operands[1])->shape(); // [out][in / groups][taps]
    const int64_t taps = planeOf(shape), own = shape[1], outOfGroup = shape[0] / second.attributes.integer("group", 1);
    edit(second.operands[1], [&](int64_t i) {
        const int64_t out = i / (own * taps), in = i / taps % own;
        return scale(out / outOfGroup * own + in);
    });
}

std::vector<double> equalisers(std::span<const double> magnitudes, double power) {
    const double most = magnitudes.empty() ? 0 : *std::max_element(magnitudes.begin(), magnitudes.end());
    std::vector<double> scales(magnitudes.size(), 1.0);
    for (size_t c = 0; c < scales.size(); ++c)
        if (magnitudes[c] > 0) scales[c] = std::max(kLeastEqualiser, std::pow(magnitudes[c] / most, power));
    return scales;
}

} // namespace wb::improve

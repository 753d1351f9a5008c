// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic that follows a convolution and can live in its weights: BatchNorm, a factor, and a
// pointwise convolution before another one. Sums are made in double and rounded once.
#include "compiler/passes/pass.h"
#include "compiler/passes/rewrite.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace wb::passes {
namespace {

/// filter[o,…] · factor[o], bias[o] · factor[o] + shift[o].
struct Scaled {
    ir::Tensor filter;
    ir::Tensor bias;
};

std::optional<Scaled> scaleConv(const ir::Graph& graph, const ir::Node& conv,
                                const std::vector<double>& factor,
                                const std::vector<double>& shift) {
    const ir::Tensor* filter = floatWeight(graph, conv.operands[1]);
    const ir::Tensor* bias =
        conv.operands[2] == ir::kNoValue ? nullptr : floatWeight(graph, conv.operands[2]);
    if (filter == nullptr || (conv.operands[2] != ir::kNoValue && bias == nullptr)) return {};
    const int64_t channels = filter->shape()[0];
    if (channels == 0 || static_cast<int64_t>(factor.size()) != channels) return {};
    const int64_t each = filter->elementCount() / channels;
    std::vector<float> values(static_cast<size_t>(filter->elementCount())),
        sums(static_cast<size_t>(channels));
    for (int64_t o = 0; o < channels; ++o) {
        const auto c = static_cast<size_t>(o);
        for (int64_t i = 0; i < each; ++i)
            values[static_cast<size_t>(o * each + i)] = static_cast<float>(
                static_cast<double>(filter->data<float>()[o * each + i]) * factor[c]);
        const double old = bias == nullptr ? 0.0 : static_cast<double>(bias->data<float>()[o]);
        sums[c] = static_cast<float>(old * factor[c] + shift[c]);
    }
    return Scaled{makeTensor(filter->shape(), values), makeTensor({channels}, sums)};
}

/// New weights before the convolution, which moves by two; returns its new id.
ir::NodeId setWeights(ir::Graph& graph, ir::NodeId conv, std::string filterName, ir::Tensor filter,
                      std::string biasName, std::optional<ir::Tensor> bias) {
    const ir::ValueId f = insertWeight(graph, conv++, std::move(filterName), std::move(filter));
    const ir::ValueId b =
        bias ? insertWeight(graph, conv++, std::move(biasName), std::move(*bias)) : ir::kNoValue;
    graph.node(conv).operands[1] = f;
    graph.node(conv).operands[2] = b;
    return conv;
}

} // namespace

Result<bool> foldConvBatchNorm(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        const ir::Node& norm = graph.node(n);
        if (norm.op != "top.BatchNorm") continue;
        WB_TRY(context.checkStop());
        const ir::NodeId c = madeBy(graph, norm, 0, "top.Conv");
        if (c == ir::kNoNode || !plain(graph.node(c)) ||
            useCounts(graph)[static_cast<size_t>(norm.operands[0])] != 1)
            continue;
        const ir::Tensor* parts[4];
        bool known = true;
        for (size_t i = 0; i < 4; ++i) {
            parts[i] = floatWeight(graph, norm.operands[i + 1]);
            known = known && parts[i] != nullptr;
        }
        if (!known) continue;
        const double epsilon = norm.attributes.real("epsilon", 1e-5);
        const auto channels = static_cast<size_t>(parts[0]->elementCount());
        std::vector<double> factor(channels), shift(channels);
        for (size_t i = 0; i < channels; ++i) {
            const auto at = [&](int part) {
                return static_cast<double>(parts[part]->data<float>()[i]);
            };
            factor[i] = at(2) / std::sqrt(at(1) + epsilon);
            shift[i] = at(3) - at(0) * factor[i];
        }
        auto scaled = scaleConv(graph, graph.node(c), factor, shift);
        if (!scaled) continue;
        const ir::ValueId before = norm.operands[0], after = norm.results[0];
        const bool relu = norm.attributes.boolean("do_relu");
        const double limit = norm.attributes.real("relu_limit", -1);
        const std::string filterName = graph.value(graph.node(c).operands[1]).name;
        const ir::NodeId conv = setWeights(graph, c, filterName + "_bn", std::move(scaled->filter),
                                           filterName + "_bn_bias", std::move(scaled->bias));
        graph.node(conv).attributes.set("do_relu", relu);
        graph.node(conv).attributes.set("relu_limit", limit);
        // The convolution keeps its name; one that is returned takes the name of what was returned.
        const bool returned = graph.isOutput(after);
        const std::string outer = renamed(graph.value(after).name, "_BatchNormalization", "_Conv");
        graph.replaceUses(after, before);
        if (returned) setName(graph, before, outer);
        changed = true;
    }
    return changed;
}

void nameFoldedNorms(ir::Graph& origin, const ir::Graph& optimised) {
    std::set<std::string, std::less<>> names;
    for (const ir::Value& value : optimised.values())
        names.insert(value.name);
    const auto uses = useCounts(origin);
    for (const ir::Node& norm : origin.nodes()) {
        if (norm.op != "top.BatchNorm" || madeBy(origin, norm, 0, "top.Conv") == ir::kNoNode) continue;
        ir::Value &before = origin.value(norm.operands[0]), &after = origin.value(norm.results[0]);
        if (uses[static_cast<size_t>(norm.operands[0])] != 1 || names.contains(after.name)) continue; // not folded
        if (names.contains(before.name))
            std::swap(before.name, after.name);
        else
            setName(origin, norm.results[0], renamed(after.name, "_BatchNormalization", "_Conv"));
    }
}

namespace {

/// conv · const → conv, under the product's name.
bool absorbFactor(ir::Graph& graph, ir::NodeId n, const std::vector<int>& uses) {
    const ir::Node& product = graph.node(n);
    const ir::NodeId c = madeBy(graph, product, 0, "top.Conv");
    if (c == ir::kNoNode || !plain(graph.node(c)) ||
        uses[static_cast<size_t>(product.operands[0])] != 1)
        return false;
    const ir::ValueId before = product.operands[0], after = product.results[0];
    const auto channels = static_cast<size_t>(shapeOf(graph, graph.node(c).operands[1])[0]);
    auto scaled =
        scaleConv(graph, graph.node(c), std::vector(channels, product.attributes.real("const_val")),
                  std::vector(channels, 0.0));
    if (!scaled) return false;
    const std::string name = graph.value(before).name;
    const bool relu = product.attributes.boolean("do_relu");
    const double limit = product.attributes.real("relu_limit", -1);
    std::optional<ir::Tensor> bias;
    if (graph.node(c).operands[2] != ir::kNoValue) bias = std::move(scaled->bias);
    const ir::NodeId conv =
        setWeights(graph, c, name + "__mergeMulConst", std::move(scaled->filter),
                   name + "_1__mergeMulConst", std::move(bias));
    graph.node(conv).attributes.set("do_relu", relu);
    graph.node(conv).attributes.set("relu_limit", limit);
    takeOver(graph, before, after);
    return true;
}

bool allEqual(const std::vector<int64_t>& values, int64_t wanted) {
    return !values.empty() &&
           std::all_of(values.begin(), values.end(), [&](int64_t v) { return v == wanted; });
}

/// A 1×1 convolution of stride 1 without ReLU, then one without pads: both linear, so their filters
/// multiply.
bool mergePointwise(ir::Graph& graph, ir::NodeId n, const std::vector<int>& uses) {
    const ir::Node& second = graph.node(n);
    const ir::NodeId f = madeBy(graph, second, 0, "top.Conv");
    if (f == ir::kNoNode || uses[static_cast<size_t>(second.operands[0])] != 1) return false;
    const ir::Node& first = graph.node(f);
    if (!plain(first) || first.attributes.integer("group", 1) != 1 ||
        second.attributes.integer("group", 1) != 1 ||
        !allEqual(first.attributes.integers("kernel_shape"), 1) ||
        !allEqual(first.attributes.integers("strides"), 1) ||
        !allEqual(first.attributes.integers("pads"), 0) ||
        !allEqual(second.attributes.integers("pads"), 0))
        return false;
    const ir::Tensor* a = floatWeight(graph, first.operands[1]);  // [M,I,1,1]
    const ir::Tensor* b = floatWeight(graph, second.operands[1]); // [O,M,kh,kw]
    const ir::Tensor* biasA = floatWeight(graph, first.operands[2]);
    const ir::Tensor* biasB = floatWeight(graph, second.operands[2]);
    if (a == nullptr || b == nullptr || (first.operands[2] != ir::kNoValue && biasA == nullptr) ||
        (second.operands[2] != ir::kNoValue && biasB == nullptr))
        return false;
    const int64_t outs = b->shape()[0], middle = a->shape()[0], ins = a->shape()[1];
    if (outs == 0 || middle == 0 || ins == 0) return false;
    const int64_t area = b->elementCount() / (outs * middle);
    ir::Shape shape = b->shape();
    shape[1] = ins;
    const auto count = ir::checkedElementCount(shape);
    if (!count || *count > 4 * (a->elementCount() + b->elementCount()) + 4096)
        return false; // would only grow
    // Single precision, one product after the other, the second bias last: the sums of the vendor's tool to
    // the last bit (measured on its weights), on which scales and multipliers of INT8 depend.
    std::vector<float> sums(static_cast<size_t>(*count), 0.0F), offset(static_cast<size_t>(outs), 0.0F);
    for (int64_t o = 0; o < outs; ++o) {
        for (int64_t m = 0; m < middle; ++m)
            for (int64_t k = 0; k < area; ++k) {
                const float w = b->data<float>()[(o * middle + m) * area + k];
                if (biasA != nullptr) offset[static_cast<size_t>(o)] += w * biasA->data<float>()[m];
                for (int64_t i = 0; i < ins; ++i)
                    sums[static_cast<size_t>((o * ins + i) * area + k)] += w * a->data<float>()[m * ins + i];
            }
        if (biasB != nullptr) offset[static_cast<size_t>(o)] += biasB->data<float>()[o];
    }
    const std::string name = graph.value(second.results[0]).name;
    std::optional<ir::Tensor> bias;
    if (biasA != nullptr || biasB != nullptr)
        bias = makeTensor({outs}, {offset.begin(), offset.end()});
    const ir::ValueId in = first.operands[0];
    const ir::NodeId merged = setWeights(graph, n, name + "_merge_filter_weight",
                                         makeTensor(shape, {sums.begin(), sums.end()}),
                                         name + "_merge_bias_weight", std::move(bias));
    graph.node(merged).operands[0] = in;
    return true;
}

} // namespace

Result<bool> mergeConvs(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        const std::string& op = graph.node(n).op;
        if (op != "top.Conv" && op != "top.MulConst") continue;
        WB_TRY(context.checkStop());
        const auto uses = useCounts(graph);
        changed =
            (op == "top.Conv" ? mergePointwise(graph, n, uses) : absorbFactor(graph, n, uses)) ||
            changed;
    }
    return changed;
}

} // namespace wb::passes

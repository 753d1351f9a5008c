// SPDX-License-Identifier: GPL-3.0-or-later
// What onnxruntime writes into a network that it has optimised: an operator with its activation, its sum, its
// bias; spelt as those. Its com.microsoft operators of the same meaning as ONNX's are read as these (sameAsOnnx()).
#include "compiler/import/onnx/body_writer.h"
#include "compiler/ops/import_help.h"

#include <algorithm>

namespace wb::importer {
namespace {

using Name = BodyWriter::Name;
using Attributes = BodyWriter::Attributes;
using ops::attributeError;

constexpr const char* kPlainActivations[] = {"Relu", "Tanh", "Sigmoid", "Softplus", "Softsign", "HardSwish", "Elu",
                                             "Selu", "LeakyRelu", "ThresholdedRelu", "HardSigmoid", "Celu"};

/// The activation that attribute `activation` names; "" is none. Its numbers are activation_params, or attributes of their own.
Result<Name> activated(BodyWriter& w, Name x) {
    const ops::SourceNode& node = w.caller();
    const std::string kind = node.string("activation", "");
    if (kind.empty()) return x;
    const auto given = node.reals("activation_params").value_or(std::vector<double>{});
    const auto number = [&](size_t i, const char* key, double otherwise) {
        return i < given.size() ? given[i] : node.real(key, otherwise);
    };
    if (kind == "Clip")
        return w.node("Clip", {x, w.real(number(0, "activation_alpha", -3.4028234663852886e38)), w.real(number(1, "activation_beta", 3.4028234663852886e38))});
    if (std::find(std::begin(kPlainActivations), std::end(kPlainActivations), kind) == std::end(kPlainActivations))
        return attributeError(node, "activation '" + kind + "'");
    Attributes a;
    if (!given.empty() || node.has("activation_alpha")) a["alpha"] = number(0, "activation_alpha", 0);
    if (given.size() > 1 || node.has("activation_beta")) a[kind == "Selu" ? "gamma" : "beta"] = number(1, "activation_beta", 0);
    return w.node(kind, {x}, std::move(a));
}

Attributes without(Attributes attributes) {
    std::erase_if(attributes, [](const auto& row) { return row.first.starts_with("activation"); });
    return attributes;
}

Status fusedConv(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 2));
    Name y = w.node("Conv", {w.in(0), w.in(1), w.in(2)}, without(w.caller().attributes));
    if (w.has(3)) y = w.add(y, w.in(3));
    WB_ASSIGN(y, activated(w, y));
    w.give(0, y);
    return {};
}

Status fusedGemm(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 2));
    WB_ASSIGN(const Name y, activated(w, w.node("Gemm", {w.in(0), w.in(1), w.in(2)}, without(w.caller().attributes))));
    w.give(0, y);
    return {};
}

/// One side of FusedMatMul: trans turns the last two axes, transBatch brings the first axis before the last.
Name fusedSide(BodyWriter& w, size_t index, const char* turn, const char* batch) {
    const auto rank = static_cast<int64_t>(w.shape(index).size());
    Name x = w.in(index);
    if (rank < 2) return x;
    std::vector<int64_t> order(static_cast<size_t>(rank));
    for (int64_t d = 0; d < rank; ++d)
        order[static_cast<size_t>(d)] = d;
    if (w.caller().integer(batch, 0) != 0 && rank > 2) std::rotate(order.begin(), order.begin() + 1, order.end() - 1);
    if (w.caller().integer(turn, 0) != 0) std::swap(order[order.size() - 2], order.back());
    return std::is_sorted(order.begin(), order.end()) ? x : w.permute(x, order);
}

Status fusedMatMul(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 2));
    Name y = w.node("MatMul", {fusedSide(w, 0, "transA", "transBatchA"), fusedSide(w, 1, "transB", "transBatchB")});
    if (const double alpha = w.caller().real("alpha", 1); alpha != 1) y = w.mul(y, w.real(alpha));
    w.give(0, y);
    return {};
}

/// Gelu, FastGelu (by tanh), BiasGelu; the second input, where there is one, is added first.
Status gelu(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 1));
    const Name x = w.has(1) ? w.add(w.in(0), w.in(1)) : w.in(0);
    const bool fast = w.caller().kind == "FastGelu";
    w.give(0, w.node("Gelu", {x}, {{"approximate", std::string(fast ? "tanh" : "none")}}, 20));
    return {};
}

Status quickGelu(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 1));
    const double alpha = w.caller().real("alpha", 1.702F);
    const Name x = w.in(0);
    w.give(0, w.mul(x, w.node("Sigmoid", {alpha == 1 ? x : w.mul(x, w.real(alpha))})));
    return {};
}

Status biasSoftmax(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 2));
    const int64_t axis = w.caller().integer("axis", 1);
    const auto rank = static_cast<int64_t>(w.shape(0).size());
    if ((axis != -1 && axis != rank - 1) || (w.caller().integer("is_inner_broadcast", 0) != 0 && w.shape(1).size() != w.shape(0).size()))
        return attributeError(w.caller(), "axis " + std::to_string(axis) + " of " + ir::toText(w.shape(0)));
    w.give(0, w.node("Softmax", {w.add(w.in(0), w.in(1))}, {{"axis", int64_t{-1}}}));
    return {};
}

/// x / √(mean of x² + epsilon) · scale, over the axes from `axis` on.
Name rootMeanSquare(BodyWriter& w, Name x, const ir::Shape& shape, int64_t axis, const Name& scale) {
    std::vector<int64_t> axes;
    for (auto d = axis < 0 ? axis + static_cast<int64_t>(shape.size()) : axis; d < static_cast<int64_t>(shape.size()); ++d)
        axes.push_back(d);
    const Name mean = w.node("ReduceMean", {w.mul(x, x)}, {{"axes", axes}, {"keepdims", int64_t{1}}});
    const double epsilon = w.caller().real("epsilon", w.caller().domain.empty() ? 1e-5 : 1e-12);
    const Name root = w.node("Sqrt", {w.add(mean, w.real(epsilon))});
    return w.mul(w.node("Div", {x, root}), scale);
}

Status simplifiedNorm(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 2));
    const ir::Shape x = w.shape(0);
    const int64_t axis = w.caller().integer("axis", -1), rank = static_cast<int64_t>(x.size());
    if (axis < -rank || axis >= rank) return attributeError(w.caller(), "axis " + std::to_string(axis) + " of " + ir::toText(x));
    w.give(0, rootMeanSquare(w, w.in(0), x, axis, w.in(1)));
    return {};
}

/// The norm of a sum: input, skip, scale, then (not where simplified) shift, then a bias of the sum.
Status skipNorm(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 3));
    const bool simple = w.caller().kind == "SkipSimplifiedLayerNormalization";
    const size_t bias = simple ? 3 : 4;
    Name sum = w.add(w.in(0), w.in(1));
    if (w.has(bias)) sum = w.add(sum, w.in(bias));
    if (w.shape(0).empty()) return ops::nodeError(w.caller(), Code::ShapeMismatch, "a single number");
    if (simple) {
        w.give(0, rootMeanSquare(w, sum, w.shape(0), -1, w.in(2)));
    } else {
        w.give(0, w.node("LayerNormalization", {sum, w.in(2), w.in(3)}, {{"axis", int64_t{-1}}, {"epsilon", w.caller().real("epsilon", 1e-12)}}));
    }
    w.give(3, sum);
    return {};
}

/// Words, positions and segments looked up, added and normalised.
Status embedNorm(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 7));
    const ir::Shape ids = w.shape(0);
    if (ids.size() != 2) return ops::nodeError(w.caller(), Code::ShapeMismatch, "tokens of shape " + ir::toText(ids));
    const Name places = w.has(8) ? w.node("Gather", {w.in(3), w.in(8)}) : w.slice(w.in(3), 0, 0, ids[1]);
    Name sum = w.add(w.node("Gather", {w.in(2), w.in(0)}), places);
    if (w.has(1) && w.has(4)) sum = w.add(sum, w.node("Gather", {w.in(4), w.in(1)}));
    w.give(0, w.node("LayerNormalization", {sum, w.in(5), w.in(6)}, {{"axis", int64_t{-1}}, {"epsilon", w.caller().real("epsilon", 1e-12)}}));
    if (w.wants(1)) {
        if (w.has(7)) w.give(1, w.node("ReduceSum", {w.in(7), w.ints({1})}, {{"keepdims", int64_t{0}}}));
        else w.give(1, w.node("ConstantOfShape", {w.ints({ids[0]})}));
    }
    w.give(2, sum);
    return {};
}

/// Groups of channels normalised, channels last unless said otherwise; activation 1 is SiLU.
Status groupNorm(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 3));
    const bool last = w.caller().integer("channels_last", 1) != 0;
    if (w.shape(0).size() != 4) return ops::nodeError(w.caller(), Code::ShapeMismatch, "input " + ir::toText(w.shape(0)));
    const Name x = last ? w.permute(w.in(0), {0, 3, 1, 2}) : w.in(0);
    Name y = w.node("GroupNormalization", {x, w.in(1), w.in(2)},
                    {{"num_groups", w.caller().integer("groups", 1)}, {"epsilon", w.caller().real("epsilon", 1e-5)}}, 21);
    if (w.caller().integer("activation", 0) != 0) y = w.mul(y, w.node("Sigmoid", {y}));
    w.give(0, last ? w.permute(y, {0, 2, 3, 1}) : y);
    return {};
}

/// Pictures with channels last: turned, computed, and turned back.
Status channelsLast(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 1));
    if (w.shape(0).size() != 4) return ops::nodeError(w.caller(), Code::ShapeMismatch, "input " + ir::toText(w.shape(0)));
    const Name x = w.permute(w.in(0), {0, 3, 1, 2});
    const bool pool = w.caller().kind == "NhwcMaxPool";
    Name y = pool ? w.node("MaxPool", {x}, w.caller().attributes)
                  : w.node("Conv", {x, w.permute(w.in(1), {0, 3, 1, 2}), w.in(2)}, without(w.caller().attributes));
    if (!pool) {
        if (w.has(3)) y = w.add(y, w.permute(w.in(3), {0, 3, 1, 2}));
        WB_ASSIGN(y, activated(w, y));
    }
    w.give(0, w.permute(y, {0, 2, 3, 1}));
    return {};
}

constexpr OwnRow kFusedRows[] = {
    {"com.microsoft.FusedConv", fusedConv},
    {"com.microsoft.FusedGemm", fusedGemm},
    {"com.microsoft.FusedMatMul", fusedMatMul},
    {"com.microsoft.TransposeMatMul", fusedMatMul},
    {"com.microsoft.Gelu", gelu},
    {"com.microsoft.FastGelu", gelu},
    {"com.microsoft.BiasGelu", gelu},
    {"com.microsoft.QuickGelu", quickGelu},
    {"com.microsoft.BiasSoftmax", biasSoftmax},
    {"SimplifiedLayerNormalization", simplifiedNorm},
    {"RMSNormalization", simplifiedNorm},
    {"com.microsoft.SkipLayerNormalization", skipNorm},
    {"com.microsoft.SkipSimplifiedLayerNormalization", skipNorm},
    {"com.microsoft.EmbedLayerNormalization", embedNorm},
    {"com.microsoft.GroupNorm", groupNorm},
    {"com.microsoft.NhwcMaxPool", channelsLast},
    {"com.microsoft.NhwcFusedConv", channelsLast},
    {"com.microsoft.NhwcConv", channelsLast},
};

} // namespace

std::span<const OwnRow> fusedDefinitions() { return kFusedRows; }

} // namespace wb::importer

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/reweight.h"

#include "compiler/base/file.h"
#include "compiler/improve/patches.h"
#include "compiler/ops/conv/conv_attributes.h"
#include "compiler/ops/conv/sum_followers.h"
#include "compiler/ops/conv/sum_forms.h"
#include "compiler/ops/window.h"
#include "compiler/quantise/sum_activations.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unordered_map>

namespace wb::improve {
namespace {

/// A convolution of codes and the top layer that it came from.
struct Layer {
    ir::NodeId lowered = ir::kNoNode, top = ir::kNoNode;
    kernels::WindowShape shape;
    std::optional<ops::SumFollower> follower; ///< of sums that become results in float32
};

/// Why a layer of the lowered graph keeps its weights, or empty with `layer` filled in.
std::string examine(const ir::Graph& lowered, ir::NodeId id, const ir::Graph& top,
                    const std::unordered_map<std::string_view, ir::ValueId>& topValues,
                    const std::vector<std::vector<ir::NodeId>>& topUsers, Layer& layer) {
    const ir::Node& node = lowered.node(id);
    const ir::Value& result = lowered.value(node.results[0]);
    const auto twin = topValues.find(result.name);
    if (twin == topValues.end()) return "it is not a layer of the network";
    layer.lowered = id;
    layer.top = top.value(twin->second).producer;
    if (ops::hasSumForm(node)) {
        layer.follower.emplace();
        layer.follower->reach = node.attributes.real(ops::kSumUnit) * ops::kSumWide;
        if (const ir::Node& taken = top.node(layer.top); quantise::takenFromSums(top, taken, topUsers)) { // it has the name
            layer.follower->slopes = quantise::slopesForSums(top, taken, topUsers);
            if (layer.follower->slopes.empty()) layer.follower->activation = taken.op;
            layer.top = top.value(taken.operands[0]).producer;
        }
    }
    const ir::Node& source = top.node(layer.top);
    if (source.op == "top.Scale") return "it is merged with the convolution before it";
    if (source.op != "top.Conv") return "only convolutions are rewritten";
    const auto* in = lowered.value(node.operands[0]).type.uniform();
    if (in == nullptr || (result.type.uniform() == nullptr && !layer.follower)) return "it is computed in float";
    if (in->axis || in->scales.size() != 1) return "its input has several scales";
    const ir::Tensor* filter = top.weight(source.operands[1]);
    const ir::Tensor* codes = lowered.weight(node.operands[1]);
    if (filter == nullptr || codes == nullptr) return "its weights are not constant";
    if (codes->type() == ir::ElementType::Ui8) return "its weights are unsigned codes";
    if (topUsers[static_cast<size_t>(source.operands[1])].size() != 1) return "its weights are used by other layers too";
    const auto window = ops::readWindow(top, source);
    if (!window || window->shape.in[0] != 1 || window->shape.kernel[0] != 1) return "it has not two spatial axes";
    layer.shape = window->shape;
    return {};
}

bool hasBias(const ir::Graph& top, const ir::Node& node) {
    return node.operands.size() > 2 && node.operands[2] != ir::kNoValue && top.weight(node.operands[2]) != nullptr;
}

/// The layer's new weights, in the top graph and, as codes, in the lowered one.
class Rewriter {
public:
    Rewriter(ir::Graph& top, ir::Graph& lowered, const ReweightOptions& options, const kernels::Work& work)
        : m_top(top), m_lowered(lowered), m_options(options), m_work(work) {}

    LayerMove rewrite(const Layer& layer, const std::vector<InputPair>& inputs, std::vector<double>& scales) {
        const ir::Node& source = m_top.node(layer.top);
        const kernels::WindowShape& s = layer.shape;
        const int64_t own = s.inChannels / s.groups, of = s.outChannels / s.groups;
        const int64_t inner = own * s.kernel[1] * s.kernel[2];
        const bool biased = hasBias(m_top, source);
        const ir::Tensor filter = *m_top.weight(source.operands[1]);
        const ir::Tensor bias = biased ? *m_top.weight(source.operands[2]) : ir::Tensor();
        const int64_t most = std::clamp(m_options.floatBudget / std::max<int64_t>(1, 2 * inner), int64_t{64},
                                        std::max(m_options.patches, std::min<int64_t>(4 * inner, 2 * m_options.patches)));
        const std::vector<Place> places = choosePlaces(s, inputs.size(), most, m_options.seed);
        LayerMove move{m_top.value(source.results[0]).name, 0, static_cast<int64_t>(places.size()), {}};
        std::vector<SolvedRows> solved(static_cast<size_t>(s.groups));
        const auto group = [&](int64_t g, const kernels::Work& work) {
            const PatchMoments moments = momentsOf(s, g, places, inputs, biased, work);
            const auto rows = filter.span<float>().subspan(static_cast<size_t>(g * of * inner), static_cast<size_t>(of * inner));
            solved[static_cast<size_t>(g)] =
                solveRows(rows, biased ? bias.span<float>().subspan(static_cast<size_t>(g * of), static_cast<size_t>(of))
                                       : std::span<const float>(),
                          of, moments, m_options.solve);
        };
        if (s.groups == 1)
            group(0, m_work);
        else
            m_work.forEach(s.groups, 4, [&](int64_t begin, int64_t end) {
                for (int64_t g = begin; g < end; ++g)
                    group(g, {1, m_work.job});
            });
        ir::Tensor newFilter(ir::ElementType::F32, filter.shape());
        ir::Tensor newBias = biased ? ir::Tensor(ir::ElementType::F32, bias.shape()) : ir::Tensor();
        scales.clear();
        double moved = 0;
        auto* w = newFilter.mutableData<float>();
        auto* b = biased ? newBias.mutableData<float>() : nullptr;
        for (const SolvedRows& rows : solved) {
            moved += rows.moved * rows.moved / static_cast<double>(s.groups);
            for (size_t i = 0; i < rows.codes.size(); ++i)
                *w++ = static_cast<float>(rows.scales[i / static_cast<size_t>(inner)] * rows.codes[i]);
            scales.insert(scales.end(), rows.scales.begin(), rows.scales.end());
            if (b != nullptr) b = std::copy(rows.bias.begin(), rows.bias.end(), b);
        }
        move.moved = std::sqrt(moved);
        m_top.weights.insert_or_assign(m_top.value(source.operands[1]).name, newFilter);
        if (biased) m_top.weights.insert_or_assign(m_top.value(source.operands[2]).name, newBias);
        patchCodes(layer, newFilter, newBias, scales);
        return move;
    }

private:
    void patchCodes(const Layer& layer, const ir::Tensor& filter, const ir::Tensor& bias, const std::vector<double>& scales) {
        ir::Node& node = m_lowered.node(layer.lowered);
        const auto q = ops::quantiseFilter(filter.span<float>(), bias.empty() ? std::span<const float>() : bias.span<float>(),
                                           layer.shape.outChannels, ops::codesOf(m_lowered.value(node.operands[0]).type),
                                           ops::codesOf(m_lowered.value(node.results[0]).type), scales);
        const auto replace = [&]<class T>(ir::ValueId id, const std::vector<T>& values) {
            ir::Tensor& tensor = m_lowered.weights.at(m_lowered.value(id).name);
            tensor = ir::Tensor::of<T>(tensor.type(), tensor.shape(), values);
        };
        replace(node.operands[1], q.codes);
        if (layer.follower)
            return ops::setSumForm(node.attributes, ops::sumFormFor(q, ops::codesOf(m_lowered.value(node.results[0]).type),
                                                                    *layer.follower, node.attributes.boolean("do_relu")));
        if (!q.bias.empty() && node.operands.size() > 2 && node.operands[2] != ir::kNoValue) replace(node.operands[2], q.bias);
        node.attributes.set("multiplier", ir::Attribute::ints(q.multipliers));
        node.attributes.set("rshift", ir::Attribute::ints(q.shifts));
    }

    ir::Graph& m_top;
    ir::Graph& m_lowered;
    const ReweightOptions& m_options;
    const kernels::Work m_work;
};

} // namespace

std::string planKey(const quantise::RangeTable& ranges, const quantise::PrecisionTable& precisions, bool asymmetric) {
    std::string text = asymmetric ? "zero points\n" : "";
    for (const auto& [name, range] : ranges) {
        char digits[128]; // what the file of the table keeps
        if (asymmetric)
            std::snprintf(digits, sizeof digits, " %.7f %.7f %.7f\n", range.threshold, range.min, range.max);
        else
            std::snprintf(digits, sizeof digits, " %.7f %d\n", range.threshold, range.min < 0 ? 1 : 0);
        text += name + digits;
    }
    for (const auto& [name, precision] : precisions)
        text += name + ' ' + ops::spelling(precision) + '\n';
    return sha256(text).substr(0, 16);
}

Result<Reweighted> reweight(const ir::Graph& top, const quantise::RangeTable& ranges,
                            const quantise::PrecisionTable& precisions, const Inputs& pictures,
                            const ReweightOptions& options, const JobContext& context) {
    if (pictures.empty()) return Error{Code::DatasetEmpty, "there is no picture to fit weights to"};
    JobContext quiet(context.stopToken());
    WB_ASSIGN(const quantise::Lowered original, quantise::lower(top, ranges, precisions, options.form, quiet));
    ir::Graph lowered = *original.graph;
    auto changed = std::make_shared<ir::Graph>(top);
    std::unordered_map<std::string_view, ir::ValueId> topValues;
    for (size_t i = 0; i < top.values().size(); ++i)
        topValues.emplace(top.values()[i].name, static_cast<ir::ValueId>(i));
    const auto topUsers = top.users();
    Stepper exact(top, pictures), quantised(lowered, pictures);
    Rewriter rewriter(*changed, lowered, options, {context.threads(), &context});
    Reweighted result;
    result.planKey = planKey(ranges, precisions, options.form.target.asymmetric);
    const auto count = static_cast<ir::NodeId>(lowered.nodes().size());
    for (ir::NodeId n = 0; n < count; ++n) {
        const std::string& op = lowered.node(n).op;
        if (op != "tpu.Conv2D" && op != "tpu.MatMul" && op != "tpu.Deconv") continue;
        WB_TRY(context.checkStop());
        Layer layer;
        const std::string& name = lowered.value(lowered.node(n).results[0]).name;
        context.progress({"weights", static_cast<double>(n), static_cast<double>(count), name});
        if (std::string kept = examine(lowered, n, top, topValues, topUsers, layer); !kept.empty()) {
            result.layers.push_back({name, 0, 0, std::move(kept)});
            continue;
        }
        WB_TRY(quantised.advanceTo(n, context));
        WB_TRY(exact.advanceTo(layer.top, context));
        std::vector<InputPair> inputs(pictures.size());
        const ir::ValueId codes = lowered.node(n).operands[0], real = top.node(layer.top).operands[0];
        bool known = true;
        for (size_t i = 0; i < inputs.size() && known; ++i) {
            const ir::Tensor *a = quantised.value(i, codes), *f = exact.value(i, real);
            known = a != nullptr && f != nullptr && a->elementCount() == f->elementCount();
            if (known) inputs[i] = {execute::toFloat(*a, lowered.value(codes).type), *f};
        }
        if (!known) {
            result.layers.push_back({name, 0, 0, "its input is not at hand when it is run"});
            continue;
        }
        std::vector<double>& scales = result.scales[top.value(top.node(layer.top).results[0]).name];
        result.layers.push_back(rewriter.rewrite(layer, inputs, scales));
        WB_TRY(context.checkStop());
    }
    result.top = std::move(changed);
    return result;
}

Result<quantise::RangeTable> withScales(const quantise::RangeTable& ranges, const quantise::PrecisionTable& precisions,
                                        bool asymmetric, const Reweighted& weights) {
    if (planKey(ranges, precisions, asymmetric) != weights.planKey)
        return Error{Code::ProjectModelChanged, "the rewritten weights fit another table or precision plan"}
            .because("a threshold or a layer's precision has changed since they were made")
            .remedy("run the recipe again");
    quantise::RangeTable table = ranges;
    for (const auto& [name, scales] : weights.scales)
        if (const auto it = table.find(name); it != table.end()) it->second.weightScales = scales;
    return table;
}

} // namespace wb::improve

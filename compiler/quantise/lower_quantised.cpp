// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/lower_quantised.h"

#include "compiler/ops/tflite_help.h"
#include "compiler/quantise/chip_forms.h"
#include "compiler/quantise/host_part.h"
#include "compiler/quantise/lowering_builder.h"

#include <algorithm>
#include <set>

namespace wb::quantise {
namespace {

using ops::Precision;

bool isEnd(const ir::Node& node) {
    return node.op == "top.Weight" || node.op == "top.Input" || node.op == "top.None";
}

bool codes(const ir::Graph& graph, ir::ValueId id) {
    return id != ir::kNoValue && graph.value(id).type.uniform() != nullptr;
}

/// Carries codes over as they are, by the rule that other networks have for it.
bool moves(const ir::Graph& graph, const ir::Node& node) {
    static const std::set<std::string_view> kMovers{"top.Reshape", "top.Flatten",  "top.Squeeze",     "top.Unsqueeze",
                                                    "top.Permute", "top.Slice",    "top.Tile",        "top.Upsample",
                                                    "top.Pad",     "top.Depth2Space"};
    if (node.attributes.boolean("do_relu")) return false;
    if (node.op == "top.Concat")
        return std::all_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
            return codes(graph, id) && graph.weight(id) == nullptr;
        });
    if (!kMovers.contains(node.op) || !codes(graph, node.operands.at(0))) return false;
    const auto& from = graph.value(node.operands[0]).type;
    const auto& to = graph.value(node.results[0]).type;
    return from.element == to.element && from.uniform()->scales == to.uniform()->scales &&
           from.uniform()->zeroPoints == to.uniform()->zeroPoints;
}

/// A constant of codes as numbers, under a name of its own, before the node at `position`.
Status numberOperand(ir::Graph& graph, ir::NodeId& position, size_t operand) {
    const ir::ValueId id = graph.node(position).operands[operand];
    const ir::Tensor* data = graph.weight(id);
    if (data == nullptr || !codes(graph, id)) return {};
    const std::string name = graph.value(id).name + "_f32";
    ir::ValueId number = graph.find(name);
    if (number == ir::kNoValue) {
        WB_ASSIGN(ir::Tensor numbers, ops::dequantised(*data, *graph.value(id).type.uniform()));
        const ir::TensorType type{ir::ElementType::F32, numbers.shape(), true, {}};
        graph.weights.insert_or_assign(name, std::move(numbers));
        // First of all, so that every reader comes after it.
        number = graph.node(graph.insertNode(0, "top.Weight", {}, {name}, {type})).results[0];
        ++position;
    }
    graph.node(position).operands[operand] = number;
    return {};
}

/// One attempt. A layer whose rule does not take it is named in `failed`, for the next attempt to work it out in numbers.
class Walk {
public:
    Walk(const ir::Graph& source, const std::set<std::string>& inNumbers, const std::set<std::string>& onHost,
         const PrecisionTable& precisions, const LowerOptions& options, const JobContext& context)
        : m_source(source)
        , m_inNumbers(inNumbers)
        , m_onHost(onHost)
        , m_precisions(precisions)
        , m_builder(source, options.target, !precisions.empty(), context) {}

    Status run(const JobContext& context) {
        for (const ir::Node& node : m_source.nodes()) {
            WB_TRY(context.checkStop());
            if (isEnd(node)) {
                m_builder.copy(node);
                continue;
            }
            if (auto status = lowerOne(node); !status) {
                if (failed.empty()) return Error(status.error()).atNode(m_source.value(node.results[0]).name);
                return {};
            }
        }
        return {};
    }

    ir::Graph finish(const LowerOptions& options) { return m_builder.finish(options); }

    std::string failed;
    std::vector<LayerOutcome> layers;

private:
    Status lowerOne(const ir::Node& node) {
        const std::string& name = m_source.value(node.results[0]).name;
        const auto wanted = m_precisions.find(name);
        LayerOutcome outcome{name, wanted == m_precisions.end() ? Precision::Int8 : wanted->second, Precision::Int8, {}, {}};
        if (m_onHost.contains(name)) {
            m_builder.keep(node);
            outcome.actual = Precision::F32;
            if (outcome.requested != Precision::F32)
                outcome.reasonCode = "R03", outcome.reasonText = "runs on the host, behind the chip's last layer";
            layers.push_back(std::move(outcome));
            return {};
        }
        const bool gives = codes(m_source, node.results[0]);
        const bool takes = std::any_of(node.operands.begin(), node.operands.end(), [&](ir::ValueId id) {
            return m_source.weight(id == ir::kNoValue ? 0 : id) == nullptr && codes(m_source, id);
        });
        if (!m_inNumbers.contains(name) && (gives || (takes && node.op == "top.Cast"))) {
            const ops::LoweringRule own = ops::quantisedLoweringTable().find(node.op);
            const ops::LoweringRule rule = own != nullptr ? own : ops::loweringTable().find(node.op);
            const auto used = rule(m_builder, node, Precision::Int8);
            if (!used) {
                if (used.error().code == Code::OperatorNotLowered) failed = name;
                return Error(used.error());
            }
            outcome.actual = *used;
        } else {
            WB_ASSIGN(outcome.actual, inNumbers(node, outcome.requested));
        }
        if (outcome.actual != outcome.requested) {
            outcome.reasonCode = "R03";
            outcome.reasonText = node.op.substr(node.op.find('.') + 1) + " has no " + ops::spelling(outcome.requested) +
                                 " form for the network's own scales, " + ops::spelling(outcome.actual) + " is used";
        }
        layers.push_back(std::move(outcome));
        return {};
    }

    Result<Precision> inNumbers(const ir::Node& node, Precision precision) {
        if (precision == Precision::Int8) precision = Precision::F32;
        const ops::LoweringRule rule = ops::loweringTable().find(node.op);
        if (rule == nullptr)
            return Error{Code::OperatorNotLowered,
                         node.op + " cannot be lowered for " + std::string(ops::spelling(m_builder.options().chip))};
        WB_ASSIGN(const Precision used, rule(m_builder, node, precision));
        for (const ir::ValueId result : node.results) {
            if (!codes(m_source, result)) continue;
            const ir::ValueId number = m_builder.lowered(result);
            ir::TensorType type = m_source.value(result).type;
            if (m_builder.target().value(number).type.uniform() != nullptr) continue;
            ir::AttributeMap a;
            a.set("round_mode", ir::EnumAttr{"tpu", "round_mode", "HalfAwayFromZero"});
            a.set("with_scale", true);
            std::get<ir::UniformQuant>(type.quant).expressed = m_builder.target().value(number).type.element;
            const char* suffix = ir::isSignedInteger(type.element) ? "_si8" : "_ui8";
            m_builder.bind(result, m_builder.target().add("tpu.Cast", {number}, m_source.value(result).name + suffix,
                                                          std::move(type), std::move(a)));
        }
        return used;
    }

    const ir::Graph& m_source;
    const std::set<std::string>& m_inNumbers;
    const std::set<std::string>& m_onHost;
    const PrecisionTable& m_precisions;
    Builder m_builder;
};

/// What stays float behind the chip's last layer, by the name of the first result.
std::set<std::string> layersOnHost(const ir::Graph& graph) {
    std::set<std::string> names;
    const std::vector<bool> host = hostNodes(graph);
    for (size_t n = 0; n < host.size(); ++n)
        if (host[n]) names.insert(graph.value(graph.nodes()[n].results[0]).name);
    return names;
}

/// Layers worked out in numbers from the beginning: no rule, or the table wants so.
std::set<std::string> layersInNumbers(const ir::Graph& graph, const PrecisionTable& precisions) {
    std::set<std::string> names;
    for (const ir::Node& node : graph.nodes()) {
        if (isEnd(node)) continue;
        const std::string& name = graph.value(node.results[0]).name;
        const auto wanted = precisions.find(name);
        const bool takes = !node.operands.empty() && codes(graph, node.operands[0]);
        const bool own = (codes(graph, node.results[0]) &&
                          (ops::quantisedLoweringTable().find(node.op) != nullptr || moves(graph, node))) ||
                         (takes && node.op == "top.Cast");
        const bool eight = std::all_of(node.results.begin(), node.results.end(), [&](ir::ValueId id) {
            return ir::sizeInBytes(graph.value(id).type.element) == 1;
        });
        if (!own || (!eight && node.op != "top.Cast") || (wanted != precisions.end() && wanted->second != Precision::Int8))
            names.insert(name);
    }
    return names;
}

} // namespace

bool bringsScales(const ir::Graph& top) { return top.attributes.string("module.state") == "TOP_QUANTIZED"; }

Result<ir::Graph> withoutCodes(const ir::Graph& top) {
    ir::Graph graph = top;
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(graph.nodes().size()); ++id)
        for (const ir::ValueId result : graph.node(id).results) {
            ir::Value& value = graph.value(result);
            if (value.type.uniform() == nullptr) continue;
            if (const ir::Tensor* data = graph.weight(result)) {
                WB_ASSIGN(ir::Tensor numbers, ops::dequantised(*data, *value.type.uniform()));
                graph.weights.insert_or_assign(value.name, std::move(numbers));
            }
            value.type.element = ir::ElementType::F32;
            value.type.quant = {};
        }
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(graph.nodes().size()); ++id)
        if (graph.node(id).op == "top.Cast" && !graph.node(id).attributes.has("to"))
            graph.replaceUses(graph.node(id).results[0], graph.node(id).operands[0]);
    graph.eraseDead();
    graph.attributes.set("module.state", "TOP_F32");
    return graph;
}

Result<Lowered> lowerQuantised(const ir::Graph& top, const PrecisionTable& precisions, const LowerOptions& options,
                               const JobContext& context) {
    if (options.target.module != Precision::Int8) {
        WB_ASSIGN(const ir::Graph numbers, withoutCodes(top));
        return lower(numbers, {}, precisions, options, context);
    }
    LowerOptions own = options;
    own.target.asymmetric = true;
    own.quantInput = false; // inputs are what the file says
    own.quantOutput = true;
    ir::Graph shaped = top;
    reductionsToPools(shaped);
    const std::set<std::string> onHost = layersOnHost(shaped);
    std::set<std::string> inNumbers = layersInNumbers(shaped, precisions);
    inNumbers.insert(onHost.begin(), onHost.end());
    for (size_t attempt = 0; attempt <= shaped.nodes().size(); ++attempt) {
        ir::Graph source = shaped;
        for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(source.nodes().size()); ++id) {
            if (isEnd(source.node(id)) || !inNumbers.contains(source.value(source.node(id).results[0]).name)) continue;
            for (size_t i = 0; i < source.node(id).operands.size(); ++i)
                if (source.node(id).operands[i] != ir::kNoValue) WB_TRY(numberOperand(source, id, i));
        }
        Walk walk(source, inNumbers, onHost, precisions, own, context);
        WB_TRY(walk.run(context));
        if (!walk.failed.empty()) {
            inNumbers.insert(walk.failed);
            continue;
        }
        Lowered lowered;
        lowered.layers = std::move(walk.layers);
        for (const auto& [name, precision] : precisions)
            if (top.find(name) == ir::kNoValue)
                context.diagnostics().warn(Code::PrecisionNameUnknown,
                                           "the precision table names \"" + name + "\", which is not in the network", name);
        lowered.graph = std::make_shared<const ir::Graph>(walk.finish(own));
        return lowered;
    }
    return Error{Code::Internal, "the layers of \"" + top.name + "\" cannot be lowered"};
}

} // namespace wb::quantise

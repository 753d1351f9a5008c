// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/compile.h"

#include "compiler/codegen/addresses/ddr.h"
#include "compiler/codegen/emission/emit.h"
#include "compiler/codegen/emission/schedule.h"
#include "compiler/codegen/final_text.h"
#include "compiler/codegen/groups/plan.h"
#include "compiler/codegen/rewrites/flatten.h"
#include "compiler/codegen/rewrites/fuse_requants.h"
#include "compiler/codegen/rewrites/lane_rows.h"
#include "compiler/codegen/rewrites/pack_phases.h"
#include "compiler/codegen/rewrites/resize_products.h"
#include "compiler/codegen/rewrites/wide_windows.h"

#include <map>
#include <set>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::ValueId;

PlacedTensor placed(const ir::Graph& graph, const Selection& selection, const DdrMap& ddr, ValueId id) {
    const ir::Value& value = graph.value(id);
    return {value.name, value.type, ddr.values[static_cast<size_t>(id)],
            static_cast<uint64_t>(selection.values[static_cast<size_t>(id)].bytes)};
}

/// Values that are in DDR at some time, in order.
std::set<ValueId> storedValues(const ir::Graph& graph, const Selection& selection, const std::vector<Step>& steps) {
    std::set<ValueId> out;
    for (const Step& step : steps) {
        if (step.how == Runs::Local) {
            for (size_t k = 0; k < step.group.outputs.size(); ++k)
                if (step.group.isStored(k)) out.insert(step.group.outputs[k]);
        } else if (!selection.nodes[static_cast<size_t>(step.node)].fold) out.insert(graph.node(step.node).results[0]);
    }
    return out;
}

/// The layer of each node: its result's name, or that of the layer which it is a part of.
std::vector<int32_t> layersOf(const ir::Graph& graph, const Selection& selection, std::vector<std::string>& names) {
    std::map<std::string, int32_t> known;
    std::vector<int32_t> layers(graph.nodes().size(), -1);
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        if (selection.nodes[i].how == Runs::Nowhere) continue;
        const ir::Node& node = graph.node(static_cast<NodeId>(i));
        const std::string name = node.attributes.string(kLayer, graph.value(node.results[0]).name);
        const auto [it, fresh] = known.try_emplace(name, static_cast<int32_t>(names.size()));
        if (fresh) names.push_back(name);
        layers[i] = it->second;
    }
    return layers;
}

/// Constants as network outputs have no place; nothing that is worth compiling returns one.
Status checkOutputs(const ir::Graph& graph) {
    for (const ValueId id : graph.outputs)
        if (graph.weight(id) != nullptr)
            return Error{.code = Code::CodegenUnsupported, .what = "an output of the network is a constant",
                         .node = graph.value(id).name};
    return {};
}

} // namespace

float scaleOf(const PlacedTensor& tensor) {
    const auto* quant = tensor.type.uniform();
    return quant == nullptr ? 1.0F : static_cast<float>(quant->scale());
}

int32_t zeroPointOf(const PlacedTensor& tensor) {
    const auto* quant = tensor.type.uniform();
    return quant == nullptr ? 0 : static_cast<int32_t>(quant->zeroPoint());
}

namespace {

/// A way to run the graph; which is the fastest shows when all commands are there.
struct Way {
    bool foldRows = false;
    bool keep = false; ///< values in local memory between groups
    bool pack = false;
};

Result<CompiledModel> compileAs(const ir::Graph& lowered, const CompileOptions& options, Way way, const JobContext& context) {
    const ops::EmitterTable& emitters = options.emitters == nullptr ? ops::emitterTable() : *options.emitters;
    ir::Graph graph = resizeByProducts(narrowWindows(lowered)); // what no single command can do
    if (options.fuse && !options.observable) { // every layer keeps its name and shape when they are observed
        graph = fuseRequants(graph);
        if (way.pack) graph = packPhases(graph);
        if (way.foldRows) graph = foldRows(graph);
        WB_ASSIGN(Selection first, select(graph, emitters));
        chooseJoins(graph, first, false); // what waits for a concatenation is lonely too
        graph = flattenLonely(graph, first);
        WB_ASSIGN(const Selection flat, select(graph, emitters));
        graph = rowsFromLanes(graph, flat);
    }
    WB_TRY(checkOutputs(graph));
    WB_ASSIGN(Selection selection, select(graph, emitters));
    chooseJoins(graph, selection, way.keep);
    const Views views = findViews(graph, selection, !options.observable);
    Constants constants(selection);
    WB_ASSIGN(auto steps, planSteps(graph, selection, options, constants, context, way.keep));

    CompiledModel model;
    model.name = graph.name;
    WB_ASSIGN(model.coefficients, layOutConstants(graph, selection, constants, steps));
    WB_ASSIGN(const DdrMap ddr,
              placeInDdr(graph, selection, views, steps, model.coefficients.size(), !options.observable));
    model.coefficientAddress = ddr.coefficientAddress;
    model.contextAddress = ddr.contextAddress;
    model.contextBytes = ddr.contextBytes;

    const std::vector<int32_t> layers = layersOf(graph, selection, model.layers);

    bm1684x::Assembler assembler;
    const EmissionContext emission{graph, selection, views, ddr, layers};
    for (size_t i = 0; i < steps.size(); ++i) {
        WB_TRY(context.checkStop());
        context.progress({"codegen", static_cast<double>(i), static_cast<double>(steps.size())});
        WB_TRY(emitStep(emission, steps[i], assembler));
    }
    WB_ASSIGN(model.program, assembler.finish());
    if (options.fuse) {
        WB_ASSIGN(model.program, scheduled(std::move(model.program), context));
    }
    model.cycles = cyclesOf(model.program);

    for (const ValueId id : graph.inputs())
        model.inputs.push_back(placed(graph, selection, ddr, id));
    for (const ValueId id : graph.outputs)
        model.outputs.push_back(placed(graph, selection, ddr, id));
    for (const ValueId id : storedValues(graph, selection, steps))
        if (!graph.isOutput(id)) model.stored.push_back(placed(graph, selection, ddr, id));
    model.text = finalText(graph, selection, views, steps, ddr, model);
    return model;
}

} // namespace

Result<CompiledModel> compile(const ir::Graph& lowered, const CompileOptions& options, const JobContext& context) {
    if (!options.fuse || options.observable) return compileAs(lowered, options, {true, false, false}, context);
    std::optional<CompiledModel> best;
    Way way;
    Error failure;
    // A way that meets a limit of the chip leaves the others.
    const auto attempt = [&](Way next) -> Status {
        auto model = compileAs(lowered, options, next, context);
        if (!model) {
            if (model.error().code == Code::Cancelled) return std::move(model).error();
            failure = std::move(model).error();
        } else if (!best || model->cycles < best->cycles) {
            best = std::move(*model);
            way = next;
        }
        return {};
    };
    WB_TRY(attempt({true, true, true}));
    WB_TRY(attempt({true, true, false}));
    WB_TRY(attempt({true, false, way.pack}));
    if (!best) return failure;
    return std::move(*best);
}

} // namespace wb::codegen

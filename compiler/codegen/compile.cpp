// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/compile.h"

#include "compiler/codegen/addresses/ddr.h"
#include "compiler/codegen/emission/emit.h"
#include "compiler/codegen/emission/schedule.h"
#include "compiler/codegen/final_text.h"
#include "compiler/codegen/groups/plan.h"
#include "compiler/codegen/layouts/choose.h"
#include "compiler/codegen/rewrites/align_joins.h"
#include "compiler/codegen/rewrites/broadcasts.h"
#include "compiler/codegen/rewrites/channel_slices.h"
#include "compiler/codegen/rewrites/fill_lanes.h"
#include "compiler/codegen/rewrites/flatten.h"
#include "compiler/codegen/rewrites/fuse_requants.h"
#include "compiler/codegen/rewrites/heads.h"
#include "compiler/codegen/rewrites/idle_movers.h"
#include "compiler/codegen/rewrites/interleaves.h"
#include "compiler/codegen/rewrites/lane_rows.h"
#include "compiler/codegen/rewrites/lane_views.h"
#include "compiler/codegen/rewrites/narrow_products.h"
#include "compiler/codegen/rewrites/pack_phases.h"
#include "compiler/codegen/rewrites/picture_norms.h"
#include "compiler/codegen/rewrites/reductions.h"
#include "compiler/codegen/rewrites/repeats.h"
#include "compiler/codegen/rewrites/resize_products.h"
#include "compiler/codegen/rewrites/separate_relu.h"
#include "compiler/codegen/rewrites/sequences.h"
#include "compiler/codegen/rewrites/slopes.h"
#include "compiler/codegen/rewrites/spread_results.h"
#include "compiler/codegen/rewrites/stacks.h"
#include "compiler/codegen/rewrites/sum_products.h"
#include "compiler/codegen/rewrites/token_rows.h"
#include "compiler/codegen/rewrites/volumes.h"
#include "compiler/codegen/rewrites/wide_windows.h"

#include <algorithm>
#include <functional>
#include <future>
#include <map>
#include <memory>
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
            return Error{Code::CodegenUnsupported, "an output of the network is a constant"}
                .atNode(graph.value(id).name)
                .remedy("leave it out: transform with --output_names and the others");
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

uint32_t tiuCommands(const CompiledModel& model) {
    uint32_t sum = 0;
    for (const bm1684x::Program& group : model.groups) sum += group.tiuCount;
    return sum;
}
uint32_t gdmaCommands(const CompiledModel& model) {
    uint32_t sum = 0;
    for (const bm1684x::Program& group : model.groups) sum += group.gdmaCount;
    return sum;
}

namespace {

/// A way to run the graph; which is the fastest shows when all commands are there.
struct Way {
    bool pack = false;
    bool keep = false; ///< values in local memory between groups
};

/// What a way came to. Coefficients and text are left for the one that is taken.
struct Attempt {
    ir::Graph graph;
    Selection selection;
    Views views;
    std::vector<Step> steps;
    DdrMap ddr;
    uint64_t coefficientBytes = 0;
    CompiledModel model;
};

/// A file of more groups would be gigabytes of commands alone (64 bytes a TIU command, 96 a transfer).
constexpr uint64_t kMostGroups = 16;

Error tooLong(const Attempt& done, size_t step, uint64_t most) {
    return {.code = Code::CodegenLimit,
            .what = "the network needs more than " + std::to_string(most) + " commands of one engine",
            .why = "the first " + std::to_string(step + 1) + " of " + std::to_string(done.steps.size()) + " parts need as many",
            .node = done.graph.value(done.graph.node(done.steps[step].first()).results[0]).name,
            .remedies = {"compile for a smaller batch or a smaller picture", "cut the network into several (--output_names)"}};
}

/// All commands in program order. Each step by itself: ids and dependencies are found when all are in their order.
Result<std::vector<bm1684x::Placed>> commandsOf(const Attempt& done, const std::vector<int32_t>& layers, uint32_t mostCommands,
                                                const JobContext& context) {
    const EmissionContext emission{done.graph, done.selection, done.views, done.ddr, layers};
    std::vector<bm1684x::Placed> commands;
    uint64_t count[2] = {0, 0};
    for (size_t i = 0; i < done.steps.size(); ++i) {
        WB_TRY(context.checkStop());
        context.progress({"codegen", static_cast<double>(i), static_cast<double>(done.steps.size())});
        bm1684x::Assembler assembler;
        WB_TRY(emitStep(emission, done.steps[i], assembler));
        count[0] += assembler.count(bm1684x::Engine::Tiu);
        count[1] += assembler.count(bm1684x::Engine::Gdma);
        auto program = assembler.finish();
        constexpr auto ids = static_cast<uint64_t>(bm1684x::kMaxId) - 1;
        if (!program && std::max(count[0], count[1]) >= ids) return tooLong(done, i, ids); // a single step
        if (!program) return std::move(program).error();
        if (std::max(count[0], count[1]) > kMostGroups * mostCommands) return tooLong(done, i, kMostGroups * mostCommands);
        commands.insert(commands.end(), std::make_move_iterator(program->placed.begin()), std::make_move_iterator(program->placed.end()));
    }
    return commands;
}

/// `graph` is what the chip can do, in blocks or not.
Result<std::unique_ptr<Attempt>> attempt(ir::Graph graph, const CompileOptions& options, bool keep, PreparedNodes& prepared,
                                         const JobContext& context) {
    const ops::EmitterTable& emitters = options.emitters == nullptr ? ops::emitterTable() : *options.emitters;
    auto out = std::make_unique<Attempt>();
    if (options.fuse && !options.observable) {
        graph = foldRows(graph);
        WB_ASSIGN(const Selection raw, select(graph, emitters, prepared));
        graph = slicesInLanes(viewsInLanes(graph, raw), raw);
        WB_ASSIGN(Selection first, select(graph, emitters, prepared));
        chooseJoins(graph, first, false); // what waits for a concatenation is lonely too
        graph = fillLanes(graph, first);
        WB_ASSIGN(Selection filled, select(graph, emitters, prepared));
        chooseJoins(graph, filled, false);
        graph = flattenLonely(graph, filled);
        WB_ASSIGN(const Selection flat, select(graph, emitters, prepared));
        graph = rowsFromLanes(graph, flat);
        if (keep) { // otherwise they join in DDR
            WB_ASSIGN(Selection joined, select(graph, emitters, prepared));
            chooseJoins(graph, joined, true);
            graph = alignJoins(graph, joined);
        }
    }
    out->graph = std::move(graph);
    const ir::Graph& own = out->graph;
    WB_TRY(checkOutputs(own));
    WB_ASSIGN(out->selection, select(own, emitters, prepared));
    chooseJoins(own, out->selection, keep);
    out->views = findViews(own, out->selection, !options.observable);
    Constants constants(out->selection);
    WB_ASSIGN(out->steps, planSteps(own, out->selection, options, constants, context, keep));

    CompiledModel& model = out->model;
    model.name = own.name;
    WB_ASSIGN(out->coefficientBytes, placeConstants(out->selection, out->steps));
    WB_ASSIGN(out->ddr, placeInDdr(own, out->selection, out->views, out->steps, out->coefficientBytes, !options.observable));
    model.coefficientAddress = out->ddr.coefficientAddress;
    model.contextAddress = out->ddr.contextAddress;
    model.contextBytes = out->ddr.contextBytes;

    const std::vector<int32_t> layers = layersOf(own, out->selection, model.layers);
    WB_ASSIGN(auto commands, commandsOf(*out, layers, options.mostCommands, context));
    WB_ASSIGN(model.groups, options.fuse ? scheduled(std::move(commands), options.mostCommands, context)
                                         : assembled(commands, options.mostCommands));
    model.cycles = cyclesOf(model.groups);
    return out;
}

Result<CompiledModel> finish(Attempt& done) {
    CompiledModel& model = done.model;
    WB_ASSIGN(model.coefficients, packConstants(done.selection, done.steps, done.coefficientBytes));
    for (const ValueId id : done.graph.inputs())
        model.inputs.push_back(placed(done.graph, done.selection, done.ddr, id));
    for (const ValueId id : done.graph.outputs)
        model.outputs.push_back(placed(done.graph, done.selection, done.ddr, id));
    for (const ValueId id : storedValues(done.graph, done.selection, done.steps))
        if (!done.graph.isOutput(id)) model.stored.push_back(placed(done.graph, done.selection, done.ddr, id));
    model.text = finalText(done.graph, done.selection, done.views, done.steps, done.ddr, model);
    return std::move(model);
}

} // namespace

Result<CompiledModel> compile(const ir::Graph& lowered, const CompileOptions& options, const JobContext& context) {
    PreparedNodes prepared;
    const bool asItIs = !options.fuse || options.observable; // every layer keeps its name and shape when they are observed
    ir::Graph possible = lowered;
    if (!asItIs) { // what costs less in another form
        possible = rowsOfTokens(normsOfPictures(dropRepeats(dropIdleMovers(unstackBranches(possible)))));
        possible = widenProducts(dealInterleaves(headsAlongLanes(possible)));
    }
    // What no single command can do.
    possible = slopesOfElements(splitLongReductions(gatherReducedAxes(possible)));
    possible = flattenVolumes(separateRelus(filtersForSums(possible)));
    if (!asItIs) possible = slicesIntoFilters(spreadResults(picturesOfSequences(possible)));
    possible = joinBroadcastAxes(resizeByProducts(possible));
    if (asItIs) {
        possible = narrowWindows(possible);
        WB_ASSIGN(const auto only, attempt(std::move(possible), options, false, prepared, context));
        return finish(*only);
    }
    const ir::Graph fused = fuseRequants(possible);
    const Ties ties = tiesOf(fused);
    const auto phases = choosePhases(fused, ties);
    std::vector<Way> ways{{false, true}, {false, false}};
    if (std::any_of(phases.begin(), phases.end(), [](const Phases& p) { return !p.plain(); }))
        ways.insert(ways.begin(), {{true, true}, {true, false}});
    const ir::Graph packed = ways[0].pack ? narrowWindows(packPhases(fused, ties, phases)) : ir::Graph{};
    const ir::Graph plain = narrowWindows(fused);

    // Two at a time; progress is that of the first.
    JobContext beside(context.stopToken());
    beside.setThreads(1);
    std::unique_ptr<Attempt> best;
    Error failure;
    for (size_t i = 0; i < ways.size(); i += 2) {
        const auto run = [&](Way way, const JobContext& own) {
            return attempt(way.pack ? packed : plain, options, way.keep, prepared, own);
        };
        const auto policy = context.threads() > 1 ? std::launch::async : std::launch::deferred;
        auto other = std::async(policy, run, ways[i + 1], std::cref(beside));
        auto first = run(ways[i], context);
        auto second = other.get();
        for (auto* result : {&first, &second}) {
            // A way that meets a limit of the chip leaves the others.
            if (!*result) {
                if (result->error().code == Code::Cancelled) return std::move(*result).error();
                failure = std::move(*result).error();
            } else if (!best || (**result)->model.cycles < best->model.cycles) {
                best = std::move(**result);
            }
        }
    }
    if (!best) return failure;
    return finish(*best);
}

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// ReLU into the op before it; where that is a Concat of ops that all take one, into these.
#include "compiler/ops/op_def.h"
#include "compiler/passes/pass.h"
#include "compiler/passes/rewrite.h"

#include <algorithm>

namespace wb::passes {
namespace {

/// The tighter of two limits; a negative one does not limit.
double tighter(double a, double b) {
    if (a < 0) return b;
    if (b < 0) return a;
    return std::min(a, b);
}

bool takesRelu(const std::string& op) {
    // The vendor leaves a ReLU after Div and Reciprocal on its own.
    if (op == "top.Div" || op == "top.Reciprocal" || op == "top.Concat") return false;
    const ops::OpDef* def = ops::opTable().find(op);
    return def != nullptr && def->traits.fusesRelu;
}

bool fuseInto(ir::Graph& graph, ir::NodeId n, ir::NodeId before) {
    const ir::ValueId survivor = graph.node(n).operands[0], gone = graph.node(n).results[0];
    const double limit = graph.node(n).attributes.real("relu_limit", -1);
    ir::Node& target = graph.node(before);
    if (target.op == "top.Relu") {
        target.attributes.set("relu_limit",
                              tighter(target.attributes.real("relu_limit", -1), limit));
    } else {
        const double own = plain(target) ? -1.0 : target.attributes.real("relu_limit", -1);
        target.attributes.set("do_relu", true);
        target.attributes.set("relu_limit", tighter(own, limit));
    }
    takeOver(graph, survivor, gone);
    return true;
}

/// relu(concat(a, b)) → concat(relu(a), relu(b)), if every part can take its ReLU.
bool moveAhead(ir::Graph& graph, ir::NodeId n, ir::NodeId concat) {
    for (size_t i = 0; i < graph.node(concat).operands.size(); ++i) {
        const ir::NodeId part = madeBy(graph, graph.node(concat), i, "");
        if (part == ir::kNoNode || !takesRelu(graph.node(part).op)) return false;
    }
    const double limit = graph.node(n).attributes.real("relu_limit", -1);
    const ir::ValueId joined = graph.node(n).operands[0], gone = graph.node(n).results[0];
    const size_t parts = graph.node(concat).operands.size();
    for (size_t i = 0; i < parts; ++i) {
        const ir::ValueId in = graph.node(concat).operands[i];
        ir::AttributeMap attributes;
        attributes.set("relu_limit", limit);
        std::string name = graph.value(in).name + "_move_ahead_relu";
        while (graph.find(name) != ir::kNoValue)
            name += "_";
        const ir::NodeId relu = graph.insertNode(concat++, "top.Relu", {in}, {std::move(name)},
                                                 {graph.value(in).type}, std::move(attributes));
        graph.node(concat).operands[i] = graph.node(relu).results[0];
    }
    graph.replaceUses(gone, joined);
    setName(graph, joined, graph.value(joined).name + "_relu");
    return true;
}

} // namespace

Result<bool> fuseRelu(ir::Graph& graph, const JobContext& context) {
    bool changed = false, counted = false;
    std::vector<int> uses;
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        if (graph.node(n).op != "top.Relu") continue;
        WB_TRY(context.checkStop());
        if (!counted) uses = useCounts(graph);
        counted = true;
        // A ReLU that an earlier step made superfluous is still in the list.
        if (uses[static_cast<size_t>(graph.node(n).results[0])] == 0) continue;
        const ir::NodeId before = madeBy(graph, graph.node(n), 0, "");
        if (before == ir::kNoNode || uses[static_cast<size_t>(graph.node(n).operands[0])] != 1)
            continue;
        const std::string& op = graph.node(before).op;
        const bool fused = (op == "top.Relu" || takesRelu(op)) && fuseInto(graph, n, before);
        const bool moved = !fused && op == "top.Concat" && moveAhead(graph, n, before);
        if (!fused && !moved) continue;
        changed = true;
        counted = false;
        if (moved) n = -1; // the new ReLUs stand earlier in the list
    }
    return changed;
}

} // namespace wb::passes

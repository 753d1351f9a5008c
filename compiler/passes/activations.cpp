// SPDX-License-Identifier: GPL-3.0-or-later
// Activations that the exporter wrote out: x·σ(x), x·clip(x+3,0,6)/6, clip(x+3,0,6)/6,
// x·HardSigmoid(x), x·½·(1 + erf(x/√2)). Names: SiLU keeps the product's; those that the vendor
// finds before conversion get the last tensor's name with the new operator's (dossier section 6,
// measured).
#include "compiler/passes/pass.h"
#include "compiler/passes/rewrite.h"

#include <cmath>

namespace wb::passes {
namespace {

constexpr double kTolerance = 1e-3; ///< exporters write 1/6, √2 with few digits

bool near(double a, double b) {
    return std::fabs(a - b) <= kTolerance * std::fabs(b);
}

class Matcher {
public:
    Matcher(const ir::Graph& graph, std::vector<int> uses)
        : m_graph(&graph)
        , m_uses(std::move(uses)) {}

    /// The node behind `id` if it is of the op wanted and nobody else reads it.
    const ir::Node* inner(ir::ValueId id, std::string_view op) const {
        if (id == ir::kNoValue || m_uses[static_cast<size_t>(id)] != 1) return nullptr;
        const ir::Node* node = m_graph->producer(id);
        return node != nullptr && node->op == op && plain(*node) ? node : nullptr;
    }
    /// Value multiplied by the factor, in any of the forms (Mul by a weight, MulConst).
    ir::ValueId scaled(ir::ValueId id, double factor) const {
        return scaled(m_graph->producer(id), factor);
    }
    ir::ValueId scaled(const ir::Node* node, double factor) const {
        if (node == nullptr || !plain(*node)) return ir::kNoValue;
        if (node->op == "top.MulConst" && near(node->attributes.real("const_val"), factor))
            return node->operands[0];
        if (node->op == "top.Mul" && node->operands.size() == 2)
            for (size_t i = 0; i < 2; ++i)
                if (const auto s = scalarWeight(*m_graph, node->operands[i]); s && near(*s, factor))
                    return node->operands[1 - i];
        return ir::kNoValue;
    }
    ir::ValueId shifted(ir::ValueId id, double offset) const {
        const ir::Node* node = m_graph->producer(id);
        if (node == nullptr || !plain(*node) || m_uses[static_cast<size_t>(id)] != 1)
            return ir::kNoValue;
        if (node->op == "top.AddConst" && near(node->attributes.real("const_val"), offset))
            return node->operands[0];
        if (node->op == "top.Add" && node->operands.size() == 2)
            for (size_t i = 0; i < 2; ++i)
                if (const auto s = scalarWeight(*m_graph, node->operands[i]); s && near(*s, offset))
                    return node->operands[1 - i];
        return ir::kNoValue;
    }
    /// x of clip(x + 3, 0, 6), or kNoValue.
    ir::ValueId clipped(ir::ValueId id) const {
        const ir::Node* relu = inner(id, "top.Relu");
        if (relu == nullptr || !near(relu->attributes.real("relu_limit"), 6)) return ir::kNoValue;
        return shifted(relu->operands[0], 3);
    }
    bool once(ir::ValueId id) const { return m_uses[static_cast<size_t>(id)] == 1; }

private:
    const ir::Graph* m_graph;
    std::vector<int> m_uses;
};

void become(ir::Graph& graph, ir::Node& node, std::string op, ir::ValueId x,
            ir::AttributeMap attributes, const char* oldKind, const char* newKind) {
    node.op = std::move(op);
    node.operands = {x};
    node.attributes = std::move(attributes);
    if (newKind != nullptr)
        setName(graph, node.results[0],
                renamed(graph.value(node.results[0]).name, oldKind, newKind));
}

bool isSixthSigmoid(const ir::Node& node) {
    return near(node.attributes.real("alpha"), 1.0 / 6.0) &&
           near(node.attributes.real("beta"), 0.5);
}

/// Products of two computed values.
bool matchProduct(ir::Graph& graph, ir::Node& node, const Matcher& match) {
    if (node.op != "top.Mul" || node.operands.size() != 2 || !plain(node)) return false;
    for (size_t i = 0; i < 2; ++i) {
        const ir::ValueId x = node.operands[i], other = node.operands[1 - i];
        if (const ir::Node* sigmoid = match.inner(other, "top.Sigmoid");
            sigmoid != nullptr && sigmoid->operands[0] == x) {
            become(graph, node, "top.SiLU", x, {}, "", nullptr);
            return true;
        }
        if (const ir::Node* hard = match.inner(other, "top.HardSigmoid");
            hard != nullptr && hard->operands[0] == x && isSixthSigmoid(*hard)) {
            become(graph, node, "top.HardSwish", x, {}, "_Mul", "_HardSwish");
            return true;
        }
    }
    return false;
}

/// …·1/6 and …·½ at the end of a written-out HardSwish, HardSigmoid or GELU.
bool matchScaled(ir::Graph& graph, ir::Node& node, const Matcher& match) {
    const char* kind = graph.value(node.results[0]).name.ends_with("_Div") ? "_Div" : "_Mul";
    if (const ir::ValueId sixth = match.scaled(&node, 1.0 / 6.0); sixth != ir::kNoValue) {
        if (const ir::ValueId x = match.clipped(sixth); x != ir::kNoValue) {
            ir::AttributeMap a;
            a.set("alpha", 1.0 / 6.0);
            a.set("beta", 0.5);
            become(graph, node, "top.HardSigmoid", x, std::move(a), kind, "_HardSigmoid");
            return true;
        }
        if (const ir::Node* product = match.inner(sixth, "top.Mul");
            product != nullptr && product->operands.size() == 2)
            for (size_t i = 0; i < 2; ++i)
                if (product->operands[i] == match.clipped(product->operands[1 - i])) {
                    become(graph, node, "top.HardSwish", product->operands[i], {}, kind,
                           "_HardSwish");
                    return true;
                }
    }
    // x · (1 + erf(x/√2)) · ½, the last factor at either place.
    const auto onePlusErf = [&](ir::ValueId id) -> ir::ValueId {
        const ir::ValueId sum = match.shifted(id, 1);
        const ir::Node* erf = sum == ir::kNoValue ? nullptr : match.inner(sum, "top.Erf");
        return erf == nullptr || !match.once(erf->operands[0])
                   ? ir::kNoValue
                   : match.scaled(erf->operands[0], 1.0 / std::sqrt(2.0));
    };
    ir::AttributeMap gelu;
    gelu.set("approx_mode", "normal");
    gelu.set("round_mode", "HalfAwayFromZero");
    if (const ir::ValueId doubled = match.scaled(&node, 0.5); doubled != ir::kNoValue)
        if (const ir::Node* product = match.inner(doubled, "top.Mul");
            product != nullptr && product->operands.size() == 2)
            for (size_t i = 0; i < 2; ++i)
                if (product->operands[i] == onePlusErf(product->operands[1 - i])) {
                    become(graph, node, "top.GELU", product->operands[i], std::move(gelu), kind,
                           "_GELU");
                    return true;
                }
    if (node.op == "top.Mul" && node.operands.size() == 2 && plain(node))
        for (size_t i = 0; i < 2; ++i) {
            const ir::ValueId half =
                match.once(node.operands[i]) ? match.scaled(node.operands[i], 0.5) : ir::kNoValue;
            if (half != ir::kNoValue && half == onePlusErf(node.operands[1 - i])) {
                become(graph, node, "top.GELU", half, std::move(gelu), kind, "_GELU");
                return true;
            }
        }
    return false;
}

} // namespace

Result<bool> recogniseActivations(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    WB_TRY(context.checkStop());
    Matcher match(graph, useCounts(graph));
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        ir::Node& node = graph.node(n);
        if (node.op != "top.Mul" && node.op != "top.MulConst") continue;
        if (!matchProduct(graph, node, match) && !matchScaled(graph, node, match)) continue;
        changed = true;
        match = Matcher(graph, useCounts(graph));
    }
    return changed;
}

} // namespace wb::passes

// SPDX-License-Identifier: GPL-3.0-or-later
// LayerNorm that the exporter wrote out: (x - mean) / √(mean((x - mean)²) + ε), times and plus a weight each where both are
// there. It gets the last tensor's name with the new operator's, as the vendor finds it before conversion.
#include "compiler/passes/pass.h"
#include "compiler/passes/rewrite.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace wb::passes {
namespace {

using ir::ValueId;

class WrittenNorm {
public:
    WrittenNorm(const ir::Graph& graph, const std::vector<int>& uses) : m_graph(graph), m_uses(uses) {}

    ValueId input = ir::kNoValue;
    int64_t axis = 0;
    double epsilon = 0;

    /// Whether `divided` is the quotient; fills in the rest.
    bool match(const ir::Node& divided) {
        const auto forward = [](const ir::Node& node, std::string_view op) {
            return node.op == op && node.operands.size() == 2 && plain(node) && !node.attributes.boolean("is_reverse");
        };
        if (!forward(divided, "top.Div")) return false;
        const ValueId centred = divided.operands[0];
        const ir::Node* sub = m_graph.producer(centred);
        if (sub == nullptr || !forward(*sub, "top.Sub")) return false;
        const ir::Node* root = once(divided.operands[1], "top.Sqrt");
        if (root == nullptr) return false;
        const auto variance = plusEpsilon(root->operands[0]);
        if (variance == ir::kNoValue) return false;
        input = sub->operands[0];
        const auto first = meanOf(sub->operands[1]);
        const auto second = meanOf(variance);
        if (!first || !second || first->second != input || first->first != second->first) return false;
        if (!isSquare(second->second, centred)) return false;
        axis = first->first;
        return true;
    }

private:
    /// The node behind a value that is read once.
    const ir::Node* once(ValueId id, std::string_view op) const {
        if (id == ir::kNoValue || m_uses[static_cast<size_t>(id)] != 1) return nullptr;
        const ir::Node* node = m_graph.producer(id);
        return node != nullptr && node->op == op && plain(*node) ? node : nullptr;
    }
    ValueId plusEpsilon(ValueId id) {
        if (const ir::Node* sum = once(id, "top.AddConst")) {
            epsilon = sum->attributes.real("const_val");
            return sum->operands[0];
        }
        const ir::Node* sum = once(id, "top.Add");
        for (size_t i = 0; sum != nullptr && sum->operands.size() == 2 && i < 2; ++i)
            if (const auto number = scalarWeight(m_graph, sum->operands[i])) {
                epsilon = static_cast<double>(*number);
                return sum->operands[1 - i];
            }
        return ir::kNoValue;
    }
    /// First axis and operand of a mean over the last axes.
    std::optional<std::pair<int64_t, ValueId>> meanOf(ValueId id) const {
        const ir::Node* mean = once(id, "top.Reduce");
        if (mean == nullptr || mean->attributes.string("mode") != "ReduceMean") return {};
        if (!mean->attributes.boolean("keepdims", true)) return {};
        const auto rank = static_cast<int64_t>(shapeOf(m_graph, mean->operands[0]).size());
        auto axes = mean->attributes.integers("axes");
        for (int64_t& a : axes) a += a < 0 ? rank : 0;
        std::sort(axes.begin(), axes.end());
        for (size_t i = 0; i < axes.size(); ++i)
            if (axes[i] != rank - static_cast<int64_t>(axes.size() - i)) return {};
        if (axes.empty()) return {};
        return std::pair{axes[0], mean->operands[0]};
    }
    /// Whether `id` is the square of `centred`, which only it and the quotient read.
    bool isSquare(ValueId id, ValueId centred) const {
        const int reads = m_uses[static_cast<size_t>(centred)];
        if (const ir::Node* power = once(id, "top.Pow"))
            return power->operands[0] == centred && reads == 2 && power->attributes.real("exponent") == 2;
        const ir::Node* product = once(id, "top.Mul");
        return product != nullptr && product->operands == std::vector{centred, centred} && reads == 3;
    }

    const ir::Graph& m_graph;
    const std::vector<int>& m_uses;
};

/// The other operand of a binary node, where it is a weight of the shape that is normalised.
ValueId weightBeside(const ir::Graph& graph, const ir::Node& node, ValueId value, const ir::Shape& shape) {
    if (node.operands.size() != 2 || !plain(node)) return ir::kNoValue;
    const ValueId other = node.operands[node.operands[0] == value ? 1 : 0];
    const ir::Tensor* data = floatWeight(graph, other);
    return data != nullptr && data->shape() == shape ? other : ir::kNoValue;
}

/// Whether a weight changes nothing.
bool isAll(const ir::Graph& graph, ValueId id, float number) {
    const ir::Tensor* data = id == ir::kNoValue ? nullptr : floatWeight(graph, id);
    if (data == nullptr) return false;
    const auto values = data->span<float>();
    return std::all_of(values.begin(), values.end(), [&](float v) { return v == number; });
}

/// The only reader of a value; kNoNode if there are others.
ir::NodeId readerOf(const std::vector<std::vector<ir::NodeId>>& users, const std::vector<int>& uses, ValueId id) {
    const auto& list = users[static_cast<size_t>(id)];
    return list.size() == 1 && uses[static_cast<size_t>(id)] == 1 ? list[0] : ir::kNoNode;
}

} // namespace

Result<bool> recogniseNorms(ir::Graph& graph, const JobContext& context) {
    bool changed = false;
    WB_TRY(context.checkStop());
    const auto uses = useCounts(graph);
    const auto users = graph.users();
    for (ir::NodeId n = 0; n < static_cast<ir::NodeId>(graph.nodes().size()); ++n) {
        WrittenNorm norm(graph, uses);
        if (!norm.match(graph.node(n))) continue;
        const ir::Shape& whole = shapeOf(graph, norm.input);
        const ir::Shape shape(whole.begin() + norm.axis, whole.end());
        ir::NodeId last = n;
        ValueId scale = ir::kNoValue, offset = ir::kNoValue;
        const ValueId quotient = graph.node(n).results[0];
        const ir::NodeId times = readerOf(users, uses, quotient);
        if (times != ir::kNoNode && graph.node(times).op == "top.Mul") {
            const ValueId product = graph.node(times).results[0];
            const ir::NodeId plus = readerOf(users, uses, product);
            if (plus != ir::kNoNode && graph.node(plus).op == "top.Add") {
                scale = weightBeside(graph, graph.node(times), quotient, shape);
                offset = weightBeside(graph, graph.node(plus), product, shape);
                if (scale != ir::kNoValue && offset != ir::kNoValue) last = plus;
                else scale = offset = ir::kNoValue;
            }
        }
        if (isAll(graph, scale, 1)) scale = ir::kNoValue;
        if (isAll(graph, offset, 0)) offset = ir::kNoValue;
        ir::Node& node = graph.node(last);
        const ValueId result = node.results[0];
        setName(graph, result, renamed(graph.value(result).name, last == n ? "_Div" : "_Add", "_LayerNormalization"));
        node.op = "top.LayerNorm";
        node.operands = {norm.input, scale, offset};
        node.attributes = {};
        node.attributes.set("axis", ir::Attribute::si32(norm.axis));
        node.attributes.set("eps", norm.epsilon);
        node.attributes.set("normalized_shape", ir::Attribute::ints(shape));
        changed = true;
    }
    return changed;
}

} // namespace wb::passes

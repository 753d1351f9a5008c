// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/stacks.h"

#include "compiler/codegen/rewrites/broadcasts.h"
#include "compiler/codegen/rewrites/steps.h"

#include <functional>
#include <map>
#include <numeric>

namespace wb::codegen {
namespace {

using ir::Attribute;
using ir::NodeId;
using ir::Shape;
using ir::ValueId;

constexpr int64_t kBranches = 2; // a sum of two is rounded once, whatever the order
constexpr int64_t kSmall = 16;   // times smaller than the stack: an operand that may be cut within DDR
constexpr int kDeepest = 64;     // operators between a stack and its sum

int64_t product(const Shape& shape) { return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>()); }

class Stacks {
public:
    explicit Stacks(const ir::Graph& source) : m_graph(source) {}

    ir::Graph run() {
        bool changed = false;
        for (size_t i = 0; i < m_graph.nodes().size(); ++i) {
            const auto at = static_cast<NodeId>(i);
            if (!isSum(m_graph.node(at)) || !hasBranches(m_graph.node(at).operands[0], 0)) continue;
            i = static_cast<size_t>(rewrite(at));
            changed = true;
        }
        if (changed) m_graph.eraseDead();
        return std::move(m_graph);
    }

private:
    const Shape& shapeOf(ValueId id) const { return m_graph.value(id).type.shape; }
    bool isConstant(ValueId id) const { return m_graph.weight(id) != nullptr; }
    static bool isStack(const Shape& shape) { return shape.size() == 5 && shape[1] == kBranches; }
    static Shape branchOf(const Shape& stack) { return {stack[0], stack[2], stack[3], stack[4]}; }

    bool isSum(const ir::Node& node) const {
        if (node.op != "tpu.Reduce" || node.operands.empty() || isConstant(node.operands[0])) return false;
        const ir::TensorType &from = m_graph.value(node.operands[0]).type, &to = m_graph.value(node.results[0]).type;
        const auto mode = node.attributes.string("mode");
        return isStack(from.shape) && node.attributes.integers("axes") == std::vector<int64_t>{1} && ir::isFloat(from.element) &&
               from.element == to.element && (mode == "ReduceSum" || mode == "ReduceMax") && product(to.shape) * kBranches == product(from.shape);
    }

    static bool isStacking(const ir::Node& node) {
        return node.op == "tpu.Concat" && node.operands.size() == kBranches && node.attributes.integer("axis") == 1 && !node.attributes.boolean("do_relu");
    }
    /// Channels as two times half as many.
    bool splitsChannels(const ir::Node& node) const {
        const Shape &from = shapeOf(node.operands[0]), &to = shapeOf(node.results[0]);
        return node.op == "tpu.Reshape" && !isConstant(node.operands[0]) && from == Shape{to[0], to[1] * to[2], to[3], to[4]};
    }
    static bool isPair(const ir::Node& node) {
        return node.operands.size() == 2 && (node.op == "tpu.Mul" || node.op == "tpu.Add" || node.op == "tpu.Sub" || node.op == "tpu.Max" || node.op == "tpu.Min");
    }

    /// Whether each branch of a stack can be had without the stack.
    bool hasBranches(ValueId id, int depth) const {
        if (id == ir::kNoValue || depth > kDeepest || isConstant(id) || !isStack(shapeOf(id))) return false;
        const ir::Node* node = m_graph.producer(id);
        if (node == nullptr || node->operands.empty() || node->operands[0] == ir::kNoValue) return false;
        if (isStacking(*node) || splitsChannels(*node)) return true;
        if (isFunction(node->op)) return shapeOf(node->operands[0]) == shapeOf(id) && hasBranches(node->operands[0], depth + 1);
        if (!isPair(*node)) return false;
        bool whole = false;
        for (const ValueId operand : node->operands) {
            if (operand == ir::kNoValue || isConstant(operand) || shapeOf(operand).size() != 5) return false;
            if (shapeOf(operand) == shapeOf(id)) {
                if (!hasBranches(operand, depth + 1)) return false;
                whole = true;
            } else if (product(shapeOf(operand)) * kSmall > product(shapeOf(id))) {
                return false;
            }
        }
        return whole;
    }

    ValueId add(Steps& steps, const char* op, std::vector<ValueId> operands, ir::TensorType like, const Shape& shape, const ir::AttributeMap& attributes) {
        const ValueId made = steps.add(op, std::move(operands), shape, attributes);
        like.shape = shape;
        m_graph.value(made).type = std::move(like);
        return made;
    }

    /// Elements `index` of `count` of an axis.
    ValueId part(Steps& steps, ValueId id, size_t axis, int64_t index, int64_t count) {
        Shape shape = shapeOf(id);
        const int64_t size = shape[axis] / count;
        std::vector<int64_t> offset(shape.size()), ones(shape.size(), 1);
        shape[axis] = size;
        offset[axis] = index * size;
        std::vector<int64_t> ends(shape.begin(), shape.end());
        ends[axis] = (index + 1) * size;
        ir::AttributeMap a;
        a.set("offset", Attribute::ints(offset));
        a.set("steps", Attribute::ints(ones));
        a.set("ends", Attribute::ints(ends));
        const ir::TensorType type = m_graph.value(id).type;
        return add(steps, "tpu.Slice", {id}, type, shape, a);
    }

    /// Of what is stacked: functions behind the reshape to five axes act on what that began with.
    ValueId unstacked(Steps& steps, ValueId id, const Shape& shape, int depth) {
        const ir::Node* producer = m_graph.producer(id);
        if (producer == nullptr || producer->operands.empty() || producer->operands[0] == ir::kNoValue || isConstant(producer->operands[0]) || depth > kDeepest)
            return steps.reshape(id, shape);
        if (producer->op == "tpu.Reshape" && shapeOf(producer->operands[0]) == shape) return producer->operands[0];
        if (!isFunction(producer->op) || shapeOf(producer->operands[0]) != shapeOf(id)) return steps.reshape(id, shape);
        const ir::Node node = *producer;
        std::vector<ValueId> operands = node.operands;
        operands[0] = unstacked(steps, operands[0], shape, depth + 1);
        return add(steps, node.op.c_str(), std::move(operands), ir::TensorType(m_graph.value(id).type), shape, node.attributes);
    }

    ValueId branch(Steps& steps, ValueId id, int64_t index) {
        const auto known = m_made.find({id, index});
        if (known != m_made.end()) return known->second;
        const ir::TensorType type = m_graph.value(id).type;
        const ir::Node node = *m_graph.producer(id);
        const Shape shape = branchOf(type.shape);
        ValueId made = ir::kNoValue;
        if (isStacking(node)) {
            made = unstacked(steps, node.operands[static_cast<size_t>(index)], shape, 0);
        } else if (splitsChannels(node)) {
            made = part(steps, node.operands[0], 1, index, kBranches);
        } else {
            std::vector<ValueId> operands = node.operands;
            for (ValueId& operand : operands) {
                if (operand == ir::kNoValue || isConstant(operand)) continue; // a table of codes
                if (shapeOf(operand) == type.shape) operand = branch(steps, operand, index);
                else operand = smallBranch(steps, operand, index);
            }
            made = add(steps, node.op.c_str(), std::move(operands), type, shape, node.attributes);
        }
        return m_made.emplace(std::pair{id, index}, made).first->second;
    }

    ValueId smallBranch(Steps& steps, ValueId id, int64_t index) {
        const auto known = m_made.find({id, index});
        if (known != m_made.end()) return known->second;
        const Shape shape = branchOf(shapeOf(id));
        const ValueId own = shapeOf(id)[1] == 1 ? id : part(steps, id, 1, index, kBranches);
        const ValueId made = steps.reshape(own, shape);
        return m_made.emplace(std::pair{id, index}, made).first->second;
    }

    NodeId rewrite(NodeId at) {
        Steps steps(m_graph, at, m_graph.value(m_graph.node(at).results[0]).name + "_branches");
        const ValueId stack = steps.node().operands[0];
        const Shape shape = branchOf(shapeOf(stack));
        std::vector<ValueId> branches;
        for (int64_t i = 0; i < kBranches; ++i) branches.push_back(branch(steps, stack, i));
        ir::Node& node = steps.node();
        node.op = node.attributes.string("mode") == "ReduceSum" ? "tpu.Add" : "tpu.Max";
        node.operands = std::move(branches);
        node.attributes = {};
        const Shape own = shapeOf(node.results[0]);
        if (own == shape) return steps.last();
        const ValueId taken = steps.takeResult(shape);
        steps.behind();
        steps.giveResult(steps.reshape(taken, own));
        return steps.last();
    }

    ir::Graph m_graph;
    std::map<std::pair<ValueId, int64_t>, ValueId> m_made;
};

} // namespace

ir::Graph unstackBranches(const ir::Graph& graph) { return Stacks(graph).run(); }

} // namespace wb::codegen

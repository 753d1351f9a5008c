// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/heads.h"

#include "compiler/codegen/rewrites/broadcasts.h"
#include "compiler/codegen/rewrites/idle_movers.h"
#include "compiler/codegen/rewrites/steps.h"
#include "compiler/codegen/rewrites/strided_view.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <numeric>

namespace wb::codegen {
namespace {

using bm1684x::ceilDiv;
using bm1684x::kLanes;
using bm1684x::kVectorBytes;
using bm1684x::roundUp;
using ir::Attribute;
using ir::NodeId;
using ir::Shape;
using ir::ValueId;

/// Which axes of a value are batch, row (lane), head and element.
using Order = std::array<size_t, 4>;
constexpr Order kRowsThird{0, 2, 1, 3}; // [b, h, t, k] → [b, t, h, k], and back
constexpr Order kRowsLast{0, 3, 1, 2};  // [b, h, k, t] → [b, t, h, k]

Shape permuted(const Shape& shape, const Order& order) { return {shape[order[0]], shape[order[1]], shape[order[2]], shape[order[3]]}; }

bool isSwap(const ir::Node& node) {
    return node.op == "tpu.Permute" && node.attributes.integers("order") == std::vector<int64_t>{0, 2, 1, 3};
}

/// Of four axes.
ir::Tensor inOrder(const ir::Tensor& tensor, const Order& order) {
    const Shape shape = tensor.shape(), out = permuted(shape, order);
    const std::array<int64_t, 4> strides{shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1};
    ir::Tensor made(tensor.type(), out);
    const size_t size = ir::sizeInBytes(tensor.type());
    std::byte* to = made.mutableBytes();
    for (int64_t n = 0; n < out[0]; ++n)
        for (int64_t c = 0; c < out[1]; ++c)
            for (int64_t h = 0; h < out[2]; ++h)
                for (int64_t w = 0; w < out[3]; ++w, to += size)
                    std::memcpy(to, tensor.bytes() + static_cast<size_t>(n * strides[order[0]] + c * strides[order[1]] + h * strides[order[2]] + w * strides[order[3]]) * size, size);
    return made;
}

class Heads {
public:
    explicit Heads(const ir::Graph& source) : m_graph(source) {}

    ir::Graph run() {
        bool changed = false;
        dropFirstAxes();
        for (size_t i = 0; i < m_graph.nodes().size(); ++i) {
            const auto at = static_cast<NodeId>(i);
            if (!isProduct(m_graph.node(at))) continue;
            const auto next = rewrite(at);
            if (next < 0) continue;
            changed = true;
            i = static_cast<size_t>(sink(next));
        }
        if (!changed) return std::move(m_graph);
        cancelSwaps();
        m_graph.eraseDead();
        return std::move(m_graph);
    }

private:
    const Shape& shapeOf(ValueId id) const { return m_graph.value(id).type.shape; }

    /// [1, b, h, t, k] plus a constant, between reshapes: masks of windows. The same with four axes.
    void dropFirstAxes() {
        for (size_t i = 0; i < m_graph.nodes().size(); ++i) {
            const ir::Node& node = m_graph.node(static_cast<NodeId>(i));
            if (node.op != "tpu.Add" || node.operands.size() != 2) continue;
            const size_t side = m_graph.weight(node.operands[0]) != nullptr ? 1 : 0;
            const ValueId value = node.operands[side], constant = node.operands[1 - side];
            const ir::Node* before = m_graph.producer(value);
            const Shape shape = shapeOf(node.results[0]);
            if (shape.size() != 5 || shape[0] != 1 || shapeOf(value) != shape || before == nullptr || before->op != "tpu.Reshape") continue;
            const ValueId own = before->operands[0];
            if (constant == ir::kNoValue || m_graph.weight(constant) == nullptr || shapeOf(own) != Shape(shape.begin() + 1, shape.end())) continue;
            Shape four = shapeOf(constant);
            if (four.size() > 5) continue;
            if (four.size() == 5) four.erase(four.begin());
            Steps steps(m_graph, static_cast<NodeId>(i), m_graph.value(node.results[0]).name + "_heads");
            const ValueId made = steps.constant(m_graph.weight(constant)->reshaped(four), m_graph.value(constant).type);
            steps.node().operands[side] = own;
            steps.node().operands[1 - side] = made;
            const ValueId taken = steps.takeResult(shapeOf(own));
            steps.behind();
            steps.giveResult(steps.reshape(taken, shape));
            i = static_cast<size_t>(steps.last());
            // Who takes the axis off again reads what never had it.
            const ValueId given = m_graph.node(steps.last()).results[0];
            for (size_t k = i + 1; k < m_graph.nodes().size(); ++k) {
                const ir::Node& user = m_graph.node(static_cast<NodeId>(k));
                if (user.op == "tpu.Reshape" && user.operands[0] == given && shapeOf(user.results[0]) == shapeOf(taken) && !m_graph.isOutput(user.results[0]))
                    m_graph.replaceUses(user.results[0], taken);
            }
        }
        m_graph.eraseDead();
    }

    bool isProduct(const ir::Node& node) const {
        if (node.op != "tpu.MatMul" || node.operands.size() < 2) return false;
        for (const char* name : {"left_transpose", "output_transpose", "hdim_is_batch"})
            if (node.attributes.boolean(name)) return false;
        for (size_t k = 0; k < 2; ++k) {
            const ValueId id = node.operands[k];
            if (id == ir::kNoValue || m_graph.weight(id) != nullptr || shapeOf(id).size() != 4) return false;
        }
        if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) return false;
        const Shape &left = shapeOf(node.operands[0]), &right = shapeOf(node.operands[1]), &result = shapeOf(node.results[0]);
        const auto element = m_graph.value(node.operands[0]).type.element;
        const auto size = static_cast<int64_t>(ir::sizeInBytes(element));
        if (left[0] != right[0] || left[1] != right[1] || result.size() != 4 || size > 2) return false;
        // A right matrix of a head is in local memory whole, beside the rows of one lane each.
        const bool transposed = node.attributes.boolean("right_transpose");
        const int64_t inner = left[3], columns = right[transposed ? 2 : 3];
        const auto row = [](int64_t count, int64_t bytes) { return roundUp(count * bytes, kVectorBytes); };
        const int64_t matrix = std::max(ceilDiv(inner, kLanes) * row(columns, size), ceilDiv(columns, kLanes) * row(inner, size));
        constexpr int64_t kFewRows = 16, kRoom = bm1684x::kLaneBytes - 2 * bm1684x::kBankBytes;
        return left[2] >= kFewRows && 3 * matrix + 3 * row(inner, size) + 3 * row(columns, size) + row(columns, 4) <= kRoom;
    }

    /// The value [batch, row, head, element] behind `id`, by its base: an offset in each row and the strides of the two.
    struct InLanes {
        ValueId base = ir::kNoValue;
        int64_t offset = 0, head = 0, element = 0;
        bool whole = false; ///< nothing to take out
    };
    std::optional<InLanes> inLanes(ValueId id, const Order& order) const {
        const StridedView view = stridedViewOf(m_graph, id);
        if (view.sizes.size() != 4) return {};
        const Shape &base = shapeOf(view.base), want = permuted(view.sizes, order);
        if (base.size() < 3 || base.size() > 4 || base[0] != want[0] || base[1] != want[1]) return {};
        const int64_t width = std::accumulate(base.begin() + 2, base.end(), int64_t{1}, std::multiplies<>());
        const auto stride = [&](size_t i) { return want[i] == 1 ? 0 : view.strides[order[i]]; };
        if ((want[0] > 1 && stride(0) != base[1] * width) || (want[1] > 1 && stride(1) != width)) return {};
        InLanes out{view.base, view.offset, stride(2), want[3] == 1 ? 1 : stride(3), false};
        if (out.offset + (want[2] - 1) * out.head + (want[3] - 1) * out.element >= width) return {};
        out.whole = base == want && out.offset == 0 && (want[2] == 1 || out.head == want[3]) && out.element == 1;
        return out;
    }

    static constexpr int kDeepest = 10; ///< operators between a projection and a product

    bool isSame(const ir::Node& node, ValueId id) const { return node.operands[0] != ir::kNoValue && shapeOf(node.operands[0]) == shapeOf(id); }

    /// A constant beside a value of four axes, with as many; empty where it is none.
    Shape besides(ValueId id, int64_t heads, const Order& order) const {
        if (id == ir::kNoValue || m_graph.weight(id) == nullptr || shapeOf(id).size() > 4) return {};
        Shape shape = shapeOf(id);
        shape.insert(shape.begin(), 4 - shape.size(), 1);
        return shape[order[2]] == 1 || shape[order[2]] == heads ? shape : Shape{};
    }

    /// What each of its elements along axis 1 stands for several of: [b, g, t, k] behind reshapes and a Tile.
    ValueId repeated(const ir::Node& node, ValueId id) const {
        if (node.op != "tpu.Reshape") return ir::kNoValue;
        const ir::Node* tile = m_graph.producer(node.operands[0]);
        if (tile == nullptr || tile->op != "tpu.Tile" || tile->attributes.boolean("do_relu")) return ir::kNoValue;
        const ir::Node* split = m_graph.producer(tile->operands[0]);
        if (split == nullptr || split->op != "tpu.Reshape" || m_graph.weight(split->operands[0]) != nullptr) return ir::kNoValue;
        const Shape &own = shapeOf(split->operands[0]), &five = shapeOf(tile->operands[0]), &whole = shapeOf(node.operands[0]), &result = shapeOf(id);
        if (own.size() != 4 || whole.size() != 5 || result.size() != 4) return ir::kNoValue;
        const bool fits = five == Shape{own[0], own[1], 1, own[2], own[3]} && whole == Shape{own[0], own[1], whole[2], own[2], own[3]} &&
                          result == Shape{own[0], own[1] * whole[2], own[2], own[3]};
        return fits ? split->operands[0] : ir::kNoValue;
    }

    static std::optional<Order> behind(const ir::Node& node, const Order& order) {
        const auto axes = node.attributes.integers("order");
        if (node.op != "tpu.Permute" || axes.size() != 4) return {};
        Order out{};
        for (size_t i = 0; i < 4; ++i) out[i] = static_cast<size_t>(axes[order[i]]);
        return out;
    }

    static bool isPair(const ir::Node& node) {
        return (node.op == "tpu.Add" || node.op == "tpu.Mul" || node.op == "tpu.Sub") && node.operands.size() == 2;
    }
    static bool joins(const ir::Node& node, size_t axis) {
        const int64_t own = node.attributes.integer("axis", 1);
        return node.op == "tpu.Concat" && !node.attributes.boolean("do_relu") && (own < 0 ? own + 4 : own) == static_cast<int64_t>(axis);
    }

    /// Heads of what lanesForm() makes without a transpose: those of the value, or fewer where they are repeated; 0: it cannot.
    int64_t headsInLanes(ValueId id, const Order& order, int depth = 0) const {
        const ir::Node* node = id == ir::kNoValue ? nullptr : m_graph.producer(id);
        if (node == nullptr || node->operands.empty() || m_graph.weight(id) != nullptr || shapeOf(id).size() != 4 || depth > kDeepest) return 0;
        if (isFunction(node->op) && isSame(*node, id)) return headsInLanes(node->operands[0], order, depth + 1);
        if (inLanes(id, order)) return shapeOf(id)[order[2]];
        if (const auto before = behind(*node, order)) return headsInLanes(node->operands[0], *before, depth + 1);
        if (const ValueId once = repeated(*node, id); once != ir::kNoValue) return order[2] == 1 ? headsInLanes(once, order, depth + 1) : 0;
        const bool pair = isPair(*node);
        if (!pair && !joins(*node, order[3])) return 0;
        int64_t heads = 0;
        for (const ValueId operand : node->operands) {
            if (pair && operand != ir::kNoValue && m_graph.weight(operand) != nullptr) continue;
            const int64_t own = pair && operand != ir::kNoValue && shapeOf(operand) != shapeOf(id) ? 0 : headsInLanes(operand, order, depth + 1);
            if (own == 0 || (heads != 0 && own != heads)) return 0;
            heads = own;
        }
        for (const ValueId operand : node->operands)
            if (pair && operand != ir::kNoValue && m_graph.weight(operand) != nullptr && besides(operand, heads, order).empty()) return 0;
        return heads;
    }

    /// The value with its axes in that order, where headsInLanes() says so.
    ValueId lanesForm(Steps& steps, ValueId id, const Order& order) {
        if (const auto known = m_made.find({id, order}); known != m_made.end()) return known->second;
        const ir::Node node = *m_graph.producer(id);
        ir::TensorType type = m_graph.value(id).type;
        ValueId made = ir::kNoValue;
        if ((isFunction(node.op) && isSame(node, id)) || (!inLanes(id, order) && (isPair(node) || node.op == "tpu.Concat"))) { // as it was, before the transpose
            std::vector<ValueId> operands = node.operands;
            type.shape = permuted(type.shape, order);
            const bool function = isFunction(node.op);
            for (size_t k = 0; k < (function ? 1 : operands.size()); ++k)
                if (m_graph.weight(operands[k]) == nullptr) {
                    operands[k] = lanesForm(steps, operands[k], order);
                    type.shape[2] = shapeOf(operands[k])[2];
                }
            for (size_t k = 0; !function && k < operands.size(); ++k)
                if (m_graph.weight(operands[k]) != nullptr) {
                    const Shape shape = besides(operands[k], type.shape[2], order);
                    operands[k] = steps.constant(inOrder(m_graph.weight(operands[k])->reshaped(shape), order), m_graph.value(operands[k]).type);
                }
            const bool join = node.op == "tpu.Concat";
            made = steps.add(join ? kLaneJoin : node.op.c_str(), std::move(operands), type.shape, join ? ir::AttributeMap{} : node.attributes);
            m_graph.value(made).type = type;
        } else if (const auto from = inLanes(id, order)) {
            made = from->base;
            if (!from->whole) {
                ir::AttributeMap a;
                a.set("offset", from->offset);
                a.set("strides", Attribute::ints({from->head, from->element}));
                made = steps.add(kLaneView, {from->base}, permuted(type.shape, order), std::move(a));
            }
        } else if (const auto before = behind(node, order)) {
            made = lanesForm(steps, node.operands[0], *before);
        } else {
            made = lanesForm(steps, repeated(node, id), order);
        }
        return m_made.emplace(std::pair{id, order}, made).first->second;
    }

    /// The transpose behind the product in its new form, or -1.
    NodeId rewrite(NodeId at) {
        const ir::Node& node = m_graph.node(at);
        const ValueId left = node.operands[0], right = node.operands[1];
        const bool transposed = node.attributes.boolean("right_transpose");
        const int64_t heads = shapeOf(left)[1];
        if (headsInLanes(left, kRowsThird) != heads) return -1;
        // Rows of the right operand are the result's columns, or what is summed over.
        const Order columns = transposed ? kRowsThird : kRowsLast, inner = transposed ? kRowsLast : kRowsThird;
        const auto has = [&](const Order& order) {
            const int64_t own = headsInLanes(right, order);
            return own > 0 && heads % own == 0;
        };
        const bool byColumns = has(columns);
        if (!byColumns && !has(inner)) return -1;
        Steps steps(m_graph, at, m_graph.value(node.results[0]).name + "_heads");
        const ValueId a = lanesForm(steps, left, kRowsThird), b = lanesForm(steps, right, byColumns ? columns : inner);
        steps.node().operands[0] = a;
        steps.node().operands[1] = b;
        steps.node().attributes.set("hdim_is_batch", true);
        steps.node().attributes.set("right_transpose", byColumns);
        const Shape shape = shapeOf(steps.node().results[0]);
        const ValueId taken = steps.takeResult(permuted(shape, kRowsThird));
        steps.behind();
        steps.giveResult(steps.permute(taken, {0, 2, 1, 3}));
        return steps.last();
    }

    /// Moves a transpose behind the operators that do not mind it, as far as it goes; where it ends up.
    NodeId sink(NodeId at) {
        for (;;) {
            const ValueId from = m_graph.node(at).operands[0], to = m_graph.node(at).results[0];
            if (m_graph.isOutput(to)) return at;
            NodeId user = ir::kNoNode;
            for (size_t i = static_cast<size_t>(at) + 1; i < m_graph.nodes().size(); ++i) {
                const auto& operands = m_graph.node(static_cast<NodeId>(i)).operands;
                const auto uses = std::count(operands.begin(), operands.end(), to);
                if (uses == 0) continue;
                if (uses > 1 || user != ir::kNoNode) return at;
                user = static_cast<NodeId>(i);
            }
            if (user == ir::kNoNode) return at;
            const Shape shape = shapeOf(to);
            if (m_graph.node(user).results.size() != 1 || shapeOf(m_graph.node(user).results[0]) != shape) return at;
            Steps steps(m_graph, user, m_graph.value(m_graph.node(user).results[0]).name + "_heads");
            if (!passes(steps, to, shape)) return at;
            std::replace(steps.node().operands.begin(), steps.node().operands.end(), to, from);
            const ValueId taken = steps.takeResult(permuted(shape, kRowsThird));
            steps.behind();
            steps.giveResult(steps.permute(taken, {0, 2, 1, 3}));
            at = steps.last();
        }
    }

    /// Whether the node gives the transposed result of a transposed operand; constants beside it follow.
    bool passes(Steps& steps, ValueId value, const Shape& shape) {
        const std::string op = steps.node().op;
        if (isFunction(op)) return steps.node().operands[0] == value;
        if (op == "tpu.Softmax") {
            const int64_t axis = steps.node().attributes.integer("axis", -1);
            return steps.node().operands[0] == value && (axis == -1 || axis == 3);
        }
        if (op != "tpu.Add" && op != "tpu.Mul" && op != "tpu.Sub") return false;
        const std::vector<ValueId> operands = steps.node().operands;
        for (const ValueId id : operands)
            if (id != value && (id == ir::kNoValue || m_graph.weight(id) == nullptr || shapeOf(id).size() > 4)) return false;
        for (size_t k = 0; k < operands.size(); ++k) {
            if (operands[k] == value) continue;
            Shape own = shapeOf(operands[k]);
            own.insert(own.begin(), shape.size() - own.size(), 1);
            const ir::Tensor constant = m_graph.weight(operands[k])->reshaped(own);
            const ValueId made = steps.constant(inOrder(constant, kRowsThird), m_graph.value(operands[k]).type);
            steps.node().operands[k] = made;
        }
        return true;
    }

    /// A transpose of a transpose is what it was, or that with other axes of one element.
    void cancelSwaps() {
        for (size_t i = 0; i < m_graph.nodes().size(); ++i) {
            ir::Node& node = m_graph.node(static_cast<NodeId>(i));
            if (node.op != "tpu.Permute") continue;
            const ir::Node* before = m_graph.producer(node.operands[0]);
            const ValueId result = node.results[0];
            if (before == nullptr || !isSwap(*before) || m_graph.isOutput(result)) continue;
            const ValueId base = before->operands[0];
            std::vector<int64_t> order = node.attributes.integers("order");
            if (order.size() != 4) continue;
            for (int64_t& axis : order) axis = axis == 1 ? 2 : axis == 2 ? 1 : axis;
            if (!keepsOrder(order, shapeOf(base))) continue;
            if (shapeOf(result) == shapeOf(base)) {
                m_graph.replaceUses(result, base);
                continue;
            }
            node.op = "tpu.Reshape";
            node.operands = {base};
            node.attributes = {};
            for (size_t k = i + 1; k < m_graph.nodes().size(); ++k) { // they begin with what it did
                ir::Node& user = m_graph.node(static_cast<NodeId>(k));
                if (user.op == "tpu.Reshape" && user.operands[0] == result) user.operands[0] = base;
            }
        }
    }

    ir::Graph m_graph;
    std::map<std::pair<ValueId, Order>, ValueId> m_made;
};

} // namespace

ir::Graph headsAlongLanes(const ir::Graph& graph) { return Heads(graph).run(); }

} // namespace wb::codegen

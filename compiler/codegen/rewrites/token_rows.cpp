// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/token_rows.h"

#include "compiler/codegen/rewrites/broadcasts.h"
#include "compiler/codegen/rewrites/idle_movers.h"
#include "compiler/codegen/rewrites/steps.h"
#include "compiler/ops/support/lane_image_bm1684x.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::Shape;
using ir::ValueId;

/// Elements; shorter rows come and leave as if they were 256 bytes long, several to a lane they do not.
constexpr int64_t kLongRow = 48;
constexpr int kLongestChain = 8; ///< functions on the way to a join

class TokenRows {
public:
    explicit TokenRows(const ir::Graph& source) : m_graph(source) {}

    ir::Graph run() {
        bool changed = false;
        for (size_t i = 0; i < m_graph.nodes().size(); ++i) {
            const auto at = static_cast<NodeId>(i);
            const ir::Node& node = m_graph.node(at);
            if (node.op == "tpu.Reshape") {
                changed = joinReshapes(node) || changed;
                continue;
            }
            if (readsPicture(node)) i = static_cast<size_t>(flatten(at, {}));
            else if (continuesTable(node)) i = static_cast<size_t>(node.op == "tpu.Scale" ? scaleRows(at) : flatten(at, sourceOf(node.operands[0])));
            else if (isRowWise(node) || continuesRows(node)) i = static_cast<size_t>(flatten(at, {}));
            else continue;
            changed = true;
        }
        if (!changed) return std::move(m_graph);
        m_graph.eraseDead();
        return dropIdleMovers(m_graph);
    }

private:
    const Shape& shapeOf(ValueId id) const { return m_graph.value(id).type.shape; }
    bool isConstant(ValueId id) const { return id != ir::kNoValue && m_graph.weight(id) != nullptr; }

    /// Four axes, or three of which the second would leave most lanes idle (tokens first, a batch of one behind them), or a
    /// table of many rows.
    static bool isPicture(const Shape& shape) {
        constexpr int64_t kFewLanes = 16;
        return shape.size() == 4 || (shape.size() == 3 && shape[0] > 1 && shape[1] < kFewLanes) || (shape.size() == 2 && shape[0] > kFewLanes);
    }

    bool hasPictures(const ir::Node& node) const {
        return !node.operands.empty() && node.operands[0] != ir::kNoValue && !isConstant(node.operands[0]) && node.results.size() == 1 &&
               isPicture(shapeOf(node.operands[0])) && isPicture(shapeOf(node.results[0])) && shapeOf(node.operands[0]).size() == shapeOf(node.results[0]).size() &&
               std::max(shapeOf(node.results[0]).back(), shapeOf(node.operands[0]).back()) >= kLongRow;
    }

    bool isRowWise(const ir::Node& node) const {
        if (!hasPictures(node)) return false;
        const auto& a = node.attributes;
        if (node.op == "tpu.LayerNorm") {
            const int64_t axis = a.integer("axis", -1);
            return axis == static_cast<int64_t>(shapeOf(node.results[0]).size()) - 1 || axis == -1;
        }
        if (node.op != "tpu.MatMul" || node.operands.size() < 2 || !isConstant(node.operands[1]) || shapeOf(node.operands[1]).size() != 2) return false;
        for (const char* name : {"left_transpose", "output_transpose", "hdim_is_batch"})
            if (a.boolean(name)) return false;
        const auto size = ir::sizeInBytes(m_graph.value(node.operands[0]).type.element);
        return size <= 2; // longer numbers have no product of rows
    }

    /// A product of a few rows, each of them a whole picture: as channels of one pixel they would be brought to lanes one by
    /// one, as a row they come in one piece.
    bool readsPicture(const ir::Node& node) const {
        if (node.op != "tpu.MatMul" || node.operands.size() < 2 || node.operands[0] == ir::kNoValue || isConstant(node.operands[0]) || !isConstant(node.operands[1]))
            return false;
        const Shape &left = shapeOf(node.operands[0]), &right = shapeOf(node.operands[1]), &result = shapeOf(node.results[0]);
        if (left.size() != 2 || right.size() != 2 || result.size() != 2 || node.attributes.boolean("left_transpose") || node.attributes.boolean("output_transpose")) return false;
        const auto size = static_cast<int64_t>(ir::sizeInBytes(m_graph.value(node.operands[0]).type.element));
        constexpr int64_t kLong = 2048, kRoom = bm1684x::kLaneBytes / 2; // of the matrix, which is there as a whole
        if (size > 2 || left[1] < kLong || bm1684x::ceilDiv(left[1], bm1684x::kLanes) * bm1684x::roundUp(result[1] * size, bm1684x::kVectorBytes) > kRoom) return false;
        const ir::Node* before = m_graph.producer(node.operands[0]);
        while (before != nullptr && isFunction(before->op) && before->operands[0] != ir::kNoValue) before = m_graph.producer(before->operands[0]);
        if (before == nullptr || before->op != "tpu.Reshape" || isConstant(before->operands[0])) return false;
        const Shape& picture = shapeOf(before->operands[0]);
        return picture.size() == 4 && picture[0] == left[0] && picture[2] * picture[3] > 1;
    }

    /// The value of three axes behind a reshape that leaves rows as they are.
    bool comesFromRows(ValueId id) const {
        const ir::Node* node = id == ir::kNoValue ? nullptr : m_graph.producer(id);
        if (node == nullptr || node->op != "tpu.Reshape" || isConstant(node->operands[0])) return false;
        const Shape& rows = shapeOf(node->operands[0]);
        return rows.size() == 3 && rows[0] == 1 && rows.back() == shapeOf(id).back();
    }

    /// Part of each row, or rows side by side, of which one was made as such.
    bool movesInRows(const ir::Node& node) const {
        if (node.operands.empty() || node.results.size() != 1 || node.attributes.boolean("do_relu")) return false;
        const Shape& result = shapeOf(node.results[0]);
        if (result.size() != 4) return false;
        if (node.op == "tpu.Slice") {
            const auto offset = node.attributes.integers("offset"), steps = node.attributes.integers("steps");
            if (!comesFromRows(node.operands[0]) || offset.size() != 4 || steps != std::vector<int64_t>(4, 1) || offset[3] < 0) return false;
            const Shape& whole = shapeOf(node.operands[0]);
            return std::equal(result.begin(), result.end() - 1, whole.begin()) && offset[3] + result[3] <= whole[3];
        }
        const int64_t axis = node.attributes.integer("axis", 1);
        if (node.op != "tpu.Concat" || (axis != 3 && axis != -1)) return false;
        bool rows = false;
        for (const ValueId id : node.operands) {
            if (id == ir::kNoValue || isConstant(id) || shapeOf(id).size() != 4) return false;
            rows = rows || comesFromRows(id);
        }
        return rows;
    }

    /// Element-wise on what was made as rows.
    bool continuesRows(const ir::Node& node) const {
        if (movesInRows(node)) return true;
        if (!hasPictures(node)) return false;
        const Shape& result = shapeOf(node.results[0]);
        if (isFunction(node.op)) return shapeOf(node.operands[0]) == result && comesFromRows(node.operands[0]);
        if ((node.op != "tpu.Add" && node.op != "tpu.Mul") || node.operands.size() != 2) return false;
        bool rows = false;
        for (const ValueId id : node.operands) {
            if (id == ir::kNoValue) return false;
            const Shape& shape = shapeOf(id);
            if (isConstant(id)) { // one number a column
                if (shape.empty() || m_graph.weight(id)->elementCount() != shape.back() || (shape.back() != result.back() && shape.back() != 1)) return false;
                continue;
            }
            if (shape != result) return false;
            rows = rows || comesFromRows(id);
        }
        return rows;
    }

    /// The shape of what a reshape made a table of, all but the last axis joined; empty where it is none.
    Shape sourceOf(ValueId id) const {
        const ir::Node* node = id == ir::kNoValue ? nullptr : m_graph.producer(id);
        if (node == nullptr || node->op != "tpu.Reshape" || isConstant(node->operands[0])) return {};
        const Shape& rows = shapeOf(node->operands[0]);
        return rows.size() == 3 && rows[1] > 1 && rows.back() == shapeOf(id).back() ? rows : Shape{};
    }

    /// A function of such a table, or a factor and an offset for each of its columns: a norm of features behind a product.
    bool continuesTable(const ir::Node& node) const {
        if (node.operands.empty() || node.operands[0] == ir::kNoValue || node.results.size() != 1) return false;
        const Shape& result = shapeOf(node.results[0]);
        if (result.size() != 2 || shapeOf(node.operands[0]) != result || result.back() < kLongRow || sourceOf(node.operands[0]).empty()) return false;
        if (node.op != "tpu.Scale") return isFunction(node.op);
        if (node.operands.size() != 3 || !ir::isFloat(m_graph.value(node.operands[0]).type.element)) return false;
        return std::all_of(node.operands.begin() + 1, node.operands.end(), [&](ValueId id) {
            return isConstant(id) && ir::isFloat(m_graph.weight(id)->type()) && m_graph.weight(id)->elementCount() == result.back();
        });
    }

    /// As the chip does it with one channel's factor and offset: in float32, rounded once.
    NodeId scaleRows(NodeId at) {
        Steps steps(m_graph, at, m_graph.value(m_graph.node(at).results[0]).name + "_rows");
        const Shape shape = shapeOf(steps.node().results[0]), rows = sourceOf(steps.node().operands[0]);
        ir::TensorType wide;
        wide.shape = rows;
        const std::vector<ValueId> operands = steps.node().operands;
        const auto table = [&](ValueId id) {
            const std::vector<float> values = ops::floatsOf(*m_graph.weight(id));
            return steps.constant(ir::Tensor::of<float>(ir::ElementType::F32, {1, 1, rows.back()}, values), wide);
        };
        ValueId x = m_graph.producer(operands[0])->operands[0];
        const bool narrow = m_graph.value(x).type.element != ir::ElementType::F32;
        if (narrow) {
            x = steps.add("tpu.Cast", {x}, rows);
            m_graph.value(x).type = wide;
        }
        x = steps.add("tpu.Mul", {x, table(operands[1])}, rows);
        const ValueId offset = table(operands[2]);
        ir::AttributeMap attributes = steps.node().attributes; // a ReLU
        if (narrow) {
            x = steps.add("tpu.Add", {x, offset}, rows, std::move(attributes));
            steps.node().op = "tpu.Cast";
            steps.node().operands = {x};
            steps.node().attributes = {};
        } else {
            steps.node().op = "tpu.Add";
            steps.node().operands = {x, offset};
        }
        const ValueId taken = steps.takeResult(rows);
        steps.behind();
        steps.giveResult(steps.reshape(taken, shape));
        return steps.last();
    }

    /// An operand beside rows as rows: functions of it, too, which would send it through DDR once more.
    ValueId asRows(Steps& steps, ValueId id, const Shape& shape, int depth) {
        const ir::Node* producer = m_graph.producer(id);
        if (producer == nullptr || !isFunction(producer->op) || producer->operands[0] == ir::kNoValue || isConstant(producer->operands[0]) ||
            shapeOf(producer->operands[0]) != shapeOf(id) || readers(id) != 1 || depth > kLongestChain)
            return steps.reshape(id, shape);
        const ir::Node node = *producer;
        ir::TensorType type = m_graph.value(id).type;
        type.shape = shape;
        std::vector<ValueId> operands = node.operands;
        operands[0] = asRows(steps, operands[0], shape, depth + 1);
        const ValueId made = steps.add(node.op.c_str(), std::move(operands), shape, node.attributes);
        m_graph.value(made).type = std::move(type);
        return made;
    }
    int64_t readers(ValueId id) const {
        int64_t count = m_graph.isOutput(id) ? 1 : 0;
        for (const ir::Node& node : m_graph.nodes()) count += std::count(node.operands.begin(), node.operands.end(), id);
        return count;
    }

    /// Between reshapes to and from `rows`, or all axes but the last one joined where that is empty.
    NodeId flatten(NodeId at, const Shape& rows) {
        Steps steps(m_graph, at, m_graph.value(m_graph.node(at).results[0]).name + "_rows");
        const auto flat = [&](const Shape& shape) {
            return !rows.empty() ? rows : Shape{1, std::accumulate(shape.begin(), shape.end() - 1, int64_t{1}, std::multiplies<>()), shape.back()};
        };
        const bool product = steps.node().op == "tpu.MatMul", norm = steps.node().op == "tpu.LayerNorm", join = steps.node().op == "tpu.Concat";
        for (size_t k = 0; k < steps.node().operands.size(); ++k) {
            const ValueId id = steps.node().operands[k];
            if (id == ir::kNoValue) continue;
            ValueId made = id;
            if (!isConstant(id)) made = join ? asRows(steps, id, flat(shapeOf(id)), 0) : steps.reshape(id, flat(shapeOf(id)));
            else if (!product && !norm && !isFunction(steps.node().op))
                made = steps.constant(m_graph.weight(id)->reshaped({1, 1, shapeOf(id).back()}), m_graph.value(id).type);
            steps.node().operands[k] = made;
        }
        for (size_t k = 0; k < steps.node().operands.size(); ++k) {
            const ir::Node* before = steps.node().operands[k] == ir::kNoValue ? nullptr : m_graph.producer(steps.node().operands[k]);
            if (before != nullptr && before->op == "tpu.Reshape") joinReshapes(*before);
        }
        if (norm) steps.node().attributes.set("axis", int64_t{2});
        if (join) steps.node().attributes.set("axis", ir::Attribute::si32(2));
        if (steps.node().op == "tpu.Slice") {
            const Shape part = flat(shapeOf(steps.node().results[0]));
            const int64_t first = steps.node().attributes.integers("offset")[3];
            steps.node().attributes.set("axes", ir::Attribute::ints({}));
            steps.node().attributes.set("offset", ir::Attribute::ints({0, 0, first}));
            steps.node().attributes.set("steps", ir::Attribute::ints({1, 1, 1}));
            steps.node().attributes.set("ends", ir::Attribute::ints({1, part[1], first + part[2]}));
        }
        const Shape shape = shapeOf(steps.node().results[0]);
        const ValueId taken = steps.takeResult(flat(shape));
        steps.behind();
        steps.giveResult(steps.reshape(taken, shape));
        return steps.last();
    }

    /// A reshape of a reshape is one of what that began with; readers of the same shape read it itself.
    bool joinReshapes(const ir::Node& node) {
        const ir::Node* before = m_graph.producer(node.operands[0]);
        if (before == nullptr || before->op != "tpu.Reshape" || isConstant(before->operands[0])) return false;
        const ValueId first = before->operands[0], result = node.results[0];
        m_graph.node(m_graph.value(result).producer).operands[0] = first;
        if (shapeOf(first) == shapeOf(result) && !m_graph.isOutput(result)) m_graph.replaceUses(result, first);
        return true;
    }

    ir::Graph m_graph;
};

} // namespace

ir::Graph rowsOfTokens(const ir::Graph& graph) { return TokenRows(graph).run(); }

} // namespace wb::codegen

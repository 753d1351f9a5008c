// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/broadcasts.h"

#include "compiler/codegen/rewrites/steps.h"
#include "compiler/ops/binary/binary_bm1684x.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace wb::codegen {
namespace {

using ir::Shape;
using ir::ValueId;

constexpr std::array<std::string_view, 8> kElementwise{"tpu.Add", "tpu.Sub", "tpu.Mul", "tpu.Div",
                                                       "tpu.Max", "tpu.Min", "tpu.Compare", "tpu.Where"};

constexpr std::array<std::string_view, 6> kUnary{"tpu.Cast",      "tpu.MulShift", "tpu.RequantInt",
                                                 "tpu.LeakyRelu", "tpu.Lut",      "tpu.Active"};
constexpr std::array<std::string_view, 10> kWithNumbers{"tpu.Relu",     "tpu.Clip",     "tpu.AddConst",   "tpu.SubConst", "tpu.MulConst",
                                                        "tpu.MaxConst", "tpu.MinConst", "tpu.Reciprocal", "tpu.Pow",      "tpu.CompareConst"};

/// The shapes of operands, with as many axes as the result; nothing where the operator is none of these or has no need.
std::vector<Shape> broadcastShapes(const ir::Graph& graph, const ir::Node& node) {
    if (!repeatsOperands(node.op)) return {};
    const Shape& result = graph.value(node.results[0]).type.shape;
    const bool fits = result.size() <= kChipAxes;
    std::vector<Shape> shapes;
    bool needed = false;
    for (const ValueId id : node.operands) {
        if (id == ir::kNoValue) { // a number
            shapes.emplace_back(result.size(), 1);
            continue;
        }
        Shape shape = graph.value(id).type.shape;
        if (shape.size() > result.size()) return {};
        const bool shorter = shape.size() < result.size();
        shape.insert(shape.begin(), result.size() - shape.size(), 1);
        needed = needed || (graph.weight(id) == nullptr && (shorter || (!fits && ops::joinableShape(shape, result) != shape)));
        shapes.push_back(std::move(shape));
    }
    return needed ? shapes : std::vector<Shape>{};
}

/// Makes one of the axes i and i + 1 of all shapes; the result's is the last.
void join(std::vector<Shape>& shapes, size_t i) {
    for (Shape& shape : shapes) {
        shape[i] *= shape[i + 1];
        shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
}

/// Whether every operand has both axes or repeats along both.
bool alike(const std::vector<Shape>& shapes, size_t i) {
    const Shape& result = shapes.back();
    if (result[i] == 1 || result[i + 1] == 1) return true;
    return std::all_of(shapes.begin(), shapes.end(), [&](const Shape& shape) {
        return (shape[i] == result[i]) == (shape[i + 1] == result[i + 1]);
    });
}

/// Joins axes, the first ones first, until as many are left as the chip has.
void joinAlike(std::vector<Shape>& shapes) {
    for (size_t axis = 0; shapes.back().size() > kChipAxes && axis + 1 < shapes.back().size();) {
        if (alike(shapes, axis)) join(shapes, axis);
        else ++axis;
    }
}

ValueId reshaped(Steps& steps, ValueId id, const Shape& shape) {
    const ir::Tensor* data = steps.graph().weight(id);
    if (data == nullptr) return steps.reshape(id, shape);
    return steps.constant(data->reshaped(shape), steps.graph().value(id).type);
}

/// The operand with all the elements that it stands for, in DDR: `shape`, with as many axes as `whole`, is what it has.
ValueId repeated(Steps& steps, ValueId id, const Shape& shape, const Shape& whole) {
    if (const ir::Tensor* data = steps.graph().weight(id))
        return steps.constant(ops::repeatedConstant(*data, shape, whole), steps.graph().value(id).type);
    std::vector<int64_t> times;
    for (size_t i = 0; i < whole.size(); ++i) times.push_back(whole[i] / shape[i]);
    ir::AttributeMap a;
    a.set("tile", ir::Attribute::ints(times));
    const ValueId whenRanked = steps.graph().value(id).type.shape == shape ? id : steps.reshape(id, shape);
    return steps.add("tpu.Tile", {whenRanked}, whole, std::move(a));
}

} // namespace

bool isUnary(std::string_view op) { return std::find(kUnary.begin(), kUnary.end(), op) != kUnary.end(); }

bool isFunction(std::string_view op) { return isUnary(op) || std::find(kWithNumbers.begin(), kWithNumbers.end(), op) != kWithNumbers.end(); }

bool repeatsOperands(std::string_view op) {
    return std::find(kElementwise.begin(), kElementwise.end(), op) != kElementwise.end();
}

size_t chipAxesOf(const Shape& result, const std::vector<Shape>& operands) {
    std::vector<Shape> shapes = operands;
    for (Shape& shape : shapes)
        shape.insert(shape.begin(), result.size() - std::min(result.size(), shape.size()), 1);
    shapes.push_back(result);
    joinAlike(shapes);
    return shapes.back().size();
}

ir::Graph joinBroadcastAxes(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto position = static_cast<ir::NodeId>(i);
        std::vector<Shape> shapes = broadcastShapes(graph, graph.node(position));
        if (shapes.empty()) continue;
        const Shape own = graph.value(graph.node(position).results[0]).type.shape;
        const std::vector<Shape> given = shapes;
        shapes.push_back(own);
        joinAlike(shapes);
        Steps steps(graph, position, graph.value(graph.node(position).results[0]).name + "_axes");
        const size_t operands = steps.node().operands.size();
        if (shapes.back().size() > kChipAxes) { // they repeat along axes with others in between
            for (size_t k = 0; k < operands; ++k) {
                if (steps.node().operands[k] == ir::kNoValue) continue;
                shapes[k] = own;
                if (given[k] == own) continue;
                const ValueId id = repeated(steps, steps.node().operands[k], given[k], own);
                steps.node().operands[k] = id;
            }
            shapes.back() = own;
            joinAlike(shapes);
        }
        for (size_t k = 0; k < operands; ++k) {
            if (steps.node().operands[k] == ir::kNoValue) continue;
            const ValueId id = reshaped(steps, steps.node().operands[k], shapes[k]);
            steps.node().operands[k] = id;
        }
        i = static_cast<size_t>(steps.position());
        if (shapes.back() == own) continue;
        const ValueId result = steps.takeResult(shapes.back());
        steps.behind();
        steps.giveResult(steps.reshape(result, own));
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/resize_products.h"

#include "compiler/codegen/rewrites/steps.h"
#include "compiler/numeric/half.h"
#include "compiler/ops/resize/linear_bm1684x.h"
#include "compiler/ops/resize/nearest_bm1684x.h"

#include <algorithm>
#include <cstring>

namespace wb::codegen {
namespace {

using ir::ElementType;
using ir::NodeId;
using ir::Shape;
using ir::ValueId;

/// How an axis is read.
struct Axis : ops::ResizeAxis {
    bool isNothing() const { return in == out && scale <= 0; }
};

/// [out, in]: what each result takes of each element.
std::vector<float> matrixOf(const Axis& axis, const std::string& coordinates, bool linear) {
    std::vector<float> matrix(static_cast<size_t>(axis.out * axis.in));
    for (int64_t o = 0; o < axis.out; ++o) {
        const ops::ResizeTap tap = ops::resizeTap(axis, o, coordinates, linear);
        float* row = matrix.data() + o * axis.in;
        row[tap.low] += 1 - tap.weight;
        row[tap.high] += tap.weight;
    }
    return matrix;
}

ir::Tensor tensorOf(const std::vector<float>& values, Shape shape, ElementType element) {
    ir::Tensor out(element, std::move(shape));
    for (size_t i = 0; i < values.size(); ++i)
        switch (element) {
        case ElementType::F16: out.mutableData<uint16_t>()[i] = numeric::toHalf(values[i]); break;
        case ElementType::BF16: out.mutableData<uint16_t>()[i] = numeric::toBfloat16(values[i]); break;
        default: out.mutableData<float>()[i] = values[i]; break;
        }
    return out;
}

/// Every element `h` · `w` times, which needs no arithmetic.
bool isRepetition(const ir::Node& node, const std::vector<Axis>& axes) {
    const auto mode = node.attributes.enumerator("mode", "linear"), coordinates = node.attributes.enumerator("coord_mode", "half_pixel");
    const bool whole = std::all_of(axes.begin(), axes.end(), [](const Axis& a) { return a.out % a.in == 0; });
    return whole && mode == "nearest" && (coordinates == "half_pixel" || coordinates == "asymmetric");
}

void rewrite(Steps& steps, const std::vector<Axis>& axes) {
    ir::Node& node = steps.node();
    const bool linear = node.attributes.enumerator("mode", "linear") == "linear";
    const auto coordinates = node.attributes.enumerator("coord_mode", "half_pixel");
    ValueId x = node.operands[0];
    const ir::TensorType type = steps.graph().value(x).type;
    const Axis& rows = axes.front();
    const Axis& columns = axes.back();
    const bool picture = axes.size() == 2;
    const auto product = [&](ValueId left, ValueId right, const Shape& shape, bool last, const ir::AttributeMap& attributes) {
        if (!last) return steps.add("tpu.MatMul", {left, right, ir::kNoValue}, shape, attributes);
        steps.node().op = "tpu.MatMul";
        steps.node().operands = {left, right, ir::kNoValue};
        steps.node().attributes = attributes;
        return ir::kNoValue;
    };
    ir::AttributeMap plain, transposed;
    plain.set("right_transpose", false);
    transposed.set("right_transpose", true);
    Shape shape = type.shape;
    const bool last = !picture || rows.isNothing();
    if (!columns.isNothing() || last) {
        shape.back() = columns.out;
        const ValueId matrix = steps.constant(
            tensorOf(matrixOf(columns, coordinates, linear), {columns.out, columns.in}, type.element), type);
        x = product(x, matrix, shape, last, transposed);
    }
    if (last) return;
    shape[shape.size() - 2] = rows.out;
    const ValueId matrix =
        steps.constant(tensorOf(matrixOf(rows, coordinates, linear), {rows.out, rows.in}, type.element), type);
    product(matrix, x, shape, true, plain);
}

} // namespace

ir::Graph resizeByProducts(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto position = static_cast<NodeId>(i);
        const ir::Node& node = graph.node(position);
        if (node.op != "tpu.Interp" || node.operands.empty() || graph.weight(node.operands[0]) != nullptr) continue;
        const ir::TensorType& in = graph.value(node.operands[0]).type;
        const ir::TensorType& out = graph.value(node.results[0]).type;
        const auto mode = node.attributes.enumerator("mode", "linear");
        if (!ir::isFloat(in.element) || in.element != out.element || in.shape.size() != out.shape.size() ||
            (in.shape.size() != 3 && in.shape.size() != 4) || (mode != "linear" && mode != "nearest"))
            continue;
        const ops::ResizeAxes both = ops::resizeAxesOf(graph, node);
        std::vector<Axis> axes{{both.rows}};
        if (in.shape.size() == 4) axes.push_back({both.columns});
        const bool sane = std::all_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.in > 0 && axis.out > 0; });
        if (!sane || isRepetition(node, axes) || ops::copiesNearest(graph, node) || ops::interpolatesInLanes(graph, node) ||
            node.attributes.boolean("do_relu")) continue;
        Steps steps(graph, position, graph.value(node.results[0]).name);
        rewrite(steps, axes);
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace wb::codegen

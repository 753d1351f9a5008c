// SPDX-License-Identifier: GPL-3.0-or-later
// Shared arithmetic of the shape rules; see the header.
#include "compiler/ops/shape_rules.h"

#include <algorithm>
#include <cstdlib>

namespace wb::ops {

bool hasOperand(const ir::Node& node, size_t index) {
    return index < node.operands.size() && node.operands[index] != ir::kNoValue;
}

Error shapeError(const ir::Graph& graph, const ir::Node& node, std::string what) {
    Error error{Code::ShapeMismatch, node.op + ": " + std::move(what)};
    if (!node.results.empty()) error.node = graph.value(node.results.front()).name;
    return error;
}

Result<ir::TensorType> operandType(const ir::Graph& graph, const ir::Node& node, size_t index) {
    if (!hasOperand(node, index))
        return shapeError(graph, node, "operand " + std::to_string(index) + " is missing");
    const ir::TensorType& type = graph.value(node.operands[index]).type;
    if (!type.ranked) {
        Error error =
            shapeError(graph, node,
                       "the shape of '" + graph.value(node.operands[index]).name + "' is unknown");
        error.code = Code::ShapeUnknown;
        return error;
    }
    return type;
}

Result<ir::TensorType> operandType(const ir::Graph& graph, const ir::Node& node, size_t index,
                                   size_t rank) {
    WB_ASSIGN(ir::TensorType type, operandType(graph, node, index));
    if (type.shape.size() != rank)
        return shapeError(graph, node,
                          "operand " + std::to_string(index) + " has shape " +
                              ir::toText(type.shape) + ", rank " + std::to_string(rank) +
                              " expected");
    return type;
}

Types floatResult(const ir::Graph& graph, const ir::Node& node, ir::Shape shape) {
    if (!ir::checkedElementCount(shape))
        return shapeError(graph, node, "the result would have the shape " + ir::toText(shape));
    return std::vector{ir::TensorType{ir::ElementType::F32, std::move(shape), true, {}}};
}

Types sameAsOperand(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType type, operandType(graph, node, 0));
    return floatResult(graph, node, type.shape);
}

Types broadcastOperands(const ir::Graph& graph, const ir::Node& node) {
    WB_ASSIGN(const ir::TensorType first, operandType(graph, node, 0));
    ir::Shape shape = first.shape;
    for (size_t i = 1; i < node.operands.size(); ++i) {
        if (!hasOperand(node, i)) continue;
        WB_ASSIGN(const ir::TensorType other, operandType(graph, node, i));
        auto both = broadcastShapes(shape, other.shape);
        if (!both)
            return shapeError(graph, node,
                              "shapes " + ir::toText(shape) + " and " + ir::toText(other.shape) +
                                  " do not broadcast");
        shape = std::move(*both);
    }
    return floatResult(graph, node, std::move(shape));
}

std::optional<ir::Shape> broadcastShapes(const ir::Shape& a, const ir::Shape& b) {
    const size_t rank = std::max(a.size(), b.size());
    ir::Shape shape(rank);
    for (size_t i = 0; i < rank; ++i) {
        const int64_t da = i + a.size() < rank ? 1 : a[i + a.size() - rank];
        const int64_t db = i + b.size() < rank ? 1 : b[i + b.size() - rank];
        if (da != db && da != 1 && db != 1) return {};
        shape[i] = da == 1 ? db : da;
    }
    return shape;
}

std::optional<int64_t> normaliseAxis(int64_t axis, size_t rank) {
    const auto r = static_cast<int64_t>(rank);
    if (axis < -r || axis >= r) return {};
    return axis < 0 ? axis + r : axis;
}

Result<std::vector<int64_t>> boundedInts(const ir::Graph& graph, const ir::Node& node,
                                         std::string_view key, size_t count, int64_t low,
                                         int64_t high) {
    std::vector<int64_t> values = node.attributes.integers(key);
    if (values.size() != count)
        return shapeError(graph, node,
                          std::string(key) + " has " + std::to_string(values.size()) +
                              " numbers, " + std::to_string(count) + " expected");
    for (int64_t v : values)
        if (v < low || v > high)
            return shapeError(graph, node,
                              std::string(key) + " holds " + std::to_string(v) + ", outside " +
                                  std::to_string(low) + "…" + std::to_string(high));
    return values;
}

std::optional<int64_t> windowCount(int64_t in, int64_t before, int64_t after, int64_t kernel,
                                   int64_t stride, int64_t dilation, bool ceilMode) {
    const int64_t room = in + before + after - (dilation * (kernel - 1) + 1);
    if (room < 0 || stride <= 0) return {};
    if (!ceilMode) return room / stride + 1;
    int64_t count = (room + stride - 1) / stride + 1;
    if ((count - 1) * stride >= in + before) --count;
    return count;
}

SliceRange sliceRange(int64_t size, int64_t offset, int64_t end, int64_t step) {
    if (step == 0) return {};
    const auto wrap = [&](int64_t v) { return v < 0 ? std::max(v, -size - 1) + size : v; };
    // Backwards, -1 is the place before the first element.
    const int64_t low = step < 0 ? -1 : 0, high = step < 0 ? size - 1 : size;
    const int64_t begin = std::clamp(wrap(offset), low, high);
    const int64_t stop = std::clamp(wrap(end), low, high);
    const int64_t room = step > 0 ? stop - begin : begin - stop;
    const int64_t stride = std::abs(step);
    return {begin, room <= 0 ? 0 : (room + stride - 1) / stride};
}

int64_t resultElements(const ir::Graph& graph, const ir::Node& node) {
    return node.results.empty() ? 0 : graph.value(node.results.front()).type.elementCount();
}

int64_t reluFlops(const ir::Node& node) {
    return node.attributes.boolean("do_relu") ? 1 : 0;
}

std::optional<ir::Shape> resolveReshape(const ir::Shape& in, const std::vector<int64_t>& wanted) {
    const auto total = ir::checkedElementCount(in);
    if (!total) return {};
    ir::Shape shape = wanted;
    int64_t known = 1;
    std::optional<size_t> open;
    for (size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == 0) {
            if (i >= in.size()) return {};
            shape[i] = in[i];
        }
        if (shape[i] == -1) {
            if (open) return {};
            open = i;
            continue;
        }
        if (shape[i] < 0 || (shape[i] != 0 && known > (int64_t{1} << 40) / shape[i])) return {};
        known *= shape[i];
    }
    if (open) {
        if (known == 0 || *total % known != 0) return {};
        shape[*open] = *total / known;
    }
    if (ir::checkedElementCount(shape) != total) return {};
    return shape;
}

} // namespace wb::ops

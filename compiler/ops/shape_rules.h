// SPDX-License-Identifier: GPL-3.0-or-later
// Small parts of which the operators' shape rules are made: operand access that reports instead of
// asserting, broadcasting, axis normalisation, window arithmetic, and builders for rows of tables.
// Rules run on untrusted attributes, so every number is bounded before it is multiplied.
#pragma once

#include "compiler/ops/op_def.h"

#include <array>

namespace wb::ops {

using Types = Result<std::vector<ir::TensorType>>;

/// The type of operand `index`, which must be present and ranked. ShapeMismatch / ShapeUnknown.
Result<ir::TensorType> operandType(const ir::Graph& graph, const ir::Node& node, size_t index);
/// As operandType, with the rank demanded.
Result<ir::TensorType> operandType(const ir::Graph& graph, const ir::Node& node, size_t index,
                                   size_t rank);
/// True if operand `index` exists and is not kNoValue.
bool hasOperand(const ir::Node& node, size_t index);

/// A ShapeMismatch error at the node's result name.
Error shapeError(const ir::Graph& graph, const ir::Node& node, std::string what);

/// One F32 result of the given shape; ShapeMismatch if it is too large to be real (2^40 elements).
Types floatResult(const ir::Graph& graph, const ir::Node& node, ir::Shape shape);
/// Result type = type of operand 0.
Types sameAsOperand(const ir::Graph& graph, const ir::Node& node);
/// Numpy broadcasting of all operands.
Types broadcastOperands(const ir::Graph& graph, const ir::Node& node);

/// numpy rules: aligned at the last axis, 1 stretches.
std::optional<ir::Shape> broadcastShapes(const ir::Shape& a, const ir::Shape& b);
/// −rank…rank−1 → 0…rank−1; nothing outside.
std::optional<int64_t> normaliseAxis(int64_t axis, size_t rank);

/// Integer attribute list of exactly `count` numbers within [low, high]; ShapeMismatch otherwise.
Result<std::vector<int64_t>> boundedInts(const ir::Graph& graph, const ir::Node& node,
                                         std::string_view key, size_t count, int64_t low,
                                         int64_t high);

/// floor or ceil((in + before + after − (dilation·(kernel−1)+1)) / stride) + 1, or nothing if the
/// window does not fit. A ceil window that would start in the trailing padding is left out, as in
/// ONNX since opset 19, PyTorch and the vendor's tool.
std::optional<int64_t> windowCount(int64_t in, int64_t before, int64_t after, int64_t kernel,
                                   int64_t stride, int64_t dilation, bool ceilMode);

/// Elements begin, begin+step, … of an axis: what offset, end and step of a Slice mean for this
/// size.
struct SliceRange {
    int64_t begin = 0;
    int64_t count = 0;
};
SliceRange sliceRange(int64_t size, int64_t offset, int64_t end, int64_t step);

/// Elements of result 0.
int64_t resultElements(const ir::Graph& graph, const ir::Node& node);
/// `perElement` operations for each result element; the form most of the vendor's FLOPs rules have.
template <int64_t perElement>
int64_t flopsPerElement(const ir::Graph& graph, const ir::Node& node) {
    return resultElements(graph, node) * perElement;
}
/// 1 with a fused ReLU, else 0.
int64_t reluFlops(const ir::Node& node);

/// Axes with which Reshape, Squeeze and friends agree on the result: -1 inferred, 0 copied.
std::optional<ir::Shape> resolveReshape(const ir::Shape& in, const std::vector<int64_t>& wanted);

inline constexpr int64_t kMaxWindow = int64_t{1} << 20; ///< kernels, strides, pads, dilations

} // namespace wb::ops

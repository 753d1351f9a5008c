// SPDX-License-Identifier: GPL-3.0-or-later
// What most import rules need: attribute sets in the vendor's spelling, reading of constants as
// numbers, and errors that name the source node. Frameworks differ, these parts do not.
#pragma once

#include "compiler/ops/import_rule.h"

namespace wb::ops {

/// {do_relu = false, relu_limit = -1.0} added to `attributes`.
ir::AttributeMap withRelu(ir::AttributeMap attributes = {});
/// What every pool has beside its window.
ir::AttributeMap poolAttributes(bool countPads);
/// {do_relu, is_scalar = false, relu_limit}: the set of the arithmetic ops.
ir::AttributeMap arithmeticAttributes(bool reversible = false);

/// The set of MatMul: nothing transposed, no ReLU.
ir::AttributeMap matmulAttributes();
/// A convolution's window; pads are all borders before, then all behind.
struct ConvForm {
    std::vector<int64_t> kernel, strides, pads, dilations;
    int64_t group = 1;
};
/// The set that Conv and Deconv have in common.
ir::AttributeMap convAttributes(const ConvForm& form);

/// An error of an import rule at this node (its name, or its first output if it has none).
Error nodeError(const SourceNode& node, Code code, std::string what);
inline Error attributeError(const SourceNode& node, std::string what) {
    return nodeError(node, Code::UnsupportedAttribute, std::move(what));
}
/// ModelDamaged if the node has fewer inputs (absent ones counted) or fewer outputs.
Status needInputs(const SourceNode& node, size_t inputs, size_t outputs = 1);
/// Name of input `index`, or "" when the node has fewer.
std::string inputName(const SourceNode& node, size_t index);

/// Constant input `index` as integers / reals; nothing if absent or not constant. Element types
/// other than the integer and float ones, and more than 2^20 numbers, give nothing.
std::optional<std::vector<int64_t>> constantInts(const SourceNode& node, ImportBuilder& builder,
                                                 size_t index);
std::optional<std::vector<double>> constantReals(const SourceNode& node, ImportBuilder& builder,
                                                 size_t index);
/// The tensor's numbers, widened. Nothing for types without a number form.
std::optional<std::vector<int64_t>> toInts(const ir::Tensor& tensor);
std::optional<std::vector<double>> toReals(const ir::Tensor& tensor);
/// A constant of one element, or nothing.
std::optional<double> constantScalar(const std::string& sourceName, ImportBuilder& builder);
/// Any number type as F32 (round to nearest); OutOfMemory when it cannot be held.
Result<ir::Tensor> toFloat32(const ir::Tensor& tensor);

/// Shape of the value behind a source name, weights included. ModelDamaged for an absent operand.
Result<ir::Shape> shapeOf(const SourceNode& node, ImportBuilder& builder, size_t index);

/// Operand `index` as a value, ModelDamaged when the node has no such input.
Result<ir::ValueId> valueOf(const SourceNode& node, ImportBuilder& builder, size_t index);

/// Float attributes are single precision in the source files: float → double, exactly.
inline double asFloat32(double value) {
    return static_cast<double>(static_cast<float>(value));
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Operands of element-wise operators in INT8.
#pragma once

#include "compiler/ops/support/lower_support.h"

#include <vector>

namespace wb::ops {

struct CodeOperand {
    ir::ValueId value = ir::kNoValue;
    double scale = 1;
};

/// Operands as codes; a constant in codes of its own largest value over 127 (255 when it is never negative).
Result<std::vector<CodeOperand>> codeOperands(LoweringBuilder& builder, const ir::Node& node);
/// The scale that a constant operand gets there.
Result<double> constantScale(const LoweringBuilder& builder, ir::ValueId source);
std::vector<ir::ValueId> valuesOf(const std::vector<CodeOperand>& operands);

/// Whether a difference of two tensors has a smaller range than one of them: then codes of that operand are too coarse for
/// what is left, and the chips that can compute it in floats.
bool cancels(LoweringBuilder& builder, const ir::Node& node);

/// The node's attributes with its ReLU in full.
ir::AttributeMap withRelu(const ir::Node& node);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// What the lowering rules of the operator folders share: operands at a precision, the numbers of a
// quantised type, attributes as the tpu dialect spells them, and whole rules for the operators that
// only move data or have no integer form.
#pragma once

#include "compiler/ops/lowering.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wb::ops {

/// Scale, zero point and signedness of a quantised type.
struct Codes {
    double scale = 1;
    int64_t zeroPoint = 0;
    bool isSigned = true;
};
Codes codesOf(const ir::TensorType& type);
/// The value's number when it is quantised, else nothing.
bool isQuantised(const ir::Graph& graph, ir::ValueId value);

/// `#tpu<kind value>`.
ir::Attribute tpuEnum(std::string kind, std::string value);
ir::Attribute roundMode(const char* mode); ///< `#tpu<round_mode …>`
/// Replaces the top dialect's round modes in words by the tpu dialect's enumerators.
void enumeratorsForRounding(ir::AttributeMap& attributes);

/// A float type of the precision without a range (the type of a cast for an operand).
ir::TensorType plainFloat(const ir::TensorType& shapeOf, Precision precision);
ir::ElementType elementFor(Precision precision); ///< F16, BF16 or F32

/// Name of result 0.
const std::string& resultName(const LoweringBuilder& builder, const ir::Node& node);

/// The operand for a node that works in INT8: as it stands if it is quantised, else cast by its
/// range.
Result<ir::ValueId> int8Operand(LoweringBuilder& builder, const ir::Node& user, ir::ValueId source);
/// The operand at a precision; constants are converted (named `<name>_f16`), absent operands stay
/// absent.
Result<ir::ValueId> operandFor(LoweringBuilder& builder, const ir::Node& user, ir::ValueId source,
                               Precision precision);
/// A constant as an array of the float type; F32 returns the original value.
Result<ir::ValueId> floatWeight(LoweringBuilder& builder, ir::ValueId source, Precision precision);
/// The elements of a constant operand as float32; WeightMissing if it is not constant.
Result<std::vector<float>> constantValues(const LoweringBuilder& builder, ir::ValueId source);

/// Adds the tpu node with the source node's result name, binds it.
ir::ValueId emitLowered(LoweringBuilder& builder, const ir::Node& node, std::string op,
                        std::vector<ir::ValueId> operands, ir::TensorType type,
                        ir::AttributeMap attributes);

/// The node as `op` at a float precision: operands cast, `absent` more absent operands, attributes
/// given.
Result<Precision> lowerFloat(LoweringBuilder& builder, const ir::Node& node, Precision precision,
                             std::string op, ir::AttributeMap attributes, int absent = 0);
/// The node as `op` at any precision, result codes are operand codes. Only operand 0 is used.
Result<Precision> lowerMover(LoweringBuilder& builder, const ir::Node& node, Precision precision,
                             std::string op, ir::AttributeMap attributes, int absent = 0);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// What TorchScript's import rules share. Nodes have their operator's argument names as attribute keys; tensors are
// inputs in the order of the arguments, "" for None; the sizes of results are known (libtorch computed them), and
// whatever depends on sizes only was computed before. Where an operator means the same as one of ONNX, its rule does
// the work.
#pragma once

#include "compiler/ops/import_help.h"

#include <initializer_list>

namespace wb::ops {

/// A number that TorchScript has as integer or float.
std::optional<double> torchNumber(const SourceNode& node, std::string_view key);
/// A list of integers, or one integer for `count` axes; empty lists count as absent.
std::optional<std::vector<int64_t>> torchInts(const SourceNode& node, std::string_view key, size_t count);
/// Shape of result `index` as libtorch has it.
std::optional<ir::Shape> torchResultShape(const SourceNode& node, size_t index = 0);
/// True when the first result is of an integer type or bool.
bool torchResultIsInteger(const SourceNode& node);
bool torchResultIsBool(const SourceNode& node);
/// Whether a value is a choice, 0 or 1: a constant of truth values, or what a comparison gave, moved about.
bool torchIsChoice(const SourceNode& node, ImportBuilder& builder, size_t index);
/// Operand `index` as one number: a constant of one element whose axes do not add to the other operand's.
std::optional<double> torchScalar(const SourceNode& node, ImportBuilder& builder, size_t index, size_t rank);

/// The node's first output is this value.
Status torchBind(const SourceNode& node, ImportBuilder& builder, ir::ValueId value);
/// The op as the node's first output.
Status torchEmit(const SourceNode& node, ImportBuilder& builder, std::string op, std::vector<ir::ValueId> operands,
                 ir::AttributeMap attributes);
/// One operand, one result.
Status torchUnary(const SourceNode& node, ImportBuilder& builder, std::string op, ir::AttributeMap attributes = {});
/// A step on the way to the first output, called `<output>_<suffix>`.
Result<ir::ValueId> torchStep(const SourceNode& node, ImportBuilder& builder, std::string op,
                              std::vector<ir::ValueId> operands, ir::AttributeMap attributes, const std::string& suffix);

using TorchAttributes = std::map<std::string, SourceNode::Value, std::less<>>;
/// By the rule for an operator of ONNX (operator set 13) with these inputs and attributes.
Status torchAsOnnx(const SourceNode& node, ImportBuilder& builder, const std::string& kind,
                   std::vector<std::string> inputs, TorchAttributes attributes = {});

/// Pictures [n, c, h, w] times `rows` [h, new h] and `columns` [w, new w]: the node's first output.
Status torchByMatrices(const SourceNode& node, ImportBuilder& builder, ir::ValueId x, ir::Tensor rows, ir::Tensor columns);

/// Attribute sets of steps that many rules need.
ir::AttributeMap torchReshape(const ir::Shape& shape);
ir::AttributeMap torchConstant(double value); ///< of AddConst and its like

} // namespace wb::ops

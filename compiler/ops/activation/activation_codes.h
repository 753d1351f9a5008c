// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of one code as tables of 256.
#pragma once

#include "compiler/ops/activation/activation_functions.h"
#include "compiler/ops/support/lower_support.h"

namespace wb::ops {

/// The node as tpu.Lut, whatever its precision.
Result<Precision> lowerToTable(LoweringBuilder& builder, const ir::Node& node, const ActivationRow& row);

/// The rule of all rows in activation_functions.h: a table in INT8, the function itself in floats.
Result<Precision> lowerActivation(LoweringBuilder& builder, const ir::Node& node, Precision precision);

} // namespace wb::ops

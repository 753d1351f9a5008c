// SPDX-License-Identifier: GPL-3.0-or-later
// Operators whose result code depends on one operand code only, as tables of 256 bytes. Each is a
// kernel of its own, and the convolution before it can take the table into its last step.
#pragma once

#include "compiler/ir/graph.h"

#include <array>
#include <cstdint>
#include <optional>

namespace wb::ops {

/// Result byte by operand byte (two's complement for signed codes).
using CodeTable = std::array<uint8_t, 256>;

/// The node as a table, or nothing if it is no such operator or does not work on codes: Lut,
/// LeakyRelu, Relu, Active (ABSVAL), MulShift, AddConst, MaxConst, MinConst.
std::optional<CodeTable> codeTableOf(const ir::Graph& graph, const ir::Node& node);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Which operators are element-wise, and the shapes that they have on the chip. Operands with fewer axes than the result get
// as many. Of more than four axes, where one operand repeats along axes that the chip would join (1x2xCx1x1 on 1x2xCxHxW),
// neighbours along which all operands repeat alike become one, until four are left; where more are, the repetitions are
// written out first.
#pragma once

#include "compiler/ir/graph.h"

#include <string_view>

namespace wb::codegen {

inline constexpr size_t kChipAxes = 4;

/// Operators of which element i of the result depends on element i of operand 0 alone, whatever the shape.
bool isUnary(std::string_view op);
/// These, and those that take numbers beside their operand.
bool isFunction(std::string_view op);
/// Element-wise operators of which the chip repeats operands along axes of one element.
bool repeatsOperands(std::string_view op);
/// The axes that are left of `result` when neighbours along which all of `operands` repeat alike are one.
size_t chipAxesOf(const ir::Shape& result, const std::vector<ir::Shape>& operands);

/// The graph with such operators between reshapes.
ir::Graph joinBroadcastAxes(const ir::Graph& graph);

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of bfloat16 numbers as CV18xx has them: 256 values with slopes between, over an interval about zero; or a table
// by the exponent and one by the mantissa's upper bits, for powers and logarithms. Every step is rounded to bfloat16.
#pragma once

#include "compiler/ops/support/lower_support.h"

#include <array>
#include <functional>

namespace wb::ops {

using Bf16Table = std::array<float, 256>; ///< values that bfloat16 has

/// The interval of the exponential.
inline constexpr float kExpReach = 15;

struct Bf16Tables {
    Bf16Table first{};  ///< values at the steps, or by the exponent
    Bf16Table second{}; ///< slopes, or by the mantissa
};

/// Over (-reach, reach); outside, the slope between reach and three times it.
Bf16Tables slopeTables(const std::function<double(double)>& function, float reach);
float throughSlopes(const Bf16Tables& tables, float reach, float x);

/// x^exponent for |x| in [2^-62, 2^63]; what is smaller counts as zero.
Bf16Tables powerTables(float exponent);
float throughPower(const Bf16Tables& tables, float x);

/// ln(x) for x in [2^-62, 2^63].
Bf16Tables logTables();
float throughLog(const Bf16Tables& tables, float x);

/// Attributes of tpu.LutBF16 with such tables: how they are joined, exponents of two that they begin and end with.
void setPowerRange(ir::AttributeMap& attributes, bool log);

/// The two tables as weights `<name>_<kind>_table_bf16` and `<name>_<kind>_<second>_table_bf16`.
std::array<ir::ValueId, 2> addTables(LoweringBuilder& builder, const std::string& name, const Bf16Tables& tables,
                                     const std::string& kind, const std::string& second);
/// Tables of a lowered node, from its operands `index` and the next; nothing if these are none.
std::optional<Bf16Tables> tablesOf(const ir::Graph& graph, const ir::Node& node, size_t index);

} // namespace wb::ops

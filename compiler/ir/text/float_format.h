// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as MLIR prints and reads them. Inside of text/ only.
#pragma once

#include "compiler/ir/type.h"

#include <optional>
#include <string>
#include <string_view>

namespace wb::ir::text {

/// MLIR's rule: six digits in exponent form if that is read back as the same number, else as many
/// digits as the type may need (f64 17, f32 9), else (not finite, or a form without a point) the
/// bits in hexadecimal. `type` is F64, F32, F16 or BF16.
std::string formatFloat(double value, ElementType type = ElementType::F64);

/// "1.5", "-2e-3", "0.1E+5": digits, point and exponent only; nothing when malformed or too large.
std::optional<double> parseFloat(std::string_view text);
/// The number whose bits are `bits` in the given float type.
std::optional<double> floatFromBits(uint64_t bits, ElementType type);

} // namespace wb::ir::text

// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic on constants: the part of folding that looks at numbers. Integer types are computed in
// int64 with wrap-around, float types in double; each result is rounded once to its type.
#pragma once

#include "compiler/ops/import_rule.h"

#include <optional>

namespace wb::importer {

/// Nothing: this form is not evaluated.
using Folded = std::optional<Result<ir::Tensor>>;

/// Reals, or (if there are any) ints, in the storage of `type`; out-of-range numbers saturate or
/// wrap.
Result<ir::Tensor> storeNumbers(ir::ElementType type, const ir::Shape& shape,
                                const std::vector<double>& reals, const std::vector<int64_t>& ints);

/// True for the kinds that foldArithmetic() takes: Add … Or, Neg … Sign, Cast, Where, Range,
/// Reduce….
bool isArithmetic(const std::string& kind);
/// Inputs in order, nullptr for an absent one. Results of more than 2^22 elements are not
/// evaluated.
Folded foldArithmetic(const ops::SourceNode& node, const std::vector<const ir::Tensor*>& inputs);

} // namespace wb::importer

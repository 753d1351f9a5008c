// SPDX-License-Identifier: GPL-3.0-or-later
// Tile, Pad and Split of constants: results whose extents differ from the operand's. The shapes come first, so
// that they can be charged before anything is computed.
#pragma once

#include "compiler/import/fold_arithmetic.h"

namespace wb::importer {

using Inputs = std::vector<const ir::Tensor*>;
using Ints = std::vector<int64_t>;

/// Input `i`, nullptr when the node has none.
inline const ir::Tensor* tensorAt(const Inputs& in, size_t i) {
    return i < in.size() ? in[i] : nullptr;
}
/// Its numbers; nothing for an absent input, another type, or more than 2^20 of them.
std::optional<Ints> intsAt(const Inputs& in, size_t i);

/// Nothing: this form is not evaluated.
std::optional<ir::Shape> tiledShape(const Inputs& in);
std::optional<ir::Shape> paddedShape(const ops::SourceNode& node, const Inputs& in);

Folded tileConstant(const Inputs& in, const ir::Shape& result);
Folded padConstant(const ops::SourceNode& node, const Inputs& in, const ir::Shape& result);
std::optional<Result<std::vector<ir::Tensor>>> splitConstant(const ops::SourceNode& node, const Inputs& in);

} // namespace wb::importer

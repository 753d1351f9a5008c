// SPDX-License-Identifier: GPL-3.0-or-later
// Constants that the file keeps as codes: the weights of networks with QuantizeLinear and DequantizeLinear.
#pragma once

#include "compiler/import/fold_arithmetic.h"

namespace wb::importer {

/// (x - zero point) · scale as F32; inputs in order, nullptr for an absent one.
Folded foldDequantize(const ops::SourceNode& node, const std::vector<const ir::Tensor*>& inputs);

} // namespace wb::importer

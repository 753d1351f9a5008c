// SPDX-License-Identifier: GPL-3.0-or-later
// Quantised spellings of a network brought to a form that half precision holds: sums of products of codes reach beyond 65504,
// and codes of 16 bits are finer than it.
#pragma once

#include "compiler/import/source_model.h"

namespace wb::importer {

/// MatMulInteger and ConvInteger whose sums are cast and multiplied by two scales become products of what the codes
/// stand for: the same number, in another order of rounding. QuantizeLinear to 16 bits with its DequantizeLinear becomes the
/// Clip that they are, up to a 65536th of the range, where that is not wider than usual numbers are.
void rewriteQuantised(std::vector<ops::SourceNode>& nodes, const std::vector<std::string>& outputs,
                      const std::map<std::string, ir::Tensor, std::less<>>& constants);

} // namespace wb::importer

// SPDX-License-Identifier: GPL-3.0-or-later
// Which rule lowers a top operator on which chip. The rules of `<family>_lower.cpp` are BM1684X's; a chip that does something
// else in INT8 has rules of its own (`<family>_lower_bm1684.cpp`, `<family>_lower_cv18xx.cpp`). Where it has neither an own
// form nor shares BM1684X's, the layer is computed in the chip's float.
#pragma once

#include "compiler/ops/lowering.h"

namespace wb::ops {

/// What a chip computes in besides codes, and how it writes codes (dossier sections 5.2, 5.9).
struct ChipTraits {
    bool f16 = true, bf16 = true, f32 = true;
    Precision wide = Precision::F16; ///< of layers without an integer form
    bool unsignedCodes = true;       ///< a range without negative numbers gets 255 steps; else all codes are signed
    bool asymmetric = true;
};
const ChipTraits& traitsOf(Chip chip);
bool isCv18xx(Chip chip);

/// The precision that a chip has in the place of another float: itself on BM1684X, F32 on BM1684, BF16 on CV18xx.
Precision precisionOn(Chip chip, Precision precision);

struct ChipRule {
    LoweringRule rule = nullptr;
    bool int8 = true; ///< may be asked for INT8
};
/// A null rule: the operator cannot be lowered there.
ChipRule loweringRule(Chip chip, std::string_view topOp);

const LoweringTable& bm1684LoweringTable(); ///< <family>_lower_bm1684.cpp
const LoweringTable& cv18xxLoweringTable(); ///< <family>_lower_cv18xx.cpp

} // namespace wb::ops

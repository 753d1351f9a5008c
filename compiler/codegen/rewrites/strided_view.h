// SPDX-License-Identifier: GPL-3.0-or-later
// What a chain of reshapes, transposes and slices shows of the value it begins with: the same elements, by strides.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

struct StridedView {
    ir::ValueId base = ir::kNoValue;
    int64_t offset = 0;             ///< elements of `base`
    ir::Shape sizes;                ///< of the value
    std::vector<int64_t> strides;   ///< in elements of `base`, by axis
};

/// As far back as strides can say it; of any other value itself.
StridedView stridedViewOf(const ir::Graph& graph, ir::ValueId value);

} // namespace wb::codegen

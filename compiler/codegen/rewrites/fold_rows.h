// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions of few input channels leave most of the array's 64 input lanes idle. Their kernel rows become channels:
// input [n, c, h, w] is seen as [n, c·kh, oh, w], channel i·kh + k of which holds row stride·y + k - pad, and the kernel
// is one row high. The picture is not copied for that: loads read it kh times (see emission/). The rows of a channel
// come after each other, so that one transfer loads them: in the picture they are neighbours.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"

#include <optional>

namespace wb::codegen {

inline constexpr const char* kFoldRows = "tpu.FoldRows"; ///< made here, known to this module only

struct RowFold {
    int64_t channels = 0;   ///< of the picture
    int64_t rows = 0;       ///< of the picture
    int64_t kernel = 1, stride = 1, pad = 0, dilation = 1;
    uint8_t fill = 0;       ///< of rows beyond the picture: bytes of the number zero, of codes their zero point
};

/// Of a kFoldRows node.
RowFold rowFoldOf(const ir::Graph& graph, const ir::Node& node);

/// The graph with such convolutions rewritten.
ir::Graph foldRows(const ir::Graph& graph);

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// Which elements of an axis an interpolated one is made of: coordinates as ONNX Resize-19 defines them. The float kernel
// and the code generator's matrices take them from here.
#pragma once

#include "compiler/ir/graph.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wb::ops {

struct ResizeAxis {
    int64_t in = 1, out = 1;
    double scale = -1; ///< not positive: out / in
};

/// (1 - weight) · element `low` + weight · element `high`; both are in [0, in).
struct ResizeTap {
    int64_t low = 0, high = 0;
    float weight = 0;
};

/// "nearest" (not `linear`) takes the lower neighbour with asymmetric coordinates, else the nearer one, the lower at a tie.
ResizeTap resizeTap(const ResizeAxis& axis, int64_t result, std::string_view coordinates, bool linear);

/// Of a node of pictures, or of sequences: the chip's h and w, along the first of which a sequence runs.
struct ResizeAxes {
    ResizeAxis rows, columns;
};
ResizeAxes resizeAxesOf(const ir::Graph& graph, const ir::Node& node);
/// Which of an axis' elements each element of the result is, in mode "nearest".
std::vector<int64_t> nearestSources(const ResizeAxis& axis, const std::string& coordinates);

} // namespace wb::ops

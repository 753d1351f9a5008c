// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/resize/coordinates.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// x in elements of the operand. A scale that is the quotient of the sizes but for rounding stands for that quotient:
/// a hair beside it, a place that is a whole number would be the element before.
double scaled(const ResizeAxis& axis, double x) {
    const auto in = static_cast<double>(axis.in), out = static_cast<double>(axis.out);
    constexpr double kRounding = 1e-9; // far above a double's, far below what moves a size by one
    if (axis.scale <= 0 || std::abs(axis.scale * in - out) <= kRounding * out) return x * in / out;
    return x / axis.scale;
}

double placeOf(const ResizeAxis& axis, int64_t result, std::string_view coordinates) {
    const auto x = static_cast<double>(result);
    if (coordinates == "align_corners")
        return axis.out > 1 ? x * static_cast<double>(axis.in - 1) / static_cast<double>(axis.out - 1) : 0;
    if (coordinates == "asymmetric") return scaled(axis, x);
    if (coordinates == "pytorch_half_pixel" && axis.out <= 1) return 0;
    return scaled(axis, x + 0.5) - 0.5;
}

} // namespace

ResizeTap resizeTap(const ResizeAxis& axis, int64_t result, std::string_view coordinates, bool linear) {
    const double place = placeOf(axis, result, coordinates);
    if (!linear) {
        const double index = coordinates == "asymmetric" ? std::floor(place) : std::ceil(place - 0.5);
        const int64_t nearest = std::clamp<int64_t>(static_cast<int64_t>(index), 0, axis.in - 1);
        return {nearest, nearest, 0};
    }
    const double at = std::clamp(place, 0.0, static_cast<double>(axis.in - 1));
    const auto low = static_cast<int64_t>(at);
    return {low, std::min(low + 1, axis.in - 1), static_cast<float>(at - static_cast<double>(low))};
}

ResizeAxes resizeAxesOf(const ir::Graph& graph, const ir::Node& node) {
    const ir::Shape &in = graph.value(node.operands[0]).type.shape, &out = graph.value(node.results[0]).type.shape;
    const bool sized = node.operands.size() > 1 && node.operands[1] != ir::kNoValue;
    const auto scale = [&](const char* name) { return sized ? -1 : node.attributes.real(name, -1); };
    if (in.size() == 3) return {{in[2], out[2], scale("scale_w")}, {}};
    return {{in[2], out[2], scale("scale_h")}, {in[3], out[3], scale("scale_w")}};
}

std::vector<int64_t> nearestSources(const ResizeAxis& axis, const std::string& coordinates) {
    std::vector<int64_t> out;
    for (int64_t i = 0; i < axis.out; ++i) out.push_back(resizeTap(axis, i, coordinates, false).low);
    return out;
}

} // namespace wb::ops

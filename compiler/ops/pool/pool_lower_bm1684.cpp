// SPDX-License-Identifier: GPL-3.0-or-later
// Averages on BM1684: 1/area as eight bits and a shift, result codes at the operand's scale (dossier section 5.8).
#include "compiler/ops/pool/pool_codes.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// Windows of more elements are pooled in F32: the chip's table of reciprocals ends there, and its maximum keeps to it.
constexpr int64_t kMostElements = 225;

/// Elements of a window; one more than may be, if there are more.
int64_t windowArea(const ir::AttributeMap& a) {
    int64_t area = 1;
    for (const int64_t k : a.integers("kernel_shape"))
        area = std::min(area * std::clamp<int64_t>(k, 1, kMostElements + 1), kMostElements + 1);
    return area;
}

/// The nearest eight bits to 1/area without factors of two.
std::pair<int64_t, int64_t> reciprocal(int64_t area) {
    int64_t shift = 0;
    while ((int64_t{1} << shift) < 128 * area)
        ++shift;
    auto multiplier = static_cast<int64_t>(std::round(std::ldexp(1.0, static_cast<int>(shift)) / static_cast<double>(area)));
    while (multiplier % 2 == 0 && shift > 0) {
        multiplier /= 2;
        --shift;
    }
    return {multiplier, shift};
}

Result<Precision> lowerReciprocalPool(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    auto a = poolAttributes(node, "Avg");
    const int64_t area = windowArea(a);
    if (precision != Precision::Int8 || area > kMostElements)
        return lowerFloat(builder, node, Precision::F32, "tpu.Pool2D", std::move(a));
    const auto [multiplier, shift] = reciprocal(area);
    a.set("multiplier", ir::Attribute::si32(multiplier));
    a.set("rshift", ir::Attribute::si32(shift));
    a.set("relu_limit", -1.0);
    return lowerMover(builder, node, precision, "tpu.Pool2D", std::move(a));
}

Result<Precision> lowerSmallMaximum(LoweringBuilder& builder, const ir::Node& node, Precision precision) {
    const bool wide = windowArea(node.attributes) > kMostElements;
    return loweringTable().find(node.op)(builder, node, wide ? Precision::F32 : precision);
}

} // namespace

void bm1684_pool(LoweringTable& table) {
    table.add("top.AvgPool", lowerReciprocalPool);
    table.add("top.MaxPool", lowerSmallMaximum);
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/chip_rules.h"

#include <algorithm>
#include <array>

namespace wb::ops {
namespace {

constexpr ChipTraits kBm1684x{};
constexpr ChipTraits kBm1684{
    .f16 = false, .bf16 = false, .f32 = true, .wide = Precision::F32, .unsignedCodes = true, .asymmetric = false};
constexpr ChipTraits kCv18xx{
    .f16 = false, .bf16 = true, .f32 = false, .wide = Precision::BF16, .unsignedCodes = false, .asymmetric = false};

/// Operators that move codes, and piecewise linear ones, whose integer form is BM1684X's.
constexpr std::array kSharedByBm1684 = {"top.Reshape", "top.Flatten", "top.Squeeze", "top.Unsqueeze", "top.Permute",
                                        "top.Slice", "top.Tile", "top.Pad", "top.Upsample", "top.Concat",
                                        "top.Depth2Space", "top.LeakyRelu", "top.PRelu", "top.Max", "top.Min"};
constexpr std::array kSharedByCv18xx = {"top.Reshape", "top.Flatten", "top.Squeeze", "top.Unsqueeze", "top.Permute",
                                        "top.Slice", "top.Tile", "top.Pad", "top.MaxPool", "top.Depth2Space",
                                        "top.Abs"};

template <size_t n> bool holds(const std::array<const char*, n>& ops, std::string_view op) {
    return std::find(ops.begin(), ops.end(), op) != ops.end();
}

} // namespace

bool isCv18xx(Chip chip) { return chip != Chip::BM1684X && chip != Chip::BM1684; }

const ChipTraits& traitsOf(Chip chip) {
    return chip == Chip::BM1684X ? kBm1684x : chip == Chip::BM1684 ? kBm1684 : kCv18xx;
}

Precision precisionOn(Chip chip, Precision precision) {
    const ChipTraits& traits = traitsOf(chip);
    switch (precision) {
    case Precision::F16: return traits.f16 ? precision : traits.wide;
    case Precision::BF16: return traits.bf16 ? precision : traits.wide;
    case Precision::F32: return traits.f32 ? precision : traits.wide;
    case Precision::Int8: break;
    }
    return precision;
}

ChipRule loweringRule(Chip chip, std::string_view topOp) {
    const LoweringRule common = loweringTable().find(topOp);
    if (chip == Chip::BM1684X) return {common, true};
    const bool cv = isCv18xx(chip);
    if (const LoweringRule own = (cv ? cv18xxLoweringTable() : bm1684LoweringTable()).find(topOp)) return {own, true};
    return {common, cv ? holds(kSharedByCv18xx, topOp) : holds(kSharedByBm1684, topOp)};
}

} // namespace wb::ops

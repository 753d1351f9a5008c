// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/bf16_tables.h"

#include "compiler/numeric/half.h"
#include "compiler/numeric/rounding.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace wb::ops {
namespace {

using numeric::roundToBfloat16;

constexpr int kHalf = 128;
constexpr int kLeastExponent = -62;                                  ///< of the first entry that is not zero's
const float kLargest = std::bit_cast<float>(uint32_t{0x7F7F} << 16); ///< stands for 1/0

/// The table's entry for x by its exponent; the first is zero's.
size_t exponentEntry(float x) {
    if (x == 0 || !std::isfinite(x)) return 0;
    const int exponent = std::clamp(std::ilogb(x) - kLeastExponent, 0, kHalf - 2) + 1;
    return static_cast<size_t>(exponent + (x < 0 ? kHalf : 0));
}

/// By the mantissa's upper bits and the exponent's last; cut, not rounded.
size_t mantissaEntry(float x) { return (std::bit_cast<uint32_t>(x) >> 16) & 0xFF; }

} // namespace

Bf16Tables slopeTables(const std::function<double(double)>& function, float reach) {
    Bf16Tables t;
    const float step = 2 * reach / 256, stepsPerUnit = 256 / (2 * reach);
    const auto at = [&](float x) { return static_cast<float>(function(static_cast<double>(x))); };
    for (int i = 0; i < kHalf; ++i) {
        const auto positive = static_cast<size_t>(i), negative = static_cast<size_t>(i + kHalf);
        t.first[positive] = roundToBfloat16(at(static_cast<float>(i) * step));
        t.first[negative] = roundToBfloat16(at(-reach + static_cast<float>(i) * step));
    }
    const auto between = [](float from, float to) { return from == to ? 0.0F : roundToBfloat16(to - from); };
    for (size_t i = 0; i + 1 < kHalf; ++i)
        t.second[i] = between(t.first[i], t.first[i + 1]);
    for (size_t i = 255; i > kHalf; --i) // towards zero the index grows, so that the slope is of the step before
        t.second[i] = between(t.first[i - 1], t.first[i]);
    const auto outside = [&](float end) {
        const double rise = function(static_cast<double>(3 * end)) - function(static_cast<double>(end));
        return roundToBfloat16(static_cast<float>(rise / static_cast<double>(2 * end * stepsPerUnit)));
    };
    t.second[kHalf - 1] = outside(reach);
    t.second[kHalf] = outside(-reach);
    return t;
}

float throughSlopes(const Bf16Tables& tables, float reach, float x) {
    const float steps = roundToBfloat16(x * roundToBfloat16(256.0F / (2 * reach)));
    const auto index = numeric::saturate<int8_t>(
        static_cast<int64_t>(std::isnan(steps) ? 0 : std::clamp(std::trunc(static_cast<double>(steps)), -1e6, 1e6)));
    const float rest = roundToBfloat16(steps - static_cast<float>(index));
    const auto entry = static_cast<size_t>(static_cast<uint8_t>(index));
    return roundToBfloat16(tables.first[entry] + roundToBfloat16(rest * tables.second[entry]));
}

Bf16Tables powerTables(float exponent) {
    Bf16Tables t;
    const float atZero = exponent < 0 ? kLargest : exponent == 0 ? 1.0F : 0.0F;
    const bool whole = exponent == std::trunc(exponent), even = std::fmod(exponent, 2.0F) == 0;
    t.first[0] = t.first[kHalf] = atZero;
    for (int i = 0; i + 1 < kHalf; ++i) {
        const auto power = static_cast<float>(std::pow(2.0, static_cast<double>(exponent * static_cast<float>(kLeastExponent + i))));
        t.first[static_cast<size_t>(i + 1)] = roundToBfloat16(power);
        if (whole) t.first[static_cast<size_t>(i + 1 + kHalf)] = roundToBfloat16(even ? power : -power);
    }
    for (size_t i = 0; i < kHalf; ++i)
        t.second[i] = t.second[i + kHalf] = roundToBfloat16(
            static_cast<float>(std::pow(static_cast<double>(1 + static_cast<float>(i) / 128.0F), static_cast<double>(exponent))));
    return t;
}

float throughPower(const Bf16Tables& tables, float x) {
    return roundToBfloat16(tables.first[exponentEntry(x)] * tables.second[mantissaEntry(x)]);
}

Bf16Tables logTables() {
    Bf16Tables t;
    t.first[0] = -kLargest;
    for (size_t i = kHalf + 1; i < t.first.size(); ++i)
        t.first[i] = -kLargest;
    for (int i = 0; i + 1 < kHalf; ++i)
        t.first[static_cast<size_t>(i + 1)] = roundToBfloat16(static_cast<float>((kLeastExponent + i) * std::numbers::ln2));
    for (size_t i = 0; i < kHalf; ++i)
        t.second[i] = t.second[i + kHalf] = roundToBfloat16(static_cast<float>(std::log1p(static_cast<double>(i) / kHalf)));
    return t;
}

float throughLog(const Bf16Tables& tables, float x) {
    return roundToBfloat16(tables.first[exponentEntry(x)] + tables.second[mantissaEntry(x)]);
}

void setPowerRange(ir::AttributeMap& attributes, bool log) {
    attributes.set("lut_mode", tpuEnum("lut_mode", log ? "Log" : "Mantissa"));
    attributes.set("max_range", static_cast<double>(kLeastExponent + kHalf - 3));
    attributes.set("min_range", static_cast<double>(kLeastExponent));
}

std::array<ir::ValueId, 2> addTables(LoweringBuilder& builder, const std::string& name, const Bf16Tables& tables,
                                     const std::string& kind, const std::string& second) {
    const auto add = [&](const std::string& suffix, const Bf16Table& values) {
        ir::Tensor tensor(ir::ElementType::BF16, {1, 1, 32, 8});
        for (size_t i = 0; i < values.size(); ++i)
            tensor.mutableData<uint16_t>()[i] = numeric::toBfloat16(values[i]);
        return builder.target().addWeight(name + "_" + suffix + "_table_bf16", std::move(tensor));
    };
    return {add(kind, tables.first), add(kind + "_" + second, tables.second)};
}

std::optional<Bf16Tables> tablesOf(const ir::Graph& graph, const ir::Node& node, size_t index) {
    Bf16Tables tables;
    for (size_t which = 0; which < 2; ++which) {
        const auto* weight = node.operands.size() > index + which && node.operands[index + which] != ir::kNoValue
                                 ? graph.weight(node.operands[index + which])
                                 : nullptr;
        if (weight == nullptr || weight->elementCount() != 256 || ir::sizeInBytes(weight->type()) != 2) return {};
        for (size_t i = 0; i < 256; ++i)
            (which == 0 ? tables.first : tables.second)[i] = numeric::fromBfloat16(weight->data<uint16_t>()[i]);
    }
    return tables;
}

} // namespace wb::ops

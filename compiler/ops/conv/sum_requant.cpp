// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/sum_requant.h"

#include "compiler/numeric/multiplier.h"

namespace wb::ops {

int64_t SumRequant::operator()(int64_t sum, size_t channel) const {
    return twice ? numeric::multiplyQuantised(sum, {multipliers[channel], shifts[channel]})
                 : numeric::shiftRightHalfUp(sum * multipliers[channel], shifts[channel]);
}

std::optional<SumRequant> sumRequantOf(const ir::Graph& graph, const ir::Node& node, int64_t channels) {
    const auto& a = node.attributes;
    const auto count = static_cast<size_t>(channels);
    const auto shifts = a.integers("rshift");
    SumRequant requant;
    requant.outSigned = isSignedCode(graph.value(node.results[0]).type);
    requant.relu = a.boolean("do_relu");
    const std::string mode = a.enumerator("quant_mode");
    requant.twice = mode == "QDM";
    if (mode == "OnlyShift") {
        if (shifts.size() != 1 || shifts[0] < 0 || shifts[0] > 31) return {};
        // Twice the sum by a shift that is one larger: the same number, and within the fast kernels' reach.
        requant.multipliers.assign(count, 2);
        requant.shifts.assign(count, static_cast<int32_t>(shifts[0]) + 1);
        return requant;
    }
    const auto multipliers = a.integers("multiplier");
    requant.multipliers.assign(multipliers.begin(), multipliers.end());
    requant.shifts.assign(shifts.begin(), shifts.end());
    if (requant.multipliers.size() != count || requant.shifts.size() != count) return {};
    return requant;
}

std::optional<std::vector<int32_t>> sumBiasOf(const ir::Graph& graph, const ir::Node& node, int64_t channels) {
    if (node.operands.size() < 3 || node.operands[2] == ir::kNoValue) return std::vector<int32_t>{};
    const auto* bias = graph.weight(node.operands[2]);
    if (bias == nullptr || bias->elementCount() != channels) return {};
    switch (ir::sizeInBytes(bias->type())) {
    case 2: return std::vector<int32_t>(bias->data<int16_t>(), bias->data<int16_t>() + channels);
    case 4: return std::vector<int32_t>(bias->data<int32_t>(), bias->data<int32_t>() + channels);
    default: return {};
    }
}

void requantSums(const SumRequant& requant, const int32_t* sums, const Buffer& out, int64_t channels,
                 const kernels::Work& work) {
    const int64_t planes = out.type->shape.at(0) * channels;
    const int64_t plane = planes == 0 ? 0 : out.elementCount() / planes;
    work.forEach(planes, 1, [&](int64_t begin, int64_t end) {
        withCode(requant.outSigned, [&](auto code) {
            using Code = decltype(code);
            for (int64_t p = begin; p < end; ++p)
                for (int64_t i = p * plane; i < (p + 1) * plane; ++i)
                    out.as<Code>()[i] = saturateRelu<Code>(requant(sums[i], static_cast<size_t>(p % channels)), requant.relu);
        });
    });
}

} // namespace wb::ops

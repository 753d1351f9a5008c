// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/improve/exact_ratios.h"

#include "compiler/numeric/multiplier.h"

#include <algorithm>
#include <cmath>

namespace wb::improve {
namespace {

/// What a sum multiplies an operand's codes by, taken from the pair as lowering would choose it.
double representable(double ratio) {
    const numeric::MultiplierShift pair = numeric::scaleShiftPositive(ratio, 8);
    return std::ldexp(pair.multiplier, -pair.shift);
}

/// By how much ranges of classes change.
class Settled {
public:
    Settled(const ir::Graph& lowered, const std::vector<RangeClass>& classes) : m_lowered(lowered) {
        for (const RangeClass& tensors : classes)
            for (const std::string& row : tensors.rows)
                m_classOf.emplace(row, &tensors);
    }

    void settle(const ir::Node& sum) {
        const RangeClass* result = classOf(sum.results[0]);
        if (result == nullptr) return;
        const double scale = scaleOf(sum.results[0]) * m_factors.try_emplace(result, 1).first->second;
        const auto coefficients = sum.attributes.reals("coeff");
        for (size_t i = 0; i < sum.operands.size(); ++i) {
            const RangeClass* operand = classOf(sum.operands[i]);
            if (operand == nullptr || m_factors.contains(operand)) continue;
            const double coefficient = i < coefficients.size() ? std::fabs(coefficients[i]) : 1;
            const double ratio = coefficient * scaleOf(sum.operands[i]) / scale, nearest = representable(ratio);
            if (ratio > 0 && std::isfinite(ratio) && nearest > 0) m_factors.emplace(operand, nearest / ratio);
        }
    }

    const std::map<const RangeClass*, double>& factors() const { return m_factors; }

private:
    /// Of a value of codes; nothing for other values and for rows that no class has.
    const RangeClass* classOf(ir::ValueId id) const {
        if (id == ir::kNoValue || scaleOf(id) <= 0) return nullptr;
        const auto it = m_classOf.find(m_lowered.value(id).name);
        return it == m_classOf.end() ? nullptr : it->second;
    }
    double scaleOf(ir::ValueId id) const {
        const auto* quant = m_lowered.value(id).type.uniform();
        return quant == nullptr || quant->scales.size() != 1 ? 0 : quant->scales[0];
    }

    const ir::Graph& m_lowered;
    std::map<std::string_view, const RangeClass*> m_classOf;
    std::map<const RangeClass*, double> m_factors;
};

} // namespace

Result<ExactRatios> withExactRatios(const ir::Graph& top, const quantise::RangeTable& ranges,
                                    const std::vector<RangeClass>& classes, const quantise::LowerOptions& form,
                                    const JobContext& context) {
    JobContext quiet(context.stopToken());
    WB_ASSIGN(const quantise::Lowered lowered, quantise::lower(top, ranges, {}, form, quiet));
    Settled settled(*lowered.graph, classes);
    const auto& nodes = lowered.graph->nodes();
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node)
        if ((node->op == "tpu.Add" || node->op == "tpu.Sub") && !node->attributes.integers("multipliers").empty())
            settled.settle(*node);
    ExactRatios found{ranges, 0, 0};
    for (const auto& [tensors, factor] : settled.factors()) {
        if (factor == 1) continue;
        ++found.moved;
        found.furthest = std::max(found.furthest, std::fabs(factor - 1));
        for (const std::string& name : tensors->rows) {
            quantise::Range& range = found.ranges.at(name);
            range.threshold *= factor;
            range.min *= factor;
            range.max *= factor;
        }
    }
    return found;
}

} // namespace wb::improve

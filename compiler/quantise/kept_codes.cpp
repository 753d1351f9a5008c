// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/kept_codes.h"

#include "compiler/numeric/chip_multiplier.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace wb::quantise {
namespace {

constexpr double kMostCode = 127;
constexpr double kLeastRange = 0.8; ///< of the file's: below that a result is cut off for certain

/// The weights' codes times `factor` as the chip will hold them.
double heldCode(double code, double factor) { return std::clamp(std::round(code * factor), -kMostCode, kMostCode); }

/// Error energy of a filter held so, as a share of each channel's energy, mean over channels.
double filterError(std::span<const double> codes, size_t channels, double factor) {
    const size_t length = codes.size() / channels;
    double sum = 0;
    for (size_t c = 0; c < channels; ++c) {
        double error = 0, energy = 0;
        for (const double code : codes.subspan(c * length, length)) {
            error += std::pow(heldCode(code, factor) / factor - code, 2);
            energy += code * code;
        }
        if (energy > 0) sum += error / energy;
    }
    return sum / static_cast<double>(channels);
}

/// Error energy of a result, as a share of its own, if its values are spread evenly over the file's range and its scale is
/// `ratio` times the file's: rounding to steps, and what lies beyond a smaller range cut off.
double resultError(double ratio, double steps) {
    return ratio * ratio / (4 * steps * steps) + std::pow(std::max(0.0, 1 - ratio), 3);
}

double stepsOf(const Range& range) { return range.min < 0 ? 127 : 255; }

struct FilterFit {
    double factor = 0; ///< of the file's codes; 0: the weights are rounded again
    double ratio = 1;  ///< of the result's scale to the file's
    double cost = 0;
};

FilterFit bestFit(std::span<const double> codes, size_t channels, double scaleIn, double scaleOut, double weightScale, double steps) {
    double greatest = 0;
    for (const double code : codes)
        greatest = std::max(greatest, std::fabs(code));
    const double unit = scaleIn * weightScale; // of a sum of products
    const int shift = numeric::rightShiftBelow(greatest * unit / scaleOut);
    FilterFit best;
    if (shift < 0) return best; // no form in codes: F32
    best.cost = filterError(codes, channels, std::ldexp(unit, shift) / scaleOut) + resultError(1, steps);
    for (const double factor : {1.0, 2.0, 3.0, 4.0, 0.5}) {
        const double least = std::log2(kLeastRange * scaleOut * factor / unit);
        for (const double power : {std::ceil(least), std::ceil(least) + 1}) {
            if (power < 0) continue; // the chip shifts to the right only
            const double ratio = std::exp2(power) * unit / factor / scaleOut;
            const double cost = filterError(codes, channels, factor) + resultError(ratio, steps);
            if (cost < best.cost) best = {factor, ratio, cost};
        }
    }
    return best;
}

} // namespace

Status keepFilterCodes(const ir::Graph& top, ir::Graph& numbers, RangeTable& ranges) {
    const auto users = top.users();
    for (const ir::Node& node : top.nodes()) {
        if (node.op != "top.Conv" || node.operands.size() < 2) continue;
        const ir::ValueId filterId = node.operands[1];
        const auto* quant = top.value(filterId).type.uniform();
        const auto in = ranges.find(top.value(node.operands[0]).name), out = ranges.find(top.value(node.results[0]).name);
        if (top.weight(filterId) == nullptr || quant == nullptr || quant->scales.size() != 1 || in == ranges.end() ||
            out == ranges.end() || users[static_cast<size_t>(filterId)].size() != 1)
            continue;
        const auto held = numbers.weights.find(top.value(filterId).name);
        if (held == numbers.weights.end() || held->second.type() != ir::ElementType::F32 || held->second.elementCount() == 0) continue;
        const double weightScale = quant->scale(), scaleIn = in->second.threshold / stepsOf(in->second);
        const double steps = stepsOf(out->second), scaleOut = out->second.threshold / steps;
        if (!(scaleIn > 0) || !(scaleOut > 0)) continue;
        std::vector<double> codes;
        for (const float number : held->second.span<float>())
            codes.push_back(std::round(static_cast<double>(number) / weightScale));
        const auto channels = static_cast<size_t>(held->second.shape().front());
        const FilterFit fit = bestFit(codes, channels, scaleIn, scaleOut, weightScale, steps);
        if (fit.factor == 0) continue;
        // Just below the greatest code, or the shift would be taken for one too large.
        constexpr double kBelow = kMostCode - 0.1;
        std::vector<float> kept;
        for (const double code : codes)
            kept.push_back(static_cast<float>(std::clamp(heldCode(code, fit.factor), -kBelow, kBelow) / fit.factor * weightScale));
        held->second = ir::Tensor::of<float>(ir::ElementType::F32, held->second.shape(), kept);
        out->second.threshold *= fit.ratio;
        out->second.min *= fit.ratio;
        out->second.max *= fit.ratio;
    }
    return {};
}

} // namespace wb::quantise

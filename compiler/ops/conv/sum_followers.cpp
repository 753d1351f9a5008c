// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/sum_followers.h"

#include "compiler/ops/activation/activation_functions.h"
#include "compiler/ops/conv/conv_attributes.h"
#include "compiler/ops/conv/sum_lines.h"

namespace wb::ops {
namespace {

using kernels::SumForm;

double leastCode(const Codes& out) { return out.isSigned ? -128 : 0; }

std::optional<CurveLines> linesFor(const std::string& activation, const Codes& out) {
    const ActivationRow* row = activationRow(activation);
    if (row == nullptr) return {};
    const ir::AttributeMap none;
    return linesOf([&](double x) { return row->function(x, none); }, out.scale, static_cast<double>(out.zeroPoint), leastCode(out),
                   leastCode(out) + 255, kMostSumLines);
}

} // namespace

std::optional<SumFollower> sumFollowerOf(const ir::Node& conv, const ir::CalibratedRange* range) {
    const auto& a = conv.attributes;
    if (!a.boolean(kOwnSums)) return {};
    SumFollower follower{a.reals(kSumSlopes), a.string(kSumActivation), 0};
    constexpr double kRoom = 4; // beyond what was seen; sixteen bits have it
    if (a.boolean(kSumResult) && range != nullptr) follower.reach = kRoom * std::max(std::fabs(range->min), std::fabs(range->max));
    return follower;
}

void eraseSumFollower(ir::AttributeMap& attributes) {
    for (const char* name : {kOwnSums, kSumActivation, kSumSlopes, kSumResult})
        attributes.erase(name);
}

bool linesGive(const std::string& activation, const Codes& out) { return linesFor(activation, out).has_value(); }

SumForm sumFormFor(const QuantisedFilter& filter, const Codes& out, const SumFollower& follower, bool relu) {
    SumForm form;
    const auto zero = static_cast<double>(out.zeroPoint);
    form.outSigned = out.isSigned;
    form.least = static_cast<float>(leastCode(out));
    form.greatest = form.least + 255;
    if (relu) form.least = std::max(form.least, static_cast<float>(zero));
    // Sums times `step`, and `start`, are real numbers: those of the results, of 16 bits or of codes.
    const auto add = [&](double unit, double offset, const std::vector<double>& factors) {
        for (size_t c = 0; c < filter.steps.size(); ++c) {
            const double factor = factors.empty() ? 1 : factors[factors.size() == 1 ? 0 : c];
            form.scales.push_back(static_cast<float>(factor * filter.steps[c] / unit));
            form.offsets.push_back(static_cast<float>(factor * filter.starts[c] / unit + offset));
        }
    };
    if (follower.reach > 0) {
        form.unit = static_cast<float>(follower.reach / kSumWide);
        add(static_cast<double>(form.unit), 0, {});
        return form;
    }
    if (!follower.activation.empty()) {
        const auto curve = linesFor(follower.activation, out);
        const double unit = curve ? curve->reach / kSumWide : 1; // linesGive() was asked before
        add(unit, 0, {});
        if (curve) form.lines = curve->lines;
        for (SumForm::Line& line : form.lines)
            line.slope = static_cast<float>(static_cast<double>(line.slope) * unit);
        return form;
    }
    add(out.scale, zero, {});
    if (!follower.slopes.empty()) add(out.scale, zero, follower.slopes);
    return form;
}

} // namespace wb::ops

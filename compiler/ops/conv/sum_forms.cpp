// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/sum_forms.h"

#include "compiler/ops/conv/conv_attributes.h"
#include "compiler/ops/support/int_kernel.h"

#include <cmath>

namespace wb::ops {

using kernels::SumForm;

void setSumForm(ir::AttributeMap& a, const SumForm& form) {
    const auto reals = [](const std::vector<float>& values) {
        return ir::Attribute::floats(std::vector<double>(values.begin(), values.end()));
    };
    a.set(kSumScales, reals(form.scales));
    a.set(kSumOffsets, reals(form.offsets));
    std::vector<double> lines;
    for (const SumForm::Line& line : form.lines)
        lines.insert(lines.end(), {static_cast<double>(line.slope), static_cast<double>(line.offset), static_cast<double>(line.part)});
    if (!lines.empty()) a.set(kSumLines, ir::Attribute::floats(lines));
    if (form.unit != 0) a.set(kSumUnit, static_cast<double>(form.unit));
}

bool hasSumForm(const ir::Node& node) { return node.attributes.has(kSumScales); }

std::optional<SumForm> sumFormOf(const ir::Graph& graph, const ir::Node& node, int64_t channels) {
    const auto& a = node.attributes;
    const auto scales = a.reals(kSumScales), offsets = a.reals(kSumOffsets), lines = a.reals(kSumLines);
    const auto count = static_cast<size_t>(channels);
    const ir::TensorType& type = graph.value(node.results[0]).type;
    SumForm form;
    form.scales.assign(scales.begin(), scales.end());
    form.offsets.assign(offsets.begin(), offsets.end());
    form.unit = static_cast<float>(a.real(kSumUnit));
    form.outSigned = isSignedCode(type);
    form.least = form.outSigned ? -128 : 0;
    form.greatest = form.least + 255;
    if (a.boolean("do_relu") && type.uniform() != nullptr)
        form.least = std::clamp(static_cast<float>(type.uniform()->zeroPoint()), form.least, form.greatest);
    const bool twice = scales.size() == 2 * count && lines.empty() && form.unit == 0;
    if ((scales.size() != count && !twice) || offsets.size() != scales.size() || lines.size() % 3 != 0 || count == 0) return {};
    if ((form.unit != 0) != (type.element == ir::ElementType::F32) || (form.unit != 0 && !lines.empty())) return {};
    bool middle = lines.empty();
    for (size_t i = 0; i < lines.size(); i += 3) {
        constexpr double kLast = static_cast<int>(SumForm::Line::Right);
        if (!(lines[i + 2] >= 0 && lines[i + 2] <= kLast)) return {};
        form.lines.push_back({static_cast<float>(lines[i]), static_cast<float>(lines[i + 1]),
                              static_cast<SumForm::Line::Part>(static_cast<int>(lines[i + 2]))});
        middle = middle || form.lines.back().part <= SumForm::Line::UnderRight;
    }
    if (!middle) return {};
    const auto finite = [](const std::vector<float>& values) {
        return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
    };
    if (!finite(form.scales) || !finite(form.offsets)) return {};
    return form;
}

} // namespace wb::ops

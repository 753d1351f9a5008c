// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript's upsampling. Nearest takes the pixel at floor(position / scale); linear looks at pixel centres, or aligns
// the corners. A scale that was given is used as it is, not as the quotient of the sizes it led to.
#include "compiler/ops/torch_help.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

/// Factors along the spatial axes as the node has them: a list (or none), or one attribute an axis.
std::vector<double> torchFactors(const SourceNode& node, size_t axes) {
    if (const auto list = node.reals("scale_factors"); list && list->size() == axes) return *list;
    std::vector<double> factors;
    for (const char* key : axes == 1 ? std::vector{"scales"} : axes == 2 ? std::vector{"scales_h", "scales_w"} : std::vector{"scales_d", "scales_h", "scales_w"})
        if (const auto factor = torchNumber(node, key)) factors.push_back(*factor);
    if (factors.size() != axes) factors.clear();
    return factors;
}

Status torchUpsample(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape x = builder.graph().value(in).type.shape;
    const auto out = torchResultShape(node);
    const size_t axes = node.kind.ends_with("1d") ? 1 : 2;
    if (x.size() != axes + 2 || !out || out->size() != x.size()) return attributeError(node, "input of shape " + ir::toText(x));
    if (*out == x) return torchBind(node, builder, in);
    const bool nearest = node.kind.find("nearest") != std::string::npos;
    const bool corners = node.integer("align_corners", 0) != 0;
    std::vector<double> factors = torchFactors(node, axes);
    // Equal to the quotient of the sizes, a factor says nothing more.
    bool quotient = true;
    for (size_t d = 0; d < factors.size(); ++d)
        quotient = quotient && factors[d] * static_cast<double>(x[2 + d]) == static_cast<double>((*out)[2 + d]);
    if (factors.empty() && (*out)[2] % x[2] == 0 && (*out).back() % x.back() == 0)
        for (size_t d = 2; d < x.size(); ++d)
            factors.push_back(static_cast<double>((*out)[d] / x[d]));
    if (!quotient && corners) factors.clear(); // aligned corners follow from the sizes alone
    ir::AttributeMap a;
    a.set("mode", nearest ? "nearest" : "linear");
    a.set("coord_mode", nearest ? "asymmetric" : corners ? "align_corners" : "pytorch_half_pixel");
    ir::ValueId target = ir::kNoValue;
    if (factors.empty()) {
        std::vector<float> size(out->begin() + 2, out->end());
        target = builder.addConstant(node.outputs.front() + "_target_shape",
                                     ir::Tensor::of<float>(ir::ElementType::F32, {static_cast<int64_t>(size.size())}, size));
    }
    a.set("scale_h", factors.empty() || axes == 1 ? -1.0 : factors[0]);
    a.set("scale_w", factors.empty() ? -1.0 : factors.back());
    return torchEmit(node, builder, "top.Interp", {in, target}, std::move(a));
}

/// What Interp does not say: cubic, the nearest of exact centres, and volumes. Factors that were given are used as they are.
Status torchResample(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape x = builder.graph().value(in).type.shape;
    const auto out = torchResultShape(node);
    if (!out || out->size() != x.size() || x.size() < 3) return attributeError(node, "input of shape " + ir::toText(x));
    if (*out == x) return torchBind(node, builder, in);
    const auto is = [&](const char* word) { return node.kind.find(word) != std::string::npos; };
    const std::vector<double> factors = torchFactors(node, x.size() - 2);
    std::vector<double> scales(x.size(), 1.0);
    for (size_t d = 2; d < x.size(); ++d)
        scales[d] = factors.empty() ? static_cast<double>((*out)[d]) / static_cast<double>(x[d]) : factors[d - 2];
    const bool exact = is("exact"), nearest = is("nearest");
    ir::AttributeMap a;
    a.set("coord_mode", nearest ? (exact ? "half_pixel" : "asymmetric") : node.integer("align_corners", 0) != 0 ? "align_corners" : "half_pixel");
    a.set("cubic_coeff_a", -0.75);
    a.set("exclude_outside", false);
    a.set("extrapolation_value", 0.0);
    a.set("mode", nearest ? "nearest" : is("cubic") ? "cubic" : "linear");
    a.set("nearest_mode", exact ? "round_prefer_ceil" : "floor");
    a.set("scales", ir::Attribute::floats(scales));
    a.set("sizes", ir::Attribute::ints(*out));
    return torchEmit(node, builder, "top.Resample", {in}, std::move(a));
}

/// A pixel's weights where a picture shrinks: a filter as wide as the pixels that become one (libtorch's own formulas).
ir::Tensor smoothedAxis(int64_t from, int64_t to, double scale, bool cubic) {
    const auto filter = [&](double at) {
        const double x = std::abs(at), a = -0.5;
        if (!cubic) return x < 1 ? 1 - x : 0.0;
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
    };
    const double wide = std::max(scale, 1.0), support = (cubic ? 2.0 : 1.0) * wide;
    ir::Tensor matrix(ir::ElementType::F32, {from, to});
    for (int64_t i = 0; i < to; ++i) {
        const double centre = scale * (static_cast<double>(i) + 0.5);
        const auto begin = std::clamp<int64_t>(static_cast<int64_t>(centre - support + 0.5), 0, from);
        const auto end = std::clamp<int64_t>(static_cast<int64_t>(centre + support + 0.5), begin, from);
        double sum = 0;
        for (int64_t k = begin; k < end; ++k)
            sum += filter((static_cast<double>(k) - centre + 0.5) / wide);
        for (int64_t k = begin; k < end && sum != 0; ++k)
            matrix.mutableData<float>()[k * to + i] = static_cast<float>(filter((static_cast<double>(k) - centre + 0.5) / wide) / sum);
    }
    return matrix;
}

/// With antialiasing: a matrix for each axis.
Status torchSmoothed(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape x = builder.graph().value(in).type.shape;
    const auto out = torchResultShape(node);
    if (x.size() != 4 || !out || out->size() != 4 || std::max(x[2], x[3]) * std::max((*out)[2], (*out)[3]) > 1 << 24)
        return attributeError(node, "input of shape " + ir::toText(x));
    const std::vector<double> factors = torchFactors(node, 2);
    const auto scale = [&](size_t d) {
        if (node.integer("align_corners", 0) != 0) return (*out)[d] > 1 ? static_cast<double>(x[d] - 1) / static_cast<double>((*out)[d] - 1) : 0.0;
        if (!factors.empty() && factors[d - 2] > 0) return 1.0 / factors[d - 2];
        return static_cast<double>(x[d]) / static_cast<double>((*out)[d]);
    };
    const bool cubic = node.kind.find("cubic") != std::string::npos;
    return torchByMatrices(node, builder, in, smoothedAxis(x[2], (*out)[2], scale(2), cubic), smoothedAxis(x[3], (*out)[3], scale(3), cubic));
}

} // namespace

void torch_resize(ImportTable& table);
void torch_resize(ImportTable& table) {
    for (const char* kind : {"aten::upsample_nearest1d", "aten::upsample_nearest2d", "aten::upsample_linear1d",
                             "aten::upsample_bilinear2d"})
        table.add(Framework::Torch, kind, torchUpsample);
    for (const char* kind : {"aten::_upsample_bilinear2d_aa", "aten::_upsample_bicubic2d_aa"})
        table.add(Framework::Torch, kind, torchSmoothed);
    for (const char* kind : {"aten::upsample_bicubic2d", "aten::upsample_nearest3d", "aten::upsample_trilinear3d", "aten::_upsample_nearest_exact1d",
                             "aten::_upsample_nearest_exact2d", "aten::_upsample_nearest_exact3d"})
        table.add(Framework::Torch, kind, torchResample);
}

} // namespace wb::ops

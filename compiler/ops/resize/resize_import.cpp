// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of resizing: ONNX Upsample-7 (attribute), Upsample-9, Resize-10 (asymmetric,
// floor) and Resize-11…19. Taken: nearest where the position is floor(x/scale) (asymmetric) or the
// nearest pixel centre (half_pixel, ties down), linear in all four coordinate modes, as Interp and
// Upsample; cubic, other axes and other roundings as Resample, which follows ONNX's formulas.
#include "compiler/ops/import_help.h"
#include "compiler/ops/resize/resized.h"

#include <algorithm>
#include <cmath>

namespace wb::ops {
namespace {

struct Scales {
    std::vector<double> factors; ///< one an axis; empty when sizes are given
    std::vector<int64_t> sizes;
};

Result<Scales> readScales(const SourceNode& node, ImportBuilder& builder, size_t rank) {
    Scales s;
    const bool early = node.kind == "Upsample" || node.version < 11;
    const auto attribute = node.reals("scales");
    const auto factors = attribute ? attribute : constantReals(node, builder, early ? 1 : 2);
    if (factors && !factors->empty())
        s.factors = *factors;
    else if (const auto sizes = constantInts(node, builder, 3); sizes && !sizes->empty())
        s.sizes = *sizes;
    else
        return attributeError(node, "the scale is known only at run time");
    // Since opset 18 the numbers may be for some axes only.
    if (const auto axes = node.integers("axes")) {
        Scales full;
        const size_t given = s.factors.empty() ? s.sizes.size() : s.factors.size();
        if (given != axes->size()) return attributeError(node, "axes that do not fit the scale");
        WB_ASSIGN(const ir::Shape shape, shapeOf(node, builder, 0));
        if (s.factors.empty())
            full.sizes = shape;
        else
            full.factors.assign(rank, 1.0);
        for (size_t i = 0; i < axes->size(); ++i) {
            const int64_t axis =
                (*axes)[i] < 0 ? (*axes)[i] + static_cast<int64_t>(rank) : (*axes)[i];
            if (axis < 0 || axis >= static_cast<int64_t>(rank))
                return attributeError(node, "axes out of range");
            if (s.factors.empty())
                full.sizes[static_cast<size_t>(axis)] = s.sizes[i];
            else
                full.factors[static_cast<size_t>(axis)] = s.factors[i];
        }
        s = std::move(full);
    }
    if ((s.factors.empty() ? s.sizes.size() : s.factors.size()) != rank)
        return attributeError(node, "a scale for another number of axes");
    return s;
}

/// The forms that the vendor's tool has.
Status importInterp(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape shape = builder.graph().value(in).type.shape;
    const size_t rank = shape.size();
    if (rank < 3 || rank > 4) return attributeError(node, "input of shape " + ir::toText(shape));
    WB_ASSIGN(Scales scales, readScales(node, builder, rank));
    const bool early = node.kind == "Upsample" || node.version < 11;
    std::string mode = node.string("mode", "nearest");
    std::string coordinates =
        node.string("coordinate_transformation_mode", early ? "asymmetric" : "half_pixel");
    const std::string rounding =
        node.string("nearest_mode", early ? "floor" : "round_prefer_floor");
    if (mode == "bilinear") mode = "linear";
    if (mode != "nearest" && mode != "linear") return attributeError(node, "mode '" + mode + "'");
    if (node.integer("antialias", 0) != 0 || node.integer("exclude_outside", 0) != 0)
        return attributeError(node, "antialias or exclude_outside");
    if (node.string("keep_aspect_ratio_policy", "stretch") != "stretch")
        return attributeError(node, "keep_aspect_ratio_policy");
    for (size_t d = 0; d < 2; ++d)
        if (scales.factors.empty() ? scales.sizes[d] != shape[d] : scales.factors[d] != 1.0)
            return attributeError(node, "batch or channels resized");
    bool same = true, whole = true;
    for (size_t d = 2; d < rank; ++d) {
        const double factor = scales.factors.empty() ? static_cast<double>(scales.sizes[d]) /
                                                           static_cast<double>(shape[d])
                                                     : scales.factors[d];
        same = same && factor == 1.0;
        whole = whole && factor == std::floor(factor) && factor >= 1;
    }
    if (same) {
        builder.bind(node.outputs.front(), in);
        return {};
    }
    if (mode == "nearest") {
        const bool repeats = whole &&
                             (coordinates == "half_pixel" || coordinates == "pytorch_half_pixel") &&
                             rounding.starts_with("round");
        const bool floors = coordinates == "asymmetric" && rounding == "floor";
        const bool nearest = coordinates == "half_pixel" && rounding == "round_prefer_floor";
        if (coordinates == "tf_half_pixel_for_nn" && rounding == "floor" && whole)
            coordinates = "asymmetric";
        else if (!repeats && !floors && !nearest)
            return attributeError(node,
                                  "nearest with '" + coordinates + "' and '" + rounding + "'");
    } else if (coordinates != "half_pixel" && coordinates != "pytorch_half_pixel" &&
               coordinates != "align_corners" && coordinates != "asymmetric") {
        return attributeError(node, "coordinate_transformation_mode '" + coordinates + "'");
    }
    ir::AttributeMap a;
    a.set("coord_mode", coordinates);
    a.set("mode", mode);
    ir::ValueId target = ir::kNoValue;
    if (scales.factors.empty()) {
        std::vector<float> size;
        for (size_t d = 2; d < rank; ++d)
            size.push_back(static_cast<float>(scales.sizes[d]));
        target = builder.addConstant(
            node.outputs.front() + "_target_shape",
            ir::Tensor::of<float>(ir::ElementType::F32, {static_cast<int64_t>(size.size())}, size));
        a.set("scale_h", -1.0);
        a.set("scale_w", -1.0);
    } else {
        a.set("scale_h", rank == 3 ? -1.0 : scales.factors[2]);
        a.set("scale_w", scales.factors.back());
    }
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id,
              builder.emit(node, "top.Interp", {in, target}, std::move(a)));
    return {};
}

/// Everything else but antialias.
Status importResample(const SourceNode& node, ImportBuilder& builder) {
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape shape = builder.graph().value(in).type.shape;
    const bool early = node.kind == "Upsample" || node.version < 11;
    WB_ASSIGN(Scales scales, readScales(node, builder, shape.size()));
    if (node.integer("antialias", 0) != 0) return attributeError(node, "antialias");
    std::string mode = node.string("mode", "nearest");
    if (mode == "bilinear") mode = "linear";
    const std::string coordinates = node.string("coordinate_transformation_mode", early ? "asymmetric" : "half_pixel");
    const std::string rounding = node.string("nearest_mode", early ? "floor" : "round_prefer_floor");
    const auto among = [](const std::string& text, std::initializer_list<const char*> known) {
        return std::any_of(known.begin(), known.end(), [&](const char* k) { return text == k; });
    };
    if (!among(mode, {"nearest", "linear", "cubic"})) return attributeError(node, "mode '" + mode + "'");
    if (!among(coordinates, {"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn",
                             "tf_crop_and_resize", "half_pixel_symmetric"}))
        return attributeError(node, "coordinate_transformation_mode '" + coordinates + "'");
    if (!among(rounding, {"floor", "ceil", "round_prefer_floor", "round_prefer_ceil"}))
        return attributeError(node, "nearest_mode '" + rounding + "'");
    const std::string policy = node.string("keep_aspect_ratio_policy", "stretch");
    if (policy != "stretch" && scales.factors.empty()) return attributeError(node, "keep_aspect_ratio_policy");
    if (scales.factors.empty())
        for (size_t d = 0; d < shape.size(); ++d)
            scales.factors.push_back(shape[d] == 0 ? 1.0
                                                   : static_cast<double>(scales.sizes[d]) / static_cast<double>(shape[d]));
    else
        for (size_t d = 0; d < shape.size(); ++d) {
            const double size = resizedBy(shape[d], scales.factors[d]);
            if (!(size >= 1 && size < 1e9)) return attributeError(node, "a scale of " + std::to_string(scales.factors[d]));
            scales.sizes.push_back(static_cast<int64_t>(size));
        }
    ir::AttributeMap a;
    if (coordinates == "tf_crop_and_resize") {
        const auto roi = constantReals(node, builder, 1);
        if (!roi || roi->size() != 2 * shape.size() || node.has("axes"))
            return attributeError(node, "the roi is not a constant of two numbers an axis");
        a.set("roi", ir::Attribute::floats(*roi));
    }
    a.set("coord_mode", coordinates);
    a.set("cubic_coeff_a", asFloat32(node.real("cubic_coeff_a", -0.75)));
    a.set("exclude_outside", node.integer("exclude_outside", 0) != 0);
    a.set("extrapolation_value", asFloat32(node.real("extrapolation_value", 0.0)));
    a.set("mode", mode);
    a.set("nearest_mode", rounding);
    a.set("scales", ir::Attribute::floats(scales.factors));
    a.set("sizes", ir::Attribute::ints(scales.sizes));
    WB_ASSIGN([[maybe_unused]] const ir::ValueId id, builder.emit(node, "top.Resample", {in}, std::move(a)));
    return {};
}

Status importResize(const SourceNode& node, ImportBuilder& builder) {
    Status status = importInterp(node, builder);
    if (status || status.error().code != Code::UnsupportedAttribute) return status;
    return importResample(node, builder);
}

} // namespace

void import_resize(ImportTable& table);
void import_resize(ImportTable& table) {
    table.add(Framework::Onnx, "Resize", importResize);
    table.add(Framework::Onnx, "Upsample", importResize);
}

} // namespace wb::ops

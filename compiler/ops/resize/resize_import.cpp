// SPDX-License-Identifier: GPL-3.0-or-later
// Source spellings of resizing: ONNX Upsample-7 (attribute), Upsample-9, Resize-10 (asymmetric,
// floor) and Resize-11…19. Taken: nearest where the position is floor(x/scale) (asymmetric) or the
// nearest pixel centre (half_pixel, ties down), linear in all four coordinate modes. Cubic and
// others are refused: silently using linear instead would give a different network.
#include "compiler/ops/import_help.h"

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

Status importResize(const SourceNode& node, ImportBuilder& builder) {
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

} // namespace

void import_resize(ImportTable& table);
void import_resize(ImportTable& table) {
    table.add(Framework::Onnx, "Resize", importResize);
    table.add(Framework::Onnx, "Upsample", importResize);
}

} // namespace wb::ops

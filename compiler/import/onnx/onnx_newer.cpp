// SPDX-License-Identifier: GPL-3.0-or-later
// Operators of ONNX by others: Swish-24, AffineGrid-20, TensorScatter-24, DeformConv-19…22, CenterCropPad-18,
// Pad-19 that wraps, GroupNormalization-18, LpNormalization, LpPool, GlobalLpPool, Compress, Col2Im-18, BatchNormalization in
// training on constants.
#include "compiler/import/onnx/body_writer.h"
#include "compiler/ops/import_help.h"

#include <algorithm>
#include <cmath>

namespace wb::importer {
namespace {

using Name = BodyWriter::Name;
using ops::attributeError;

Status swish(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 1));
    const double alpha = w.caller().real("alpha", 1.0);
    const Name x = w.in(0);
    w.give(0, w.mul(x, w.node("Sigmoid", {alpha == 1 ? x : w.mul(x, w.real(alpha))})));
    return {};
}

/// Where each point of a picture (or volume) of the given size lies after theta.
Status affineGrid(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 2));
    const auto size = w.numbers(1);
    const ir::Shape theta = w.shape(0);
    const bool volume = size.size() == 5;
    if (size.empty()) return attributeError(w.caller(), "the size is known only at run time").remedy("export the network with fixed shapes");
    if ((size.size() != 4 && !volume) || theta.size() != 3 || theta[2] != (volume ? 4 : 3) || theta[1] != theta[2] - 1)
        return ops::nodeError(w.caller(), Code::ShapeMismatch, "theta " + ir::toText(theta) + ", size " + ir::toText(size));
    const bool corners = w.caller().integer("align_corners", 0) != 0;
    const std::vector<int64_t> space(size.begin() + 2, size.end());
    const auto points = ir::checkedElementCount(space);
    if (!points || *points < 1 || *points > (int64_t{1} << 22)) return attributeError(w.caller(), "size " + ir::toText(size));
    const auto place = [&](int64_t i, int64_t count) {
        if (corners) return count == 1 ? 0.0 : -1.0 + 2.0 * static_cast<double>(i) / static_cast<double>(count - 1);
        return (2.0 * static_cast<double>(i) + 1.0) / static_cast<double>(count) - 1.0;
    };
    std::vector<float> base;
    base.reserve(static_cast<size_t>(*points) * (space.size() + 1));
    for (int64_t p = 0; p < *points; ++p) {
        int64_t rest = p;
        for (size_t d = space.size(); d-- > 0; rest /= space[d]) // x first, then y, then z
            base.push_back(static_cast<float>(place(rest % space[d], space[d])));
        base.push_back(1.0F);
    }
    const Name all = w.node("MatMul", {w.reals({*points, theta[2]}, base), w.permute(w.in(0), {0, 2, 1})});
    std::vector<int64_t> shape{theta[0]};
    shape.insert(shape.end(), space.begin(), space.end());
    shape.push_back(theta[1]);
    w.give(0, w.reshape(all, shape));
    return {};
}

/// Rows of a cache replaced from a place on that each batch element has of its own.
Status tensorScatter(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 2));
    const ir::Shape cache = w.shape(0), rows = w.shape(1);
    const auto rank = static_cast<int64_t>(cache.size());
    int64_t axis = w.caller().integer("axis", -2);
    if (axis < 0) axis += rank;
    if (axis < 1 || axis >= rank || rows.size() != cache.size())
        return ops::nodeError(w.caller(), Code::ShapeMismatch, "cache " + ir::toText(cache) + ", rows " + ir::toText(rows));
    const auto a = static_cast<size_t>(axis);
    std::vector<int64_t> along(cache.size(), 1), wide(cache.size(), 1), steps(static_cast<size_t>(std::max<int64_t>(0, rows[a])));
    along[a] = rows[a];
    wide[0] = cache[0];
    for (size_t i = 0; i < steps.size(); ++i)
        steps[i] = static_cast<int64_t>(i);
    Name places = w.reshape(w.ints(steps), along);
    if (w.has(2)) places = w.add(places, w.reshape(w.in(2), wide));
    if (w.caller().string("mode", "linear") == "circular") places = w.node("Mod", {places, w.integer(cache[a])});
    w.give(0, w.node("ScatterElements", {w.in(0), w.node("Expand", {places, w.ints(rows)}), w.in(1)}, {{"axis", axis}}));
    return {};
}

/// A convolution whose taps lie where the network says: each tap is sampled between four numbers, then a product over taps.
Status deformConv(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 3));
    const ir::Shape x = w.shape(0), filter = w.shape(1), offset = w.shape(2);
    const auto pair = [&](const char* key, int64_t usual, size_t count) {
        return node.integers(key).value_or(std::vector<int64_t>(count, usual));
    };
    const auto strides = pair("strides", 1, 2), dilations = pair("dilations", 1, 2), pads = pair("pads", 0, 4);
    const int64_t group = node.integer("group", 1), offsets = node.integer("offset_group", 1);
    if (x.size() != 4 || filter.size() != 4 || offset.size() != 4 || strides.size() != 2 || dilations.size() != 2 || pads.size() != 4)
        return attributeError(node, "input " + ir::toText(x) + ", filter " + ir::toText(filter));
    const int64_t taps = filter[2] * filter[3], height = offset[2], width = offset[3];
    if (offsets < 1 || x[1] % offsets != 0 || taps < 1 || offset[1] != 2 * taps * offsets || x[2] < 1 || x[3] < 1 || height < 1 || width < 1 ||
        height > 1 << 13 || width > 1 << 13 || taps > 1 << 10 || taps * height * width > (int64_t{1} << 22))
        return ops::nodeError(node, Code::ShapeMismatch, "offsets " + ir::toText(offset) + " for the filter " + ir::toText(filter));
    // Places in the input, y and x of each tap and point, to which the offsets are added.
    std::vector<float> base(static_cast<size_t>(taps * 2 * height * width));
    size_t at = 0;
    for (int64_t t = 0; t < taps; ++t)
        for (int64_t axis = 0; axis < 2; ++axis)
            for (int64_t r = 0; r < height; ++r)
                for (int64_t c = 0; c < width; ++c, ++at) {
                    const int64_t tap = axis == 0 ? t / filter[3] : t % filter[3], point = axis == 0 ? r : c;
                    const auto i = static_cast<size_t>(axis);
                    base[at] = static_cast<float>(point * strides[i] - pads[i] + tap * dilations[i]);
                }
    const int64_t all = x[0] * offsets, channels = x[1] / offsets;
    const Name places = w.add(w.reshape(w.in(2), {all, taps, 2, height, width}), w.reals({1, taps, 2, height, width}, base));
    // As GridSample has it: x before y, -1 … 1 from border to border of the picture.
    const auto unit = [&](int64_t axis, int64_t size) {
        const Name one = w.slice(places, 2, axis, axis + 1);
        const double s = 2.0 / static_cast<double>(size);
        return w.add(w.mul(one, w.real(s)), w.real(0.5 * s - 1.0));
    };
    const Name grid = w.reshape(w.permute(w.concat({unit(1, x[3]), unit(0, x[2])}, 2), {0, 1, 3, 4, 2}), {all, taps * height, width, 2});
    Name picked = w.node("GridSample", {w.reshape(w.in(0), {all, channels, x[2], x[3]}), grid},
                         {{"mode", std::string("bilinear")}, {"padding_mode", std::string("zeros")}, {"align_corners", int64_t{0}}});
    picked = w.reshape(picked, {all, channels, taps, height * width});
    if (w.has(4)) picked = w.mul(picked, w.reshape(w.in(4), {all, 1, taps, height * width}));
    picked = w.reshape(picked, {x[0], x[1] * taps, height, width});
    const Name y = w.node("Conv", {picked, w.reshape(w.in(1), {filter[0], filter[1] * taps, 1, 1}), w.in(3)}, {{"group", group}});
    w.give(0, y);
    return {};
}

/// Before operator set 21 there is a scale and a shift a group, not a channel.
Status groupsScaled(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 3));
    const int64_t groups = w.caller().integer("num_groups", 0);
    const ir::Shape x = w.shape(0);
    if (x.size() < 2 || groups < 1 || x[1] % groups != 0) return ops::nodeError(w.caller(), Code::ShapeMismatch, std::to_string(groups) + " groups of " + ir::toText(x));
    const auto each = [&](size_t i) {
        if (w.shape(i) != ir::Shape{groups}) return w.in(i);
        return w.reshape(w.node("Expand", {w.widen(w.in(i), {1}), w.ints({groups, x[1] / groups})}), {x[1]});
    };
    w.give(0, w.node("GroupNormalization", {w.in(0), each(1), each(2)}, w.caller().attributes, 21));
    return {};
}

Status lpNormal(BodyWriter& w) {
    WB_TRY(ops::needInputs(w.caller(), 1));
    const int64_t p = w.caller().integer("p", 2);
    if (p != 1 && p != 2) return attributeError(w.caller(), "p " + std::to_string(p));
    const Name sum = w.node(p == 1 ? "ReduceL1" : "ReduceL2", {w.in(0)}, {{"axes", std::vector<int64_t>{w.caller().integer("axis", -1)}}, {"keepdims", int64_t{1}}});
    w.give(0, w.node("Div", {w.in(0), sum}));
    return {};
}

/// (Σ |x|^p)^(1/p) over windows, or over the whole picture: an average times its count.
Status lpPool(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 1));
    const double p = node.version < 2 ? node.real("p", 2) : static_cast<double>(node.integer("p", 2));
    const ir::Shape x = w.shape(0);
    const bool global = node.kind == "GlobalLpPool";
    const auto kernel = node.integers("kernel_shape").value_or(std::vector<int64_t>{});
    if (p < 1 || x.size() < 3 || (!global && kernel.size() + 2 != x.size()) || node.integer("ceil_mode", 0) != 0)
        return attributeError(node, "p " + std::to_string(p) + ", or windows beyond the border");
    const auto count = ir::checkedElementCount(global ? ir::Shape(x.begin() + 2, x.end()) : ir::Shape(kernel));
    if (!count || *count < 1) return attributeError(node, "kernel_shape " + ir::toText(kernel));
    BodyWriter::Attributes a = node.attributes;
    a.erase("p");
    if (!global) a["count_include_pad"] = int64_t{1};
    const Name power = w.node("Pow", {w.node("Abs", {w.in(0)}), w.real(p)});
    const Name mean = w.node(global ? "GlobalAveragePool" : "AveragePool", {power}, std::move(a), 19);
    w.give(0, w.node("Pow", {w.mul(mean, w.real(static_cast<double>(*count))), w.real(1.0 / p)}));
    return {};
}

/// Cut or filled with zeros on both sides alike, to a given size.
Status centreCropPad(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 2));
    const ir::Shape x = w.shape(0);
    const auto size = w.numbers(1);
    auto axes = node.integers("axes").value_or(std::vector<int64_t>{});
    for (size_t d = 0; !node.has("axes") && d < x.size(); ++d)
        axes.push_back(static_cast<int64_t>(d));
    if (size.empty() || size.size() != axes.size()) return attributeError(node, "the size is known only at run time").remedy("export the network with fixed shapes");
    Name y = w.in(0);
    std::vector<int64_t> pads(2 * x.size(), 0);
    for (size_t i = 0; i < axes.size(); ++i) {
        const int64_t axis = axes[i] < 0 ? axes[i] + static_cast<int64_t>(x.size()) : axes[i];
        if (axis < 0 || axis >= static_cast<int64_t>(x.size()) || size[i] < 1) return attributeError(node, "axes " + ir::toText(axes));
        const auto d = static_cast<size_t>(axis);
        const int64_t more = size[i] - x[d];
        if (more < 0) y = w.slice(y, axis, -more / 2, -more / 2 + size[i]);
        if (more > 0) {
            pads[d] = more / 2;
            pads[d + x.size()] = more - more / 2;
        }
    }
    if (std::any_of(pads.begin(), pads.end(), [](int64_t p) { return p > 0; })) y = w.node("Pad", {y, w.ints(pads)});
    w.give(0, y == w.in(0) ? w.node("Identity", {y}) : y);
    return {};
}

/// A border that goes on at the other side.
Status wrapPad(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 2));
    const ir::Shape x = w.shape(0);
    const auto pads = w.numbers(1);
    auto axes = w.numbers(3);
    for (size_t d = 0; !w.has(3) && d < x.size(); ++d)
        axes.push_back(static_cast<int64_t>(d));
    if (pads.empty() || pads.size() != 2 * axes.size()) return attributeError(node, "the pads are known only at run time").remedy("export the network with fixed shapes");
    Name y = w.in(0);
    for (size_t i = 0; i < axes.size(); ++i) {
        const int64_t axis = axes[i] < 0 ? axes[i] + static_cast<int64_t>(x.size()) : axes[i];
        if (axis < 0 || axis >= static_cast<int64_t>(x.size())) return attributeError(node, "axes " + ir::toText(axes));
        const int64_t size = x[static_cast<size_t>(axis)], before = pads[i], behind = pads[i + axes.size()];
        if (before < 0 || behind < 0 || before > size || behind > size) return attributeError(node, "pads " + ir::toText(pads) + " for " + ir::toText(x));
        BodyWriter::Names parts;
        if (before > 0) parts.push_back(w.slice(y, axis, size - before, size));
        parts.push_back(y);
        if (behind > 0) parts.push_back(w.slice(y, axis, 0, behind));
        if (parts.size() > 1) y = w.concat(std::move(parts), axis);
    }
    w.give(0, y == w.in(0) ? w.node("Identity", {y}) : y);
    return {};
}

/// Columns of windows put back where they came from, and added up: a transposed convolution whose filters have a one each.
Status columnsToImage(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 3));
    const ir::Shape x = w.shape(0);
    const auto image = w.numbers(1), block = w.numbers(2);
    if (image.size() != 2 || block.size() != 2) return attributeError(node, "sizes known only at run time, or not of two axes").remedy("export the network with fixed shapes");
    const auto list = [&](const char* key, int64_t usual, size_t count) { return node.integers(key).value_or(std::vector<int64_t>(count, usual)); };
    const auto dilations = list("dilations", 1, 2), pads = list("pads", 0, 4), strides = list("strides", 1, 2);
    const int64_t taps = block[0] * block[1];
    if (x.size() != 3 || taps < 1 || taps > 1 << 12 || x[1] % taps != 0 || x[1] > 1 << 14 || dilations.size() != 2 || pads.size() != 4 || strides.size() != 2)
        return ops::nodeError(node, Code::ShapeMismatch, "columns " + ir::toText(x) + " of windows " + ir::toText(block));
    std::vector<int64_t> places(2), extra(2);
    for (size_t i = 0; i < 2; ++i) {
        if (strides[i] < 1 || dilations[i] < 1 || image[i] < 1) return attributeError(node, "strides " + ir::toText(strides));
        const int64_t reach = dilations[i] * (block[i] - 1) + 1, room = image[i] + pads[i] + pads[i + 2] - reach;
        places[i] = room / strides[i] + 1;
        extra[i] = room - (places[i] - 1) * strides[i];
    }
    if (places[0] < 1 || places[1] < 1 || places[0] * places[1] != x[2])
        return ops::nodeError(node, Code::ShapeMismatch, std::to_string(x[2]) + " windows in " + ir::toText(image));
    std::vector<float> filters(static_cast<size_t>(x[1] * taps), 0.0F);
    for (int64_t c = 0; c < x[1]; ++c)
        filters[static_cast<size_t>(c * taps + c % taps)] = 1.0F;
    w.give(0, w.node("ConvTranspose", {w.reshape(w.in(0), {x[0], x[1], places[0], places[1]}), w.reals({x[1], 1, block[0], block[1]}, filters)},
                     {{"group", x[1] / taps}, {"strides", strides}, {"dilations", dilations}, {"pads", pads}, {"output_padding", extra}}));
    return {};
}

/// BatchNormalization that takes mean and variance of what it is given: exporters write it for weights that are
/// normalised before each use, where both are known now.
Status batchNormOfConstant(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 3));
    const ir::Shape x = w.shape(0);
    if (w.data(0) == nullptr || x.size() < 2 || x[1] < 1)
        return attributeError(node, "training_mode").remedy("export the network for inference: model.eval(), training=TrainingMode.EVAL");
    WB_ASSIGN(ir::Tensor real, ops::toFloat32(*w.data(0)));
    const auto scale = w.data(1) == nullptr ? std::nullopt : ops::toReals(*w.data(1)), shift = w.data(2) == nullptr ? std::nullopt : ops::toReals(*w.data(2));
    if (!scale || !shift || static_cast<int64_t>(scale->size()) != x[1] || scale->size() != shift->size())
        return attributeError(node, "training_mode with a scale that is computed");
    int64_t inner = 1;
    for (size_t d = 2; d < x.size(); ++d)
        inner *= x[d];
    const int64_t count = real.elementCount();
    std::vector<float> values(real.data<float>(), real.data<float>() + count), means, variances;
    for (int64_t c = 0; c < x[1]; ++c) {
        const auto each = [&](auto&& f) {
            for (int64_t b = 0; b < x[0]; ++b)
                for (int64_t i = 0; i < inner; ++i)
                    f(values[static_cast<size_t>((b * x[1] + c) * inner + i)]);
        };
        const auto many = static_cast<double>(std::max<int64_t>(1, x[0] * inner));
        double mean = 0, square = 0;
        each([&](float& v) { mean += static_cast<double>(v) / many; });
        each([&](float& v) { square += (static_cast<double>(v) - mean) * (static_cast<double>(v) - mean) / many; });
        means.push_back(static_cast<float>(mean));
        variances.push_back(static_cast<float>(square));
        const double factor = (*scale)[static_cast<size_t>(c)] / std::sqrt(square + node.real("epsilon", 1e-5));
        each([&](float& v) { v = static_cast<float>((static_cast<double>(v) - mean) * factor + (*shift)[static_cast<size_t>(c)]); });
    }
    w.give(0, w.reals(x, values));
    // What training goes on with; nobody reads it in a network that is run.
    const double keep = node.real("momentum", 0.9);
    const auto running = [&](size_t input, const std::vector<float>& now) {
        return w.add(w.mul(w.in(input), w.real(keep)), w.mul(w.reals({x[1]}, now), w.real(1 - keep)));
    };
    if (w.has(3)) w.give(1, running(3, means));
    if (w.has(4)) w.give(2, running(4, variances));
    return {};
}

/// What a constant list of truths leaves of an axis.
Status compress(BodyWriter& w) {
    const ops::SourceNode& node = w.caller();
    WB_TRY(ops::needInputs(node, 2));
    if (w.data(1) == nullptr) return attributeError(node, "which elements it takes is known only at run time").remedy("end the network before it with --output_names");
    const auto taken = w.numbers(1);
    std::vector<int64_t> places;
    for (size_t i = 0; i < taken.size(); ++i)
        if (taken[i] != 0) places.push_back(static_cast<int64_t>(i));
    const Name x = node.has("axis") ? w.in(0) : w.reshape(w.in(0), {-1});
    w.give(0, w.node("Gather", {x, w.ints(places)}, {{"axis", node.integer("axis", 0)}}));
    return {};
}

constexpr OwnRow kNewerRows[] = {
    {"GroupNormalization", groupsScaled},
    {"LpNormalization", lpNormal},
    {"LpPool", lpPool},
    {"GlobalLpPool", lpPool},
    {"CenterCropPad", centreCropPad},
    {"Pad", wrapPad},
    {"Compress", compress},
    {"Col2Im", columnsToImage},
    {"BatchNormalization", batchNormOfConstant},
    {"Swish", swish},
    {"AffineGrid", affineGrid},
    {"TensorScatter", tensorScatter},
    {"DeformConv", deformConv},
};

} // namespace

std::span<const OwnRow> newerDefinitions() { return kNewerRows; }

} // namespace wb::importer

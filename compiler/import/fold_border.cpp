// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/fold_border.h"

#include "compiler/import/fold_move.h"
#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>
#include <cstring>

namespace wb::importer {
namespace {

using ir::Shape;
using ir::Tensor;
using ops::SourceNode;

/// Borders before and behind every axis, from any of the operator's three forms.
std::optional<std::pair<Ints, Ints>> borders(const SourceNode& node, const Inputs& in) {
    const size_t rank = in[0]->shape().size();
    const auto pads = node.integers("pads") ? node.integers("pads") : intsAt(in, 1);
    auto axes = intsAt(in, 3);
    if (!axes) {
        if (tensorAt(in, 3) != nullptr) return {};
        axes.emplace();
        for (size_t d = 0; d < rank; ++d)
            axes->push_back(static_cast<int64_t>(d));
    }
    if (!pads || pads->size() != 2 * axes->size()) return {};
    std::pair<Ints, Ints> result{Ints(rank, 0), Ints(rank, 0)};
    for (size_t i = 0; i < axes->size(); ++i) {
        const auto axis = ops::normaliseAxis((*axes)[i], rank);
        if (!axis) return {};
        for (const auto& [side, at] : {std::pair{&result.first, i}, {&result.second, axes->size() + i}}) {
            if (std::abs((*pads)[at] / 2) > INT32_MAX) return {};
            (*side)[static_cast<size_t>(*axis)] = (*pads)[at];
        }
    }
    return result;
}

/// Position on an axis of `size` that a bordered axis shows at `i`; -1: the filling.
int64_t borderSource(const std::string& mode, int64_t i, int64_t size) {
    if (i >= 0 && i < size) return i;
    if (mode == "edge") return std::clamp<int64_t>(i, 0, size - 1);
    if (mode == "wrap") return ((i % size) + size) % size;
    if (mode != "reflect") return -1;
    const int64_t period = 2 * (size - 1), at = ((i % period) + period) % period;
    return at < size ? at : period - at;
}

/// Lengths of the parts: given, equal, or (opset 18) equal with a shorter last one.
std::optional<Ints> splitLengths(const SourceNode& node, const Inputs& in, int64_t extent) {
    const auto count = static_cast<int64_t>(node.outputs.size());
    if (tensorAt(in, 1) != nullptr || node.integers("split")) {
        auto lengths = node.integers("split") ? node.integers("split") : intsAt(in, 1);
        int64_t total = 0;
        for (size_t i = 0; lengths && i < lengths->size(); ++i) {
            if ((*lengths)[i] < 0 || (*lengths)[i] > extent - total) return {};
            total += (*lengths)[i];
        }
        return lengths && total == extent && static_cast<int64_t>(lengths->size()) == count ? lengths : std::nullopt;
    }
    const int64_t parts = node.integer("num_outputs", count);
    if (parts != count || parts < 1) return {};
    const int64_t length = (extent + parts - 1) / parts, last = extent - length * (parts - 1);
    if (last < 0 || (last != length && !node.has("num_outputs"))) return {};
    Ints lengths(static_cast<size_t>(parts), length);
    lengths.back() = last;
    return lengths;
}

} // namespace

std::optional<Ints> intsAt(const Inputs& in, size_t i) {
    return tensorAt(in, i) != nullptr ? ops::toInts(*in[i]) : std::nullopt;
}

std::optional<Shape> tiledShape(const Inputs& in) {
    const auto repeats = intsAt(in, 1);
    Shape shape = in[0]->shape();
    if (!repeats || repeats->size() != shape.size()) return {};
    for (size_t d = 0; d < shape.size(); ++d) {
        const auto extent = ir::checkedElementCount(Shape{shape[d], (*repeats)[d]});
        if (!extent) return {};
        shape[d] = *extent;
    }
    return shape;
}

std::optional<Shape> paddedShape(const SourceNode& node, const Inputs& in) {
    const auto sides = borders(node, in);
    if (!sides) return {};
    Shape shape = in[0]->shape();
    for (size_t d = 0; d < shape.size(); ++d) {
        shape[d] += sides->first[d] + sides->second[d];
        if (shape[d] < 0) return {};
    }
    return shape;
}

/// Each axis of the operand preceded by its repeats, which do not move in it; then both are one axis.
Folded tileConstant(const Inputs& in, const Shape& result) {
    const Tensor& x = *in[0];
    const auto repeats = intsAt(in, 1);
    if (!repeats || repeats->size() != x.shape().size()) return {};
    const auto own = rowMajorStrides(x.shape());
    Shape shape;
    Ints strides;
    for (size_t d = 0; d < own.size(); ++d) {
        shape.insert(shape.end(), {(*repeats)[d], x.shape()[d]});
        strides.insert(strides.end(), {0, x.shape()[d] == 1 ? 0 : own[d]});
    }
    auto tiled = gatherStrided(x, shape, strides, 0);
    return tiled ? Result<Tensor>(tiled->reshaped(result)) : std::move(tiled);
}

Folded padConstant(const SourceNode& node, const Inputs& in, const Shape& result) {
    const Tensor& x = *in[0];
    const std::string mode = node.string("mode", "constant");
    const auto sides = borders(node, in);
    const bool filled = mode == "constant";
    if (!sides || (!filled && mode != "edge" && mode != "wrap" && mode != "reflect")) return {};
    auto filling = storeNumbers(x.type(), {}, {node.real("value", 0.0)}, {});
    if (const Tensor* value = tensorAt(in, 2)) {
        if (value->type() != x.type() || value->elementCount() != 1) return {};
        filling = *value;
    }
    if (!filling) return Result<Tensor>(std::move(filling).error());
    // First: an axis of nothing beside one of billions needs no list of where its elements come from.
    auto padded = Tensor::allocate(x.type(), result);
    if (!padded || padded->elementCount() == 0) return padded;
    const size_t rank = result.size(), size = ir::sizeInBytes(x.type());
    std::vector<Ints> sources(rank); // of each axis, in elements
    const auto strides = rowMajorStrides(x.shape());
    for (size_t d = 0; d < rank; ++d)
        for (int64_t i = 0; i < result[d]; ++i) {
            const int64_t extent = x.shape()[d], outside = i - sides->first[d];
            // Nothing to take a border from.
            if (!filled && (outside < 0 || outside >= extent) && extent < (mode == "reflect" ? 2 : 1)) return {};
            const int64_t at = borderSource(mode, outside, extent);
            sources[d].push_back(at < 0 ? -1 : at * strides[d]);
        }
    std::byte* out = padded->mutableBytes();
    Shape index(rank, 0);
    for (int64_t i = 0; i < padded->elementCount(); ++i, out += size) {
        int64_t at = 0;
        for (size_t d = 0; d < rank && at >= 0; ++d) {
            const int64_t part = sources[d][static_cast<size_t>(index[d])];
            at = part < 0 ? -1 : at + part;
        }
        std::memcpy(out, at < 0 ? filling->bytes() : x.bytes() + static_cast<size_t>(at) * size, size);
        for (size_t d = rank; d-- > 0;) {
            if (++index[d] < result[d]) break;
            index[d] = 0;
        }
    }
    return padded;
}

std::optional<Result<std::vector<Tensor>>> splitConstant(const SourceNode& node, const Inputs& in) {
    const Tensor& x = *in[0];
    const auto axis = ops::normaliseAxis(node.integer("axis", 0), x.shape().size());
    if (!axis) return {};
    const auto lengths = splitLengths(node, in, x.shape()[static_cast<size_t>(*axis)]);
    if (!lengths) return {};
    std::vector<Tensor> parts;
    int64_t begin = 0;
    for (int64_t length : *lengths) {
        auto part = sliceConstant(x, {begin}, {begin + length}, {*axis}, {});
        if (!part) return Result<std::vector<Tensor>>(std::move(part).error().atNode(node.name));
        parts.push_back(std::move(*part));
        begin += length;
    }
    return Result<std::vector<Tensor>>(std::move(parts));
}

} // namespace wb::importer

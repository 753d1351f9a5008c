// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/strided_view.h"

#include <optional>

namespace wb::codegen {
namespace {

using ir::Shape;
using ir::ValueId;

StridedView whole(const ir::Graph& graph, ValueId value) {
    StridedView view{value, 0, graph.value(value).type.shape, {}};
    view.strides.assign(view.sizes.size(), 1);
    for (size_t i = view.sizes.size(); i-- > 1;) view.strides[i - 1] = view.strides[i] * view.sizes[i];
    return view;
}

std::optional<StridedView> reshaped(const StridedView& from, const Shape& shape) {
    // Axes that continue each other first, then each is cut as the new shape says.
    Shape sizes;
    std::vector<int64_t> strides;
    for (size_t i = 0; i < from.sizes.size(); ++i) {
        if (from.sizes[i] == 1) continue;
        if (!sizes.empty() && strides.back() == from.strides[i] * from.sizes[i]) {
            sizes.back() *= from.sizes[i];
            strides.back() = from.strides[i];
        } else {
            sizes.push_back(from.sizes[i]);
            strides.push_back(from.strides[i]);
        }
    }
    StridedView out{from.base, from.offset, shape, std::vector<int64_t>(shape.size(), 0)};
    size_t at = sizes.size();
    int64_t left = 1, stride = 0;
    for (size_t i = shape.size(); i-- > 0;) {
        if (shape[i] == 1) continue;
        if (left == 1) {
            if (at == 0) return {};
            left = sizes[--at];
            stride = strides[at];
        }
        if (left % shape[i] != 0) return {};
        out.strides[i] = stride;
        stride *= shape[i];
        left /= shape[i];
    }
    if (at != 0 || left != 1) return {};
    return out;
}

std::optional<StridedView> sliced(const ir::Node& node, const StridedView& from, const Shape& shape) {
    const auto offsets = node.attributes.integers("offset"), steps = node.attributes.integers("steps"), axes = node.attributes.integers("axes");
    const bool all = offsets.size() == from.sizes.size();
    if (shape.size() != from.sizes.size() || offsets.size() != steps.size() || (!all && axes.size() != offsets.size())) return {};
    StridedView out{from.base, from.offset, shape, from.strides};
    for (size_t i = 0; i < offsets.size(); ++i) {
        int64_t axis = all ? static_cast<int64_t>(i) : axes[i];
        if (axis < 0) axis += static_cast<int64_t>(shape.size());
        if (axis < 0 || axis >= static_cast<int64_t>(shape.size()) || steps[i] < 1) return {};
        const auto k = static_cast<size_t>(axis);
        const int64_t first = offsets[i] < 0 ? offsets[i] + from.sizes[k] : offsets[i];
        if (first < 0 || first + (shape[k] - 1) * steps[i] >= from.sizes[k]) return {};
        out.offset += first * from.strides[k];
        out.strides[k] *= steps[i];
    }
    return out;
}

} // namespace

StridedView stridedViewOf(const ir::Graph& graph, ValueId value) {
    const ir::Node* node = graph.producer(value);
    if (node == nullptr || node->operands.empty() || node->operands[0] == ir::kNoValue) return whole(graph, value);
    const Shape& shape = graph.value(value).type.shape;
    const bool moves = node->op == "tpu.Permute" || node->op == "tpu.Reshape" || node->op == "tpu.Slice";
    if (!moves || graph.weight(node->operands[0]) != nullptr) return whole(graph, value);
    const StridedView from = stridedViewOf(graph, node->operands[0]);
    std::optional<StridedView> out;
    if (node->op == "tpu.Reshape") {
        out = reshaped(from, shape);
    } else if (node->op == "tpu.Slice") {
        out = sliced(*node, from, shape);
    } else if (const auto order = node->attributes.integers("order"); order.size() == from.sizes.size()) {
        out = StridedView{from.base, from.offset, shape, {}};
        for (const int64_t axis : order) out->strides.push_back(from.strides[static_cast<size_t>(axis)]);
    }
    return out ? *out : whole(graph, value);
}

} // namespace wb::codegen

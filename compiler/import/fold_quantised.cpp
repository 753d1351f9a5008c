// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/fold_quantised.h"

#include "compiler/ops/import_help.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::importer {

namespace {

/// A scale and a zero point for each block_size numbers along one axis: shaped as the codes are, that axis shorter.
Folded foldBlocks(const ops::SourceNode& node, const std::vector<const ir::Tensor*>& inputs) {
    const ir::Shape& shape = inputs[0]->shape();
    const int64_t block = node.integer("block_size", 0);
    const auto axis = ops::normaliseAxis(node.integer("axis", 1), shape.size());
    if (!axis || block < 1) return {};
    ir::Shape blocks = shape;
    const auto a = static_cast<size_t>(*axis);
    blocks[a] = shape[a] / block + (shape[a] % block != 0 ? 1 : 0);
    const bool zeroed = inputs.size() > 2 && inputs[2] != nullptr;
    if (inputs[1]->shape() != blocks || (zeroed && inputs[2]->shape() != blocks)) return {};
    const auto scales = ops::toReals(*inputs[1]);
    const auto zeros = zeroed ? ops::toReals(*inputs[2]) : std::optional(std::vector<double>(scales ? scales->size() : 0, 0.0));
    if (!scales || !zeros) return {};
    auto real = ops::toFloat32(*inputs[0]);
    if (!real) return std::move(real).error();
    ir::Tensor result = std::move(*real);
    int64_t inner = 1;
    for (size_t d = a + 1; d < shape.size(); ++d)
        inner *= shape[d];
    for (int64_t i = 0; i < result.elementCount(); ++i) {
        const int64_t outer = i / (inner * shape[a]), row = i / inner % shape[a];
        const auto at = static_cast<size_t>((outer * blocks[a] + row / block) * inner + i % inner);
        float& value = result.mutableData<float>()[i];
        value = static_cast<float>((static_cast<double>(value) - (*zeros)[at]) * (*scales)[at]);
    }
    return result;
}

} // namespace

Folded foldDequantize(const ops::SourceNode& node, const std::vector<const ir::Tensor*>& inputs) {
    if (inputs.size() < 2 || inputs[0] == nullptr || inputs[1] == nullptr) return {};
    const ir::Shape& shape = inputs[0]->shape();
    if (node.integer("block_size", 0) != 0) return foldBlocks(node, inputs);
    const auto scales = ops::toReals(*inputs[1]);
    const auto zeros = inputs.size() > 2 && inputs[2] != nullptr ? ops::toReals(*inputs[2]) : std::vector<double>{0.0};
    const auto axis = ops::normaliseAxis(node.integer("axis", 1), shape.size());
    if (!scales || !zeros || scales->empty() || zeros->empty()) return {};
    int64_t size = 1, inner = 1;
    if (scales->size() > 1 || zeros->size() > 1) {
        if (!axis) return {};
        const auto a = static_cast<size_t>(*axis);
        size = shape[a];
        for (size_t d = a + 1; d < shape.size(); ++d)
            inner *= shape[d];
    }
    for (const size_t count : {scales->size(), zeros->size()})
        if (count != 1 && static_cast<int64_t>(count) != size) return {};
    auto real = ops::toFloat32(*inputs[0]);
    if (!real) return std::move(real).error();
    ir::Tensor result = std::move(*real);
    if (result.elementCount() == 0) return result;
    float* values = result.mutableData<float>();
    for (int64_t i = 0; i < result.elementCount(); ++i) {
        const auto at = static_cast<size_t>(i / inner % size);
        const double zero = (*zeros)[zeros->size() == 1 ? 0 : at], scale = (*scales)[scales->size() == 1 ? 0 : at];
        values[i] = static_cast<float>((static_cast<double>(values[i]) - zero) * scale);
    }
    return result;
}

} // namespace wb::importer

// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Reshape, Flatten, and layers that do nothing when a network is used: Dropout, Split.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/shape_rules.h"

#include <functional>
#include <numeric>

namespace wb::ops {
namespace {

/// Sizes 0 copy the input's, counted from `axis`; -1 is what is left.
Status importCaffeReshape(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::Shape x, shapeOf(node, builder, 0));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const auto given = node.integers("shape");
    const int64_t axis = node.integer("axis", 0), count = node.integer("num_axes", -1);
    const auto rank = static_cast<int64_t>(x.size());
    const int64_t begin = axis < 0 ? axis + rank + 1 : axis;
    const int64_t end = count < 0 ? rank : begin + count;
    if (!given || begin < 0 || end > rank || begin > end) return attributeError(node, "shape, axis or num_axes");
    ir::Shape shape(x.begin(), x.begin() + begin);
    for (size_t i = 0; i < given->size(); ++i) {
        const size_t from = static_cast<size_t>(begin) + i;
        if ((*given)[i] == 0 && from >= x.size()) return attributeError(node, "a 0 beyond the input's axes");
        shape.push_back((*given)[i] == 0 ? x[from] : (*given)[i]);
    }
    shape.insert(shape.end(), x.begin() + end, x.end());
    return done(builder.emit(node, "top.Reshape", {in}, reshapeAttributes(shape)));
}

Status importCaffeFlatten(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    const ir::Shape x = builder.graph().value(in).type.shape;
    const auto first = normaliseAxis(node.integer("axis", 1), x.size()), last = normaliseAxis(node.integer("end_axis", -1), x.size());
    if (!first || !last || *last < *first) return attributeError(node, "axes of " + ir::toText(x));
    if (*first != 1 || *last + 1 != static_cast<int64_t>(x.size())) { // axes are left before or behind
        ir::Shape shape(x.begin(), x.begin() + *first);
        shape.push_back(std::accumulate(x.begin() + *first, x.begin() + *last + 1, int64_t{1}, std::multiplies<>()));
        shape.insert(shape.end(), x.begin() + *last + 1, x.end());
        return done(builder.emit(node, "top.Reshape", {in}, reshapeAttributes(shape)));
    }
    ir::AttributeMap a;
    a.set("start_dim", 1);
    a.set("end_dim", -1);
    return done(builder.emit(node, "top.Flatten", {in}, std::move(a)));
}

Status importNothing(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    WB_ASSIGN(const ir::ValueId in, valueOf(node, builder, 0));
    for (const std::string& output : node.outputs)
        builder.bind(output, in);
    return {};
}

} // namespace

void caffe_reshape(ImportTable& table);
void caffe_reshape(ImportTable& table) {
    table.add(Framework::Caffe, "Reshape", importCaffeReshape);
    table.add(Framework::Caffe, "Flatten", importCaffeFlatten);
    table.add(Framework::Caffe, "Dropout", importNothing);
    table.add(Framework::Caffe, "Split", importNothing);
}

} // namespace wb::ops

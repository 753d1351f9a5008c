// SPDX-License-Identifier: GPL-3.0-or-later
// Caffe's Concat (`concat_dim` before `axis` existed). Constants, which are prior boxes, are joined at once.
#include "compiler/ops/caffe_help.h"
#include "compiler/ops/shape_rules.h"

#include <algorithm>

namespace wb::ops {
namespace {

/// The constants one behind the other along `axis`; the shapes are those of a Concat that its shape rule took.
Result<ir::Tensor> joinedConstants(const std::vector<const ir::Tensor*>& parts, const ir::Shape& shape, size_t axis) {
    WB_ASSIGN(ir::Tensor all, ir::Tensor::allocate(ir::ElementType::F32, shape));
    int64_t outer = 1, inner = 1;
    for (size_t d = 0; d < shape.size(); ++d)
        (d < axis ? outer : inner) *= d == axis ? 1 : shape[d];
    float* to = all.mutableData<float>();
    for (int64_t o = 0; o < outer; ++o)
        for (const ir::Tensor* part : parts) {
            const int64_t run = part->shape()[axis] * inner;
            to = std::copy_n(part->data<float>() + o * run, run, to);
        }
    return all;
}

Status importCaffeConcat(const SourceNode& node, ImportBuilder& builder) {
    WB_TRY(needInputs(node, 1));
    std::vector<ir::ValueId> parts;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        WB_ASSIGN(const ir::ValueId id, valueOf(node, builder, i));
        parts.push_back(id);
    }
    if (parts.size() == 1) {
        builder.bind(node.outputs.front(), parts.front());
        return {};
    }
    const int64_t given = node.integer("axis", node.integer("concat_dim", 1));
    const auto axis = normaliseAxis(given, builder.graph().value(parts.front()).type.shape.size());
    if (!axis) return attributeError(node, "axis " + std::to_string(given));
    ir::AttributeMap a = withRelu();
    a.set("axis", ir::Attribute::si32(*axis));
    a.set("only_merge", false);
    a.set("round_mode", "HalfAwayFromZero");
    std::vector<const ir::Tensor*> constants;
    for (const ir::ValueId id : parts)
        if (const ir::Tensor* data = builder.graph().weight(id); data != nullptr && data->type() == ir::ElementType::F32)
            constants.push_back(data);
    const bool allConstant = constants.size() == parts.size();
    WB_ASSIGN(const ir::ValueId id, builder.emit(node, "top.Concat", std::move(parts), std::move(a)));
    if (!allConstant) return {};
    WB_ASSIGN(ir::Tensor joined, joinedConstants(constants, builder.graph().value(id).type.shape, static_cast<size_t>(*axis)));
    builder.bind(node.outputs.front(), builder.addConstant(node.outputs.front() + "_joined", std::move(joined)));
    return {}; // the Concat itself is read by nothing now and goes
}

} // namespace

void caffe_concat(ImportTable& table);
void caffe_concat(ImportTable& table) { table.add(Framework::Caffe, "Concat", importCaffeConcat); }

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/ops/import_compose.h"

namespace wb::ops {

ir::ValueId Composer::input(size_t index) {
    auto id = valueOf(m_node, m_builder, index);
    if (id) return *id;
    fail(std::move(id).error());
    return ir::kNoValue;
}

ir::Shape Composer::shape(Id id) const {
    return id == ir::kNoValue ? ir::Shape{} : m_builder.graph().value(id).type.shape;
}

ir::ValueId Composer::op(const char* name, std::vector<Id> operands, ir::AttributeMap attributes) {
    if (m_error) return ir::kNoValue;
    const std::string result = m_last ? m_builder.resultName(m_node, 0)
                                      : (m_node.outputs.empty() ? m_node.name : m_node.outputs.front()) + "_" +
                                            std::string(name).substr(4) + std::to_string(m_serial++);
    m_last = false;
    auto id = m_builder.emitNamed(name, std::move(operands), result, std::move(attributes));
    if (id) return *id;
    fail(std::move(id).error());
    return ir::kNoValue;
}

ir::ValueId Composer::number(const char* name, Id x, double value) {
    ir::AttributeMap a = withRelu();
    a.set("const_val", value);
    a.set("is_scalar", false);
    return op(name, {x}, std::move(a));
}

ir::ValueId Composer::compare(const char* mode, Id a, Id b) {
    ir::AttributeMap attributes;
    attributes.set("mode", mode);
    return op("top.Compare", {a, b}, std::move(attributes));
}

ir::ValueId Composer::compareNumber(const char* mode, Id x, double value) {
    ir::AttributeMap a;
    a.set("mode", mode);
    a.set("const_val", value);
    a.set("inversed", false);
    a.set("is_scalar", false);
    return op("top.CompareConst", {x}, std::move(a));
}

ir::AttributeMap Composer::whereAttributes() {
    ir::AttributeMap a;
    for (const char* side : {"x", "y"}) {
        a.set(std::string(side) + "_is_const", false);
        a.set(std::string(side) + "_const_val", 0.0);
    }
    return a;
}

ir::ValueId Composer::whereNumber(Id condition, Id yes, double no) {
    ir::AttributeMap a = whereAttributes();
    a.set("y_is_const", true);
    a.set("y_const_val", no);
    return op("top.Where", {condition, yes, ir::kNoValue}, std::move(a));
}

ir::ValueId Composer::clip(Id x, double low, double high) {
    ir::AttributeMap a;
    a.set("min", low);
    a.set("max", high);
    return op("top.Clip", {x}, std::move(a));
}

ir::ValueId Composer::whole(Id x) {
    ir::AttributeMap a;
    a.set("round_mode", "TowardsZero");
    a.set("to", "INT32");
    return op("top.Cast", {x}, std::move(a));
}

ir::ValueId Composer::reduce(const char* mode, Id x, const std::vector<int64_t>& axes, bool keep) {
    ir::AttributeMap a;
    a.set("axes", ir::Attribute::ints(axes));
    a.set("is_scalar", false);
    a.set("keepdims", keep);
    a.set("mode", mode);
    return op("top.Reduce", {x}, std::move(a));
}

ir::ValueId Composer::reshape(Id x, const ir::Shape& shape) {
    ir::AttributeMap a;
    a.set("flatten_start_dim", -1);
    a.set("shape", ir::Attribute::ints(shape));
    return op("top.Reshape", {x}, std::move(a));
}

ir::ValueId Composer::permute(Id x, const std::vector<int64_t>& order) {
    ir::AttributeMap a;
    a.set("order", ir::Attribute::ints(order));
    return op("top.Permute", {x}, std::move(a));
}

ir::ValueId Composer::matmul(Id a, Id b) {
    return op("top.MatMul", {a, b, ir::kNoValue}, matmulAttributes());
}

ir::ValueId Composer::slice(Id x, size_t axis, int64_t begin, int64_t end, int64_t step) {
    const size_t rank = shape(x).size();
    std::vector<int64_t> offset(rank, 0), ends = shape(x), steps(rank, 1);
    if (axis < rank) {
        offset[axis] = begin;
        ends[axis] = end;
        steps[axis] = step;
    }
    ir::AttributeMap a;
    a.set("axes", ir::AttributeList{});
    a.set("hasparamConvert_axes", ir::Attribute::ints({static_cast<int64_t>(axis)}));
    a.set("offset", ir::Attribute::ints(offset));
    a.set("ends", ir::Attribute::ints(ends));
    a.set("steps", ir::Attribute::ints(steps));
    return op("top.Slice", {x, ir::kNoValue, ir::kNoValue, ir::kNoValue}, std::move(a));
}

ir::ValueId Composer::concat(std::vector<Id> parts, int64_t axis) {
    if (parts.size() == 1 && !m_last) return parts.front();
    ir::AttributeMap a = withRelu();
    a.set("axis", ir::Attribute::si32(axis));
    a.set("only_merge", false);
    a.set("round_mode", "HalfAwayFromZero");
    return op("top.Concat", std::move(parts), std::move(a));
}

ir::ValueId Composer::tensor(const ir::Shape& shape, const std::vector<float>& values) {
    if (m_error) return ir::kNoValue;
    return m_builder.addConstant((m_node.outputs.empty() ? m_node.name : m_node.outputs.front()) + "_constant" +
                                     std::to_string(m_serial++),
                                 ir::Tensor::of<float>(ir::ElementType::F32, shape, values));
}

Status Composer::done(Id id, size_t output) {
    if (m_error) return *m_error;
    if (output < m_node.outputs.size()) m_builder.bind(m_node.outputs[output], id);
    return {};
}

Composer::Id slopesBelowZero(Composer& c, Composer::Id x, Composer::Id slopes) {
    ir::AttributeMap a;
    a.set("relu_limit", -1.0);
    const Composer::Id above = c.op("top.Relu", {x}, std::move(a));
    return c.add(above, c.mul(c.number("top.MinConst", x, 0.0), slopes));
}

} // namespace wb::ops

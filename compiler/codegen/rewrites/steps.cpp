// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/steps.h"

namespace wb::codegen {

using ir::Attribute;
using ir::Shape;
using ir::ValueId;

ValueId Steps::add(const char* op, std::vector<ValueId> operands, Shape shape, ir::AttributeMap attributes) {
    ir::TensorType type = m_graph.value(operands[0]).type;
    type.shape = std::move(shape);
    const ir::NodeId id = m_graph.insertNode(m_position, op, std::move(operands),
                                             {m_name + "_step" + std::to_string(m_count++)}, {type}, std::move(attributes));
    ++m_position;
    return m_graph.node(id).results[0];
}

ValueId Steps::constant(ir::Tensor tensor, const ir::TensorType& like) {
    ir::TensorType type = like;
    type.shape = tensor.shape();
    const std::string name = m_name + "_constant" + std::to_string(m_count++);
    m_graph.weights.insert_or_assign(name, std::move(tensor));
    // In front of its user: later rewrites walk through the nodes in order.
    const ir::NodeId id = m_graph.insertNode(m_position, "top.Weight", {}, {name}, {type});
    ++m_position;
    return m_graph.node(id).results[0];
}

ValueId Steps::permute(ValueId from, const std::vector<int64_t>& order) {
    Shape shape;
    for (const int64_t axis : order)
        shape.push_back(shapeOf(from)[static_cast<size_t>(axis)]);
    ir::AttributeMap a;
    a.set("order", Attribute::ints(order));
    return add("tpu.Permute", {from}, std::move(shape), std::move(a));
}

ValueId Steps::pad(ValueId from, const std::vector<int64_t>& before, const std::vector<int64_t>& after, int64_t code) {
    Shape shape = shapeOf(from);
    std::vector<int64_t> pads(shape.size() - before.size(), 0);
    pads.insert(pads.end(), before.begin(), before.end());
    pads.insert(pads.end(), shape.size() - after.size(), 0);
    pads.insert(pads.end(), after.begin(), after.end());
    bool nothing = true;
    for (size_t i = 0; i < shape.size(); ++i) {
        shape[i] += pads[i] + pads[shape.size() + i];
        nothing = nothing && pads[i] == 0 && pads[shape.size() + i] == 0;
    }
    if (nothing) return from;
    ir::AttributeMap a;
    a.set("paddings", Attribute::ints(pads));
    if (code != 0) a.set("val", static_cast<double>(code));
    return add("tpu.Pad", {from}, std::move(shape), std::move(a));
}

ValueId Steps::takeResult(Shape shape) {
    m_taken = node().results[0];
    m_takenType = m_graph.value(m_taken).type;
    m_graph.value(m_taken).type.shape = std::move(shape);
    return m_taken;
}

void Steps::giveResult(ValueId last) {
    const std::string name = m_graph.value(m_taken).name;
    m_graph.value(m_taken).name = name + "_step" + std::to_string(m_count++);
    m_graph.value(last).name = name;
    m_graph.value(last).type = m_takenType;
    // Everything but the steps themselves reads the last one.
    for (size_t i = static_cast<size_t>(m_position); i < m_graph.nodes().size(); ++i)
        for (ValueId& operand : m_graph.node(static_cast<ir::NodeId>(i)).operands)
            if (operand == m_taken) operand = last;
    for (ValueId& output : m_graph.outputs)
        if (output == m_taken) output = last;
}

} // namespace wb::codegen

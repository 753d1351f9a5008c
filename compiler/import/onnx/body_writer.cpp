// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/onnx/body_writer.h"

#include "compiler/ops/import_help.h"

namespace wb::importer {

BodyWriter::BodyWriter(const ops::SourceNode& node, const std::vector<KnownInput>& inputs)
    : m_node(node)
    , m_inputs(inputs) {
    for (size_t i = 0; i < node.inputs.size(); ++i)
        m_body.inputs.push_back("in" + std::to_string(i));
}

ir::Shape BodyWriter::shape(size_t index) const {
    return index < m_inputs.size() ? m_inputs[index].shape.value_or(ir::Shape{}) : ir::Shape{};
}

ir::ElementType BodyWriter::type(size_t index) const {
    return index < m_inputs.size() ? m_inputs[index].type : ir::ElementType::None;
}

std::vector<int64_t> BodyWriter::numbers(size_t index) const {
    if (index >= m_inputs.size() || m_inputs[index].data == nullptr) return {};
    return ops::toInts(*m_inputs[index].data).value_or(std::vector<int64_t>{});
}

BodyWriter::Name BodyWriter::node(std::string kind, Names inputs, Attributes attributes, int version) {
    ops::SourceNode& made = m_body.nodes.emplace_back();
    made.kind = std::move(kind);
    made.version = version;
    made.inputs = std::move(inputs);
    made.outputs = {fresh()};
    made.attributes = std::move(attributes);
    return made.outputs.front();
}

BodyWriter::Names BodyWriter::many(std::string kind, Names inputs, size_t results, Attributes attributes) {
    node(std::move(kind), std::move(inputs), std::move(attributes));
    Names& outputs = m_body.nodes.back().outputs;
    while (outputs.size() < results)
        outputs.push_back(fresh());
    return outputs;
}

BodyWriter::Name BodyWriter::own(std::string kind, Names inputs, Attributes attributes) {
    Name name = node(std::move(kind), std::move(inputs), std::move(attributes), 1);
    m_body.nodes.back().domain = "com.microsoft";
    return name;
}

BodyWriter::Name BodyWriter::constant(ir::Tensor tensor) {
    Name name = fresh();
    m_body.constants.emplace(name, std::move(tensor));
    return name;
}

BodyWriter::Name BodyWriter::ints(const std::vector<int64_t>& values) {
    return constant(ir::Tensor::of<int64_t>(ir::ElementType::Si64, {static_cast<int64_t>(values.size())}, values));
}

BodyWriter::Name BodyWriter::integer(int64_t value) {
    return constant(ir::Tensor::of<int64_t>(ir::ElementType::Si64, {}, std::vector{value}));
}

BodyWriter::Name BodyWriter::real(double value) { return reals({}, {static_cast<float>(value)}); }

BodyWriter::Name BodyWriter::reals(const ir::Shape& shape, const std::vector<float>& values) {
    return constant(ir::Tensor::of<float>(ir::ElementType::F32, shape, values));
}

BodyWriter::Name BodyWriter::slice(Name x, int64_t axis, int64_t begin, int64_t end, int64_t step) {
    return node("Slice", {std::move(x), ints({begin}), ints({end}), ints({axis}), ints({step})});
}

BodyWriter::Name BodyWriter::real(Name codes, Name scale, Name zero, int64_t axis) {
    Names inputs{std::move(codes), std::move(scale)};
    if (!zero.empty()) inputs.push_back(std::move(zero));
    return node("DequantizeLinear", std::move(inputs), {{"axis", axis}});
}

void BodyWriter::give(size_t output, Name name) {
    if (m_body.outputs.size() <= output) m_body.outputs.resize(output + 1);
    m_body.outputs[output] = std::move(name);
}

Result<SourceBody> BodyWriter::take() {
    for (size_t i = 0; i < m_node.outputs.size(); ++i)
        if (wants(i) && (i >= m_body.outputs.size() || m_body.outputs[i].empty()))
            return ops::attributeError(m_node, "its output " + std::to_string(i) + ", '" + m_node.outputs[i] + "', is read")
                .remedy("export the network without it, or end it before with --output_names");
    return std::move(m_body);
}

} // namespace wb::importer

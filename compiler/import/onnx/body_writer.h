// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the body that an operator stands for, node by node, out of operators that have import rules. What it
// makes of constants is folded like any other part of a network.
//
//   w.give(0, w.node("Mul", {w.in(0), w.node("Sigmoid", {w.in(0)})}));
#pragma once

#include "compiler/import/onnx/onnx_function.h"

#include <span>

namespace wb::importer {

class BodyWriter {
public:
    using Name = std::string;
    using Names = std::vector<std::string>;
    using Attributes = std::map<std::string, ops::SourceNode::Value, std::less<>>;

    /// Both must outlive the writer.
    BodyWriter(const ops::SourceNode& node, const std::vector<KnownInput>& inputs);

    const ops::SourceNode& caller() const { return m_node; }
    bool has(size_t index) const { return index < m_node.inputs.size() && !m_node.inputs[index].empty(); }
    /// Input `index` inside the body, "" if the caller leaves it out.
    Name in(size_t index) const { return has(index) ? m_body.inputs[index] : Name(); }
    /// Empty for an input that is not there or whose shape is not known.
    ir::Shape shape(size_t index) const;
    ir::ElementType type(size_t index) const;
    /// Null where it is computed, or not there.
    const ir::Tensor* data(size_t index) const { return index < m_inputs.size() ? m_inputs[index].data : nullptr; }
    /// A constant input's whole numbers; none where it is computed.
    std::vector<int64_t> numbers(size_t index) const;
    bool wants(size_t output) const { return output < m_node.outputs.size() && !m_node.outputs[output].empty(); }

    /// A node of operator set 17, or of `version`; gives its one result.
    Name node(std::string kind, Names inputs, Attributes attributes = {}, int version = 17);
    Names many(std::string kind, Names inputs, size_t results, Attributes attributes = {});
    /// One of onnxruntime's own operators.
    Name own(std::string kind, Names inputs, Attributes attributes);

    Name ints(const std::vector<int64_t>& values);
    Name integer(int64_t value);
    Name real(double value);
    Name reals(const ir::Shape& shape, const std::vector<float>& values);

    Name add(Name a, Name b) { return node("Add", {std::move(a), std::move(b)}); }
    Name mul(Name a, Name b) { return node("Mul", {std::move(a), std::move(b)}); }
    Name reshape(Name x, const std::vector<int64_t>& shape) { return node("Reshape", {std::move(x), ints(shape)}); }
    Name permute(Name x, std::vector<int64_t> order) { return node("Transpose", {std::move(x)}, {{"perm", std::move(order)}}); }
    Name widen(Name x, const std::vector<int64_t>& axes) { return node("Unsqueeze", {std::move(x), ints(axes)}); }
    Name slice(Name x, int64_t axis, int64_t begin, int64_t end, int64_t step = 1);
    Name concat(Names parts, int64_t axis) { return node("Concat", std::move(parts), {{"axis", axis}}); }
    /// (codes - zero point) · scale, "" for no zero point; scales of several numbers lie along `axis`.
    Name real(Name codes, Name scale, Name zero, int64_t axis = 1);

    void give(size_t output, Name name);
    /// The body; UnsupportedAttribute where an output that the caller reads was not given.
    Result<SourceBody> take();

private:
    Name fresh() { return "t" + std::to_string(m_serial++); }
    Name constant(ir::Tensor tensor);

    const ops::SourceNode& m_node;
    const std::vector<KnownInput>& m_inputs;
    SourceBody m_body;
    int m_serial = 0;
};

/// Operators that libonnx does not define: those of later operator sets, and what onnxruntime writes into a network that
/// it has optimised or quantised.
using OwnDefinition = Status (*)(BodyWriter&);
struct OwnRow {
    const char* kind; ///< "Swish", "com.microsoft.FusedConv"
    OwnDefinition write;
};
std::span<const OwnRow> attentionDefinitions();
std::span<const OwnRow> fusedDefinitions();
std::span<const OwnRow> quantisedDefinitions();
std::span<const OwnRow> newerDefinitions();

} // namespace wb::importer

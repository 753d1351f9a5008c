// SPDX-License-Identifier: GPL-3.0-or-later
// Graphs of one tpu node with random operands: what its kernel gives, and what its emitter's commands give on a chip
// (the simulator or the vendor's C model) that starts with rubbish in its memory.
#pragma once

#include "compiler/ops/emitter.h"
#include "compiler/ops/kernel.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace wb::test {

/// What a program finds and leaves: the first `pitch` bytes of each lane, one lane after the other, and DDR.
struct Memory {
    int64_t pitch = 0;
    std::vector<std::byte> local, ddr;
};

class Chip {
public:
    virtual ~Chip() = default;
    virtual std::string run(Memory& memory, const bm1684x::Program& program) = 0;
};

/// A node in the making. Values come from a generator of `f(uniform in [-1, 1))`.
class OneNode {
public:
    using Shape = ir::Shape;
    using Element = ir::ElementType;
    explicit OneNode(std::string op, uint64_t seed = 1);
    OneNode& input(Shape shape, Element element, double scale = 1, double offset = 0);
    OneNode& weight(Shape shape, Element element, double scale = 1, double offset = 0);
    OneNode& input(ir::Tensor data);
    OneNode& weight(ir::Tensor data);
    OneNode& absent();
    /// Small whole numbers, many of them equal.
    OneNode& repetitive(Shape shape);
    /// exp(-step · k) for k below 256, the table of a softmax of codes.
    OneNode& powers(double step);
    template <class T> OneNode& set(const std::string& name, T value) {
        m_attributes.set(name, std::move(value));
        return *this;
    }
    OneNode& ints(const std::string& name, std::vector<int64_t> values) {
        m_attributes.set(name, ir::Attribute::ints(values));
        return *this;
    }
    /// Scale and zero point of the last operand's or the result's codes.
    OneNode& quantised(double scale, int64_t zero = 0);
    OneNode& result(Shape shape, Element element);

    /// By the kernel, in the loops that define its results or in the fast form; empty if there is none.
    ir::Tensor expected(bool scalar = true) const;
    ops::EmitContext context() const { return {&m_graph, &m_graph.node(m_node)}; }
    const ir::Graph& graph() const { return m_graph; }
    const ir::Node& node() const { return m_graph.node(m_node); }
    const std::vector<ir::Tensor>& operands() const { return m_operands; } ///< empty where absent or constant
    const ir::TensorType& resultType() const;

private:
    ir::Tensor random(const Shape& shape, Element element, double scale, double offset);
    uint64_t m_state;
    std::string m_op;
    ir::AttributeMap m_attributes;
    ir::Graph m_graph;
    std::vector<ir::ValueId> m_ids;
    std::vector<ir::Tensor> m_operands;
    ir::NodeId m_node = ir::kNoNode;
    ir::ValueId m_last = ir::kNoValue;
};

/// How a result is cut and where its operands lie.
struct Placement {
    int64_t sliceC = 0, sliceH = 0, sliceN = 0; ///< 0: whole
    bool grown = false;   ///< operands hold more of every axis than needed
    bool inPlace = false; ///< the result shares the operand that the emitter allows
    bool loose = false;   ///< the result's box has room between its channels
    bool global = false;  ///< within DDR even where local memory would do
};

/// The emitter's result on the chip, or what went wrong.
struct Outcome {
    ir::Tensor result;
    std::string error;
    bool refused = false; ///< by the emitter, or for want of room; the reason is in `error`
    size_t commands = 0;
};
Outcome runLocal(const OneNode& node, const ops::LocalEmitter& emitter, const Placement& placement, Chip& chip);
Outcome runGlobal(const OneNode& node, const ops::GlobalEmitter& emitter, Chip& chip);
/// By whatever emitter the table has.
Outcome runEmitted(const OneNode& node, const Placement& placement, Chip& chip);

/// Largest |a - b| / (absolute + relative · |b|); above 1 is outside. NaN and infinities have to meet.
double distance(const ir::Tensor& a, const ir::Tensor& b, double absolute, double relative);
double elementAt(const ir::Tensor& tensor, int64_t index);

} // namespace wb::test

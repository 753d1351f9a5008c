// SPDX-License-Identifier: GPL-3.0-or-later
// Graphs of one tpu node on codes with random operands: what the integer kernel gives, and what the emitter's commands
// leave in local memory when they run on a machine whose memory is full of rubbish.
#pragma once

#include "compiler/ops/emitter.h"
#include "compiler/ops/kernel.h"
#include "tests/support/shared_data.h"

#include <functional>

namespace wb::test {

/// Runs commands in their order on local memory, of which the first `used` bytes of each lane matter; gives the reason of
/// a failure.
using Machine =
    std::function<std::string(std::vector<std::byte>& local, const bm1684x::Program& program, int64_t used)>;

class OneOp {
public:
    using Element = ir::ElementType;
    OneOp(std::string op, Random& random) : m_op(std::move(op)), m_random(&random) {}

    ir::AttributeMap attributes;
    /// An operand with random contents, quantised if it has codes.
    OneOp& input(const ir::Shape& shape, Element element, double scale = 0.05, int64_t zero = 0);
    OneOp& weight(ir::Tensor data);
    OneOp& codes(const ir::Shape& shape, Element element) { return weight(random(shape, element)); }
    OneOp& absent();
    OneOp& result(const ir::Shape& shape, Element element, double scale = 0.05, int64_t zero = 0);
    ir::Tensor random(const ir::Shape& shape, Element element);

    ops::EmitContext context() const { return {&m_graph, &m_graph.node(m_node)}; }
    const std::vector<ir::Tensor>& operands() const { return m_operands; } ///< empty: absent or constant
    const ir::TensorType& resultType() const { return m_graph.value(m_graph.node(m_node).results[0]).type; }
    Result<ir::Tensor> expected() const; ///< by the kernel

private:
    std::string m_op;
    Random* m_random;
    ir::Graph m_graph;
    std::vector<ir::ValueId> m_ids;
    std::vector<ir::Tensor> m_operands;
    ir::NodeId m_node = ir::kNoNode;
};

/// How the result is cut, and where things lie.
struct Cutting {
    int64_t n = 0, c = 0, h = 0;    ///< sizes of slices, 0: whole
    bool grown = false;             ///< operands hold more rows, images and channels than are needed
    bool inPlace = false;           ///< the result takes the operand's place where the emitter allows it
    bool loose = false;             ///< the result's box has room between its channels
    std::string name() const;
};

struct Outcome {
    std::string error;              ///< empty: equal
    bool refused = false;           ///< by prepare, with the reason in `error`
    size_t commands = 0;
};
Outcome compare(const OneOp& op, const Cutting& cutting, const Machine& machine);

/// The vendor's C model as a machine, or the reason why it cannot be had.
Result<Machine> vendorMachine();
Result<Machine> simulatorMachine();

} // namespace wb::test

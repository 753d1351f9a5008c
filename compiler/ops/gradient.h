// SPDX-License-Identifier: GPL-3.0-or-later
// Backward through one node in float32: from the gradient of a scalar L at the results to that at the operands.
// `compiler/ops/<family>/<family>_gradient.cpp` exports
//
//   void gradient_<family>(GradientTable&)
//
// An operator without a rule stops the gradient; who asks for it says so (compiler/improve).
#pragma once

#include "compiler/ir/graph.h"
#include "compiler/kernels/work.h"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace wb::ops {

/// All tensors are F32 and row-major; an absent operand or one whose gradient is not wanted is empty.
struct GradientCall {
    const ir::Graph& graph;
    const ir::Node& node;
    std::span<const ir::Tensor> operands; ///< of the forward run
    std::span<const ir::Tensor> results;  ///< of the forward run
    /// Of L by each result; empty where none flows. A folded ReLU is undone already.
    std::span<const ir::Tensor> given;
    /// Of L by each operand. Rules add to what is there.
    std::span<ir::Tensor> wanted;
    kernels::Work work;
};
/// UnsupportedAttribute when this form of the operator has no gradient.
using GradientRule = Status (*)(const GradientCall& call);

class GradientTable {
public:
    void add(std::string op, GradientRule rule) { m_rows.insert_or_assign(std::move(op), rule); }
    GradientRule find(std::string_view op) const {
        const auto it = m_rows.find(op);
        return it == m_rows.end() ? nullptr : it->second;
    }
    const std::map<std::string, GradientRule, std::less<>>& rows() const { return m_rows; }

private:
    std::map<std::string, GradientRule, std::less<>> m_rows;
};

const GradientTable& gradientTable();

/// The rule of operators that copy elements of operand 0, or a constant: Permute, Slice, Upsample, Pad, Tile, …
/// The operator's own kernel is run on the numbers of the elements, which tells where each result came from.
Status gradientOfCopies(const GradientCall& call);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// What the float kernels of the operator folders share: a kernel made of a function, readers of common
// attributes, and access to operands. Shapes were checked by the operator's shape rule before prepare().
#pragma once

#include "compiler/kernels/f32_eltwise.h"
#include "compiler/ops/kernel.h"
#include "compiler/ops/shape_rules.h"

#include <functional>

namespace wb::ops {

using Inputs = std::span<const Buffer>;
using Outputs = std::span<const Buffer>;
using Prepared = Result<std::unique_ptr<Kernel>>;

inline kernels::Work workOf(const RunContext& context) { return {context.threads, context.job}; }

class FunctionKernel : public Kernel {
public:
    using Body = std::function<void(Inputs, Outputs, const kernels::Work&)>;
    explicit FunctionKernel(Body body) : m_body(std::move(body)) {}
    void run(Inputs inputs, Outputs outputs, const RunContext& context) const override {
        m_body(inputs, outputs, workOf(context));
    }

private:
    Body m_body;
};

inline Prepared makeKernel(FunctionKernel::Body body) {
    return std::unique_ptr<Kernel>(std::make_unique<FunctionKernel>(std::move(body)));
}

inline const ir::Shape& operandShape(const PrepareContext& c, size_t index) {
    return c.graph->value(c.node->operands[index]).type.shape;
}
inline const ir::Shape& resultShape(const PrepareContext& c, size_t index = 0) {
    return c.graph->value(c.node->results[index]).type.shape;
}

/// The ReLU that the vendor folds into a node: do_relu, relu_limit (-1: none).
inline kernels::UnaryOp fusedRelu(const ir::Node& node) {
    if (!node.attributes.boolean("do_relu")) return {};
    return {kernels::Unary::Relu, static_cast<float>(node.attributes.real("relu_limit", -1.0))};
}

/// The formula of a one-operand operator, or nothing for another operator (activation_float.cpp).
std::optional<kernels::UnaryOp> unaryOpOf(const ir::Node& node);

/// Every layout in which float values may lie, for kernels that do not care.
std::vector<Layout> anyLayout(const ir::Graph& graph, const ir::Node& node);
/// The blocked layout of this machine.
Layout blockedLayout();
inline int64_t blockOf(Layout layout) {
    return layout == Layout::Blocked8 ? 8 : layout == Layout::Blocked16 ? 16 : 1;
}

/// Product of dimensions [begin, end).
inline int64_t product(const ir::Shape& shape, size_t begin, size_t end) {
    int64_t count = 1;
    for (size_t i = begin; i < end; ++i)
        count *= shape[i];
    return count;
}
/// Row-major strides in elements.
inline std::vector<int64_t> stridesOf(const ir::Shape& shape) {
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;)
        strides[i - 1] = strides[i] * shape[i];
    return strides;
}

} // namespace wb::ops

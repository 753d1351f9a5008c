// SPDX-License-Identifier: GPL-3.0-or-later
// What the exact kernels of the tpu operators share: dispatch on the sign of 8-bit codes, clamps of
// the ReLU folded into a node, moves of elements of any size, and the float form of a tpu operator.
#pragma once

#include "compiler/numeric/rounding.h"
#include "compiler/ops/float_kernel.h"

#include <optional>
#include <type_traits>

namespace wb::ops {

/// Whether values of this type are 8-bit codes (activations or weights).
inline bool isCode(const ir::TensorType& type) {
    using ir::ElementType;
    return type.element == ElementType::I8 || type.element == ElementType::Si8 ||
           type.element == ElementType::Ui8;
}
inline bool isSignedCode(const ir::TensorType& type) {
    return type.element != ir::ElementType::Ui8;
}

inline const ir::TensorType& operandType(const PrepareContext& c, size_t index) {
    return c.graph->value(c.node->operands[index]).type;
}
inline const ir::TensorType& resultType(const PrepareContext& c) {
    return c.graph->value(c.node->results[0]).type;
}

/// Calls f(int8_t{}) or f(uint8_t{}) by the sign of the codes.
template <class F> auto withCode(bool isSigned, F&& f) {
    return isSigned ? f(int8_t{}) : f(uint8_t{});
}

/// Saturates to the code type; with a folded ReLU nothing goes below zero.
template <class Code> inline Code saturateRelu(int64_t value, bool relu) {
    return numeric::saturate<Code>(relu && value < 0 ? 0 : value);
}

inline Error cannotRun(const PrepareContext& c, const std::string& why) {
    Error error{Code::Internal, c.node->op + " cannot be run: " + why};
    if (!c.node->results.empty()) error.node = c.graph->value(c.node->results[0]).name;
    return error;
}

/// The top operator that computes the same in float, with the top dialect's attributes and the
/// number of operands that it takes; nothing for operators that only exist in integers.
struct FloatTwin {
    std::string op;
    ir::AttributeMap attributes;
    size_t operands = 0;
};
std::optional<FloatTwin> floatTwinOf(const ir::Node& node);

/// A kernel that widens its operands to float32, runs the top operator's kernel, and rounds the
/// result to the node's type (F32, F16 or BF16), as the vendor's reference does.
Prepared prepareFloatTwin(const PrepareContext& context);
/// The layouts of that kernel.
std::vector<Layout> floatTwinLayouts(const ir::Graph& graph, const ir::Node& node);

/// Row-major and channels last, for kernels of codes that do not care.
std::vector<Layout> codeLayouts(const ir::Graph& graph, const ir::Node& node);

/// Adds a tpu operator: `integer` where its result (or operand 0) is quantised, else the float
/// twin.
void addTpuKernel(KernelTable& table, KernelDef integer);
/// An array walked by strides: out element i of the row-major result comes from `first` plus the
/// strides times its indices. For Permute, Slice, Tile and Pad.
struct StridedView {
    ir::Shape shape;              ///< of the result
    std::vector<int64_t> strides; ///< in operand elements, one a result axis
    int64_t first = 0;
};
/// Copies elements of `size` bytes (1, 2 or 4).
void copyStrided(const StridedView& view, const std::byte* in, std::byte* out, size_t size,
                 const kernels::Work& work);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// What TensorFlow Lite's import rules share. The file keeps pictures channels last (NHWC), the graph channels first. A
// tensor of four axes can therefore be at hand in two orders, as two values under two names; a rule asks for the order
// that it needs, and only where a tensor is there in the other one alone a Permute is written. Networks that stay with
// pictures get none, and tensors of four axes that are no pictures are never turned.
#pragma once

#include "compiler/ops/import_help.h"

namespace wb::ops {

enum class Order : uint8_t {
    File,   ///< axes as the file has them
    Picture ///< N, C, H, W; only tensors of four axes
};

/// [n,h,w,c] → [n,c,h,w]; other ranks as they are.
ir::Shape channelsFirst(const ir::Shape& shape);
/// Where an axis of a tensor of four axes is in that order: 0, 2, 3, 1.
int64_t pictureAxis(int64_t axis);
/// The name under which the builder keeps the channels-first form of a tensor. No file's name holds such a character.
std::string pictureName(const std::string& tensor);

/// One node of a network while its rule works on it.
class TfliteNode {
public:
    TfliteNode(const SourceNode& node, ImportBuilder& builder) : m_node(node), m_builder(builder) {}

    const SourceNode& source() const { return m_node; }
    ImportBuilder& builder() { return m_builder; }
    bool has(size_t index) const { return !inputName(m_node, index).empty(); }
    bool isConstant(size_t index) const;
    /// Shape of an operand as the file has it.
    Result<ir::Shape> shape(size_t index);
    /// An axis given as attribute or number, from 0; UnsupportedAttribute when the operand has none such.
    Result<size_t> axis(int64_t axis, size_t rank) const;
    /// The axes that a constant operand lists, each once, from 0; UnsupportedAttribute where it is computed.
    Result<std::vector<int64_t>> axes(size_t index, size_t rank) const;

    /// Picture when one of the operands (all: none given) is a picture already, else File.
    Order order(std::initializer_list<size_t> operands = {}) const;
    /// The operand in that order. Picture: with fewer than four axes it gets leading ones first.
    Result<ir::ValueId> operand(size_t index, Order order);
    /// The operand with its numbers in the file's order, whatever its shape: what a reshape needs.
    Result<ir::ValueId> inFileOrder(size_t index);
    /// A constant with its axes reordered (empty: as they are), codes if the node works on codes, else numbers.
    Result<ir::ValueId> weight(size_t index, const std::vector<int64_t>& axes, ir::Shape reshaped = {});
    /// Whether the node's results (or its first operand) are codes with a scale.
    bool isQuantised() const;

    /// Adds the op for output `index` and binds it in that order, with the file's scales as its type. `activation`: the
    /// node's fused activation is applied; inside of the op when `fuses`.
    Status emit(std::string op, std::vector<ir::ValueId> operands, ir::AttributeMap attributes, Order order,
                bool fuses = false, size_t index = 0);
    /// A step on the way to output 0, with its scales unless `like` names a tensor that has others.
    Result<ir::ValueId> step(std::string op, std::vector<ir::ValueId> operands, ir::AttributeMap attributes,
                             const std::string& suffix, const std::string* like = nullptr);
    /// Output `index` is this value.
    void bind(ir::ValueId value, Order order, size_t index = 0);
    /// A value with its axes reordered; a Reshape where nothing but ones move, nothing where nothing moves.
    Result<ir::ValueId> permuted(ir::ValueId value, const std::vector<int64_t>& order, const std::string& name);

private:
    void type(ir::ValueId value, const std::string& tensor);

    const SourceNode& m_node;
    ImportBuilder& m_builder;
};

/// The value of an output of the network: channels first where it has four axes and `channelsFirst` holds.
Result<ir::ValueId> tfliteOutput(ImportBuilder& builder, const std::string& tensor, bool channelsFirst);
/// The shape of a computed tensor as the file has it; nothing for unknown names and constants.
std::optional<ir::Shape> tfliteShape(ImportBuilder& builder, const std::string& tensor);
/// (code - zero point) · scale, along the type's axis.
Result<ir::Tensor> dequantised(const ir::Tensor& codes, const ir::UniformQuant& quant);

/// An attribute set with what every window has.
struct TfliteWindow {
    std::vector<int64_t> kernel, strides, dilations, pads; ///< of the two spatial axes; pads begin, begin, end, end
};
/// From border, stride_h …, dilation_h … (1 if absent) for a picture of h × w and a kernel; `pads` given as a list win.
Result<TfliteWindow> tfliteWindow(const SourceNode& node, const ir::Shape& picture, std::vector<int64_t> kernel);

} // namespace wb::ops

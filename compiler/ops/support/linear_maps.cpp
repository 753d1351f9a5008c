// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/support/linear_maps.h"

#include "compiler/numeric/half.h"
#include "compiler/ops/matmul/matmul_codes.h"

namespace wb::ops {
namespace {

using ir::Shape;
using ir::ValueId;

constexpr int64_t kMostElements = int64_t{1} << 24; ///< of a matrix: 64 MiB in F32

ir::Tensor matrixTensor(const AxisMap& map, Precision precision) {
    const Shape shape{map.out, map.in};
    if (precision == Precision::F32) return ir::Tensor::of<float>(ir::ElementType::F32, shape, map.matrix);
    std::vector<uint16_t> halves;
    for (const float v : map.matrix) halves.push_back(precision == Precision::F16 ? numeric::toHalf(v) : numeric::toBfloat16(v));
    return ir::Tensor::of<uint16_t>(elementFor(precision), shape, halves);
}

/// Adds nodes behind each other; the last one gets the source node's name.
class Chain {
public:
    Chain(LoweringBuilder& builder, const ir::Node& node, ir::TensorType type, size_t count)
        : m_builder(builder), m_node(node), m_type(std::move(type)), m_left(count) {}

    ValueId add(const char* op, std::vector<ValueId> operands, Shape shape, ir::AttributeMap attributes) {
        if (--m_left == 0) return emitLowered(m_builder, m_node, op, std::move(operands), m_type, std::move(attributes));
        ir::TensorType type{m_type.element, std::move(shape), true, {}};
        return m_builder.target().add(op, std::move(operands), name("_step"), std::move(type), std::move(attributes));
    }
    ValueId reshape(ValueId in, Shape shape) {
        ir::AttributeMap a;
        a.set("shape", ir::Attribute::ints(shape));
        a.set("flatten_start_dim", -1);
        return add("tpu.Reshape", {in}, std::move(shape), std::move(a));
    }
    std::string name(const char* what) { return resultName(m_builder, m_node) + what + std::to_string(m_left); }

private:
    LoweringBuilder& m_builder;
    const ir::Node& m_node;
    ir::TensorType m_type;
    size_t m_left;
};

int64_t productOf(const Shape& shape, size_t first, size_t last) {
    int64_t count = 1;
    for (size_t i = first; i < last; ++i) count *= shape[i];
    return count;
}

} // namespace

Status checkMapSize(const LoweringBuilder& builder, const ir::Node& node, int64_t in, int64_t out) {
    if (in < 1 || out < 1 || in <= kMostElements / out) return {};
    return Error{.code = Code::OperatorNotLowered,
                 .what = node.op + " of an axis of " + std::to_string(in) + " elements cannot be lowered",
                 .why = "it would be a product with a matrix of " + std::to_string(in) + " times " + std::to_string(out),
                 .node = resultName(builder, node),
                 .remedies = {"end the network before it (--output_names)"}};
}

Result<Precision> lowerLinearMaps(LoweringBuilder& builder, const ir::Node& node, Precision precision, std::vector<AxisMap> maps) {
    WB_ASSIGN(ValueId x, operandFor(builder, node, node.operands.at(0), precision));
    WB_ASSIGN(auto type, builder.typeFor(node.results[0], precision));
    Shape shape = builder.source().value(node.operands[0]).type.shape;
    if (maps.empty()) maps.push_back({shape.size() - 1, shape.back(), shape.back(), {}}); // nothing but its name
    const size_t rank = shape.size();
    for (const AxisMap& map : maps) WB_TRY(checkMapSize(builder, node, map.in, map.out));
    size_t count = 0;
    for (const AxisMap& map : maps) count += map.matrix.empty() ? 1 : map.axis + 1 == rank ? 1 : 3;
    Chain chain(builder, node, std::move(type), count);
    for (const AxisMap& map : maps) {
        if (map.matrix.empty()) {
            chain.reshape(x, shape);
            break;
        }
        const ValueId matrix = builder.target().addWeight(chain.name("_matrix"), matrixTensor(map, precision));
        ir::AttributeMap a = matmulAttributes(node);
        for (const char* name : {"left_transpose", "output_transpose", "hdim_is_batch", "do_relu"}) a.set(name, false);
        a.set("relu_limit", -1.0);
        a.set("keep_dims", true);
        const bool last = map.axis + 1 == rank;
        a.set("right_transpose", last);
        shape[map.axis] = map.out;
        if (last) {
            x = chain.add("tpu.MatMul", {x, matrix, ir::kNoValue, ir::kNoValue, ir::kNoValue}, shape, std::move(a));
            continue;
        }
        const int64_t outer = productOf(shape, 0, map.axis), inner = productOf(shape, map.axis + 1, rank);
        const ValueId rows = chain.reshape(x, {outer, map.in, inner});
        const ValueId done = chain.add("tpu.MatMul", {matrix, rows, ir::kNoValue, ir::kNoValue, ir::kNoValue}, {outer, map.out, inner}, std::move(a));
        x = chain.reshape(done, shape);
    }
    return precision;
}

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/narrow_products.h"

#include "compiler/codegen/rewrites/steps.h"
#include "compiler/target/bm1684x/machine.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace wb::codegen {
namespace {

using ir::Attribute;
using ir::NodeId;
using ir::Shape;
using ir::ValueId;

struct NarrowProduct {
    int64_t rows = 1, inner = 1, columns = 1;
    int64_t height = 1, width = 1; ///< of the picture of rows
    bool transposed = false;       ///< the matrix is [columns, inner]
};

std::optional<NarrowProduct> narrowProduct(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "tpu.MatMul" || node.operands.size() < 2 || node.operands[0] == ir::kNoValue) return {};
    const ir::Tensor* matrix = graph.weight(node.operands[1]);
    const ir::TensorType &left = graph.value(node.operands[0]).type, &result = graph.value(node.results[0]).type;
    if (matrix == nullptr || matrix->shape().size() != 2 || graph.weight(node.operands[0]) != nullptr || left.shape.size() < 2) return {};
    const auto& a = node.attributes;
    for (const char* name : {"left_transpose", "output_transpose", "hdim_is_batch"})
        if (a.boolean(name)) return {};
    NarrowProduct p;
    p.transposed = a.boolean("right_transpose");
    p.inner = left.shape.back();
    p.columns = matrix->shape()[p.transposed ? 0 : 1];
    if (matrix->elementCount() != p.inner * p.columns || result.shape.empty() || result.shape.back() != p.columns) return {};
    for (size_t i = 0; i + 1 < left.shape.size(); ++i) p.rows *= left.shape[i];
    p.width = left.shape[left.shape.size() - 2];
    p.height = p.width < 1 ? 0 : p.rows / p.width;
    if (p.height < 1 || std::max(p.height, p.width) > bm1684x::kMaxDimension || result.elementCount() != p.rows * p.columns) return {};
    if (node.operands.size() > 2 && node.operands[2] != ir::kNoValue) {
        const ir::Tensor* bias = graph.weight(node.operands[2]);
        if (bias == nullptr || bias->elementCount() != p.columns) return {};
    }
    const bool codes = !ir::isFloat(left.element);
    if (codes && (ir::sizeInBytes(left.element) != 1 || ir::sizeInBytes(result.element) != 1 || a.integers("multipliers").size() != 1 ||
                  a.integers("rshifts").size() != 1 || a.integers("rshifts")[0] < 0 || a.integer("input_zp", 0) != 0 ||
                  a.integer("right_zp", 0) != 0 || a.enumerator("quant_mode").starts_with("TFLite")))
        return {};
    if (!codes && (left.element != result.element || matrix->type() != left.element)) return {};
    return p;
}

/// Cycles a row, as it is and as a convolution between permutations: short runs count as 256 bytes.
bool isFaster(const NarrowProduct& p, int64_t size) {
    constexpr double kLeastRun = 256, kLoad = 62, kStore = 47, kFewRows = 1024;
    const auto in = static_cast<double>(p.inner * size), out = static_cast<double>(p.columns * size);
    const double now = std::max(kLeastRun, in) / kLoad + std::max(kLeastRun, out) / kStore;
    const double moves = 2 * (in + out) * (1 / kLoad + 1 / kStore), array = 0.25 * static_cast<double>(bm1684x::ceilDiv(p.inner * size, 64));
    return static_cast<double>(p.rows) >= kFewRows && 1.5 * (moves + array) < now;
}

class Widening {
public:
    explicit Widening(const ir::Graph& source) : m_graph(source) {}

    ir::Graph run() {
        bool changed = false;
        for (size_t i = 0; i < m_graph.nodes().size(); ++i) {
            const auto at = static_cast<NodeId>(i);
            const auto p = narrowProduct(m_graph, m_graph.node(at));
            if (!p) continue;
            const ValueId left = m_graph.node(at).operands[0];
            const auto element = m_graph.value(left).type.element;
            // Rows of short numbers need no transpose in lanes; a picture that is one already does not either.
            if (ir::sizeInBytes(element) <= 2 && m_graph.value(left).type.shape.size() == 3 && channelsFirst(left) == ir::kNoValue) continue;
            if (!isFaster(*p, static_cast<int64_t>(ir::sizeInBytes(element)))) continue;
            i = static_cast<size_t>(widen(at, *p));
            changed = true;
        }
        if (changed) m_graph.eraseDead();
        return std::move(m_graph);
    }

private:
    /// The tensor of four axes of which `id` has axis 1 last, if a permutation made it.
    ValueId channelsFirst(ValueId id) const {
        const ir::Node* node = m_graph.producer(id);
        const std::vector<int64_t> order{0, 2, 3, 1};
        if (node == nullptr || node->op != "tpu.Permute" || node->attributes.integers("order") != order) return ir::kNoValue;
        return m_graph.value(id).type.shape[0] == 1 ? node->operands[0] : ir::kNoValue;
    }

    NodeId widen(NodeId at, const NarrowProduct& p) {
        Steps steps(m_graph, at, m_graph.value(m_graph.node(at).results[0]).name + "_picture");
        const ValueId left = steps.node().operands[0];
        const ir::TensorType result = m_graph.value(steps.node().results[0]).type;
        ValueId picture = channelsFirst(left);
        if (picture == ir::kNoValue) picture = steps.permute(steps.reshape(left, {1, p.rows, p.inner}), {0, 2, 1});
        picture = steps.reshape(picture, {1, p.inner, p.height, p.width});
        const ir::Tensor matrix = *m_graph.weight(steps.node().operands[1]);
        const ValueId filter = steps.constant(filterOf(matrix, p), m_graph.value(steps.node().operands[1]).type);
        ValueId bias = steps.node().operands.size() > 2 ? steps.node().operands[2] : ir::kNoValue;
        if (bias != ir::kNoValue) bias = steps.constant(m_graph.weight(bias)->reshaped({p.columns}), m_graph.value(bias).type);
        ir::Node& node = steps.node();
        const ir::AttributeMap old = node.attributes;
        node.op = "tpu.Conv2D";
        node.operands = {picture, filter, bias};
        node.attributes = {};
        ir::AttributeMap& a = node.attributes;
        a.set("kernel_shape", Attribute::ints({1, 1}));
        a.set("strides", Attribute::ints({1, 1}));
        a.set("dilations", Attribute::ints({1, 1}));
        a.set("pads", Attribute::ints({0, 0, 0, 0}));
        a.set("group", 1);
        a.set("do_relu", old.boolean("do_relu"));
        a.set("relu_limit", old.real("relu_limit", -1));
        const auto multipliers = old.integers("multipliers"), shifts = old.integers("rshifts");
        if (!ir::isFloat(result.element)) {
            a.set("multiplier", Attribute::ints(std::vector<int64_t>(static_cast<size_t>(p.columns), multipliers[0])));
            a.set("rshift", Attribute::ints(std::vector<int64_t>(static_cast<size_t>(p.columns), shifts[0])));
        }
        const ValueId taken = steps.takeResult({1, p.columns, p.height, p.width});
        steps.behind();
        const ValueId rows = steps.permute(steps.reshape(taken, {1, p.columns, p.rows}), {0, 2, 1});
        steps.giveResult(steps.reshape(rows, result.shape));
        restoreOrder(taken, static_cast<size_t>(steps.last()));
        return steps.last();
    }

    /// Who permutes the rows back to channels reads the picture itself.
    void restoreOrder(ValueId picture, size_t last) {
        const ValueId rows = m_graph.node(static_cast<NodeId>(last)).results[0];
        if (m_graph.value(rows).type.shape.size() != 4 || m_graph.value(rows).type.shape[0] != 1) return;
        const std::vector<int64_t> order{0, 3, 1, 2};
        for (size_t i = last + 1; i < m_graph.nodes().size(); ++i) {
            ir::Node& node = m_graph.node(static_cast<NodeId>(i));
            if (node.op != "tpu.Permute" || node.operands[0] != rows || node.attributes.integers("order") != order) continue;
            if (m_graph.value(node.results[0]).type.shape != m_graph.value(picture).type.shape) continue;
            node.op = "tpu.Reshape";
            node.operands = {picture};
            node.attributes = {};
        }
    }

    static ir::Tensor filterOf(const ir::Tensor& matrix, const NarrowProduct& p) {
        ir::Tensor out(matrix.type(), {p.columns, p.inner, 1, 1});
        const size_t size = ir::sizeInBytes(matrix.type());
        for (int64_t n = 0; n < p.columns; ++n)
            for (int64_t k = 0; k < p.inner; ++k) {
                const auto from = static_cast<size_t>(p.transposed ? n * p.inner + k : k * p.columns + n);
                std::memcpy(out.mutableBytes() + static_cast<size_t>(n * p.inner + k) * size, matrix.bytes() + from * size, size);
            }
        return out;
    }

    ir::Graph m_graph;
};

} // namespace

ir::Graph widenProducts(const ir::Graph& source) { return Widening(source).run(); }

} // namespace wb::codegen

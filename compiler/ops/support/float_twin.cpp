// SPDX-License-Identifier: GPL-3.0-or-later
// tpu operators in float: the top operator's kernel between a widening of the operands and a
// rounding of the result. Layouts pass through: widening does not care how elements lie.
#include "compiler/kernels/half_rows.h"
#include "compiler/ops/activation/activation_functions.h"
#include "compiler/ops/support/int_kernel.h"

#include <algorithm>
#include <array>

namespace wb::ops {
namespace {

using ir::ElementType;
using ir::TensorType;
using ir::ValueId;

/// Operands of the top operator where the tpu operator has more.
constexpr std::array<std::pair<std::string_view, size_t>, 12> kOperandCounts{{
    {"tpu.MatMul", 3},
    {"tpu.Interp", 1},
    {"tpu.Softmax", 1},
    {"tpu.LRN", 1},
    {"tpu.Pad", 1},
    {"tpu.Slice", 1},
    {"tpu.Tile", 1},
    {"tpu.Upsample", 1},
    {"tpu.Permute", 1},
    {"tpu.Reduce", 1},
    {"tpu.InstanceNorm", 3},
    {"tpu.Reshape", 1},
}};

/// tpu enumerators back to the words of the top dialect.
ir::AttributeMap topAttributes(const ir::Node& node) {
    ir::AttributeMap a;
    for (const auto& [name, value] : node.attributes.entries()) {
        if (const auto* enumerator = value.as<ir::EnumAttr>())
            a.set(name, enumerator->value);
        else
            a.set(name, value);
    }
    return a;
}

void convertToFloat(const std::byte* in, ElementType type, float* out, int64_t count,
                    const kernels::Work& work) {
    const auto* bits = reinterpret_cast<const uint16_t*>(in);
    const auto convert = type == ElementType::F16 ? kernels::halfToFloat : kernels::bfloat16ToFloat;
    work.forEach(count, 16384, [&](int64_t begin, int64_t end) {
        convert(bits + begin, out + begin, end - begin);
    });
}

void roundFromFloat(const float* in, ElementType type, std::byte* out, int64_t count,
                    const kernels::Work& work) {
    auto* bits = reinterpret_cast<uint16_t*>(out);
    const auto convert = type == ElementType::F16 ? kernels::floatToHalf : kernels::floatToBfloat16;
    work.forEach(count, 16384, [&](int64_t begin, int64_t end) {
        convert(in + begin, bits + begin, end - begin);
    });
}

size_t floatBytes(int64_t elements) {
    return (static_cast<size_t>(elements) * sizeof(float) + 63) / 64 * 64;
}

ir::Tensor widened(const ir::Tensor& tensor, ElementType element) {
    if (element != ElementType::F16 && element != ElementType::BF16) return tensor;
    ir::Tensor wide(ElementType::F32, tensor.shape());
    convertToFloat(tensor.bytes(), element, wide.mutableData<float>(), tensor.elementCount(), {});
    return wide;
}

struct Shadow {
    std::unique_ptr<ir::Graph> graph;
    ir::NodeId node = ir::kNoNode;
};

Shadow shadowOf(const ir::Graph& graph, const ir::Node& node, const FloatTwin& twin) {
    Shadow shadow{std::make_unique<ir::Graph>(), ir::kNoNode};
    std::vector<ValueId> operands;
    for (size_t i = 0; i < std::min(twin.operands, node.operands.size()); ++i) {
        const ValueId operand = node.operands[i];
        if (operand == ir::kNoValue) {
            operands.push_back(operand);
            continue;
        }
        const auto& value = graph.value(operand);
        TensorType type{ElementType::F32, value.type.shape, value.type.ranked, {}};
        const std::string name = std::to_string(i) + ":" + value.name;
        if (const auto* data = graph.weight(operand))
            operands.push_back(
                shadow.graph->addWeight(name, widened(*data, value.type.element), type));
        else
            operands.push_back(shadow.graph->add("top.Input", {}, name, type));
    }
    std::vector<std::string> names;
    std::vector<TensorType> types;
    for (const ValueId result : node.results) {
        const auto& value = graph.value(result);
        names.push_back(value.name);
        types.push_back({ElementType::F32, value.type.shape, value.type.ranked, {}});
    }
    shadow.node = shadow.graph->addNode(twin.op, operands, names, types, twin.attributes);
    shadow.graph->outputs = shadow.graph->node(shadow.node).results;
    return shadow;
}

class TwinKernel final : public Kernel {
public:
    TwinKernel(Shadow shadow, std::unique_ptr<Kernel> inner, const PrepareContext& c)
        : m_shadow(std::move(shadow))
        , m_inner(std::move(inner)) {
        const auto& node = m_shadow.graph->node(m_shadow.node);
        // Offset 0 means "used as it is", so the first buffer never starts there.
        size_t at = std::max<size_t>((m_inner->scratchBytes() + 63) / 64 * 64, 64);
        const auto reserve = [&](const TensorType& type, Layout layout) {
            const size_t offset = at;
            at += floatBytes(storedElements(type, layout));
            return offset;
        };
        for (size_t i = 0; i < node.operands.size(); ++i) {
            const ValueId operand = c.node->operands[i];
            const bool constant = operand != ir::kNoValue && c.graph->weight(operand) != nullptr;
            const bool wide = operand == ir::kNoValue || constant ||
                              c.graph->value(operand).type.element == ElementType::F32;
            const Layout layout = i < c.inputLayouts.size() ? c.inputLayouts[i] : Layout::Plain;
            m_inputOffsets.push_back(wide ? 0 : reserve(c.graph->value(operand).type, layout));
        }
        const auto& result = resultType(c);
        const Layout layout = c.outputLayouts.empty() ? Layout::Plain : c.outputLayouts[0];
        if (result.element != ElementType::F32) m_outputOffset = reserve(result, layout);
        m_scratch = at;
    }

    size_t scratchBytes() const override { return m_scratch; }

    void run(Inputs inputs, Outputs outputs, const RunContext& context) const override {
        const auto& graph = *m_shadow.graph;
        const auto& node = graph.node(m_shadow.node);
        const auto work = workOf(context);
        std::vector<Buffer> in(node.operands.size());
        for (size_t i = 0; i < in.size(); ++i) {
            const ValueId operand = node.operands[i];
            if (operand == ir::kNoValue) continue;
            in[i].type = &graph.value(operand).type;
            in[i].layout = inputs[i].layout;
            if (const auto* data = graph.weight(operand)) {
                in[i].data = const_cast<std::byte*>(data->bytes()); // constants are only read
                continue;
            }
            in[i].data = inputs[i].data;
            if (m_inputOffsets[i] == 0) continue;
            in[i].data = context.scratch + m_inputOffsets[i];
            convertToFloat(inputs[i].data, inputs[i].type->element, in[i].as<float>(),
                           storedElements(*inputs[i].type, inputs[i].layout), work);
        }
        Buffer out = outputs[0];
        out.type = &graph.value(node.results[0]).type;
        if (m_outputOffset != 0) out.data = context.scratch + m_outputOffset;
        m_inner->run(in, std::span<const Buffer>(&out, 1), context);
        if (m_outputOffset != 0)
            roundFromFloat(out.as<float>(), outputs[0].type->element, outputs[0].data,
                           storedElements(*outputs[0].type, outputs[0].layout), work);
    }

private:
    Shadow m_shadow;
    std::unique_ptr<Kernel> m_inner;
    std::vector<size_t> m_inputOffsets; ///< into the scratch; 0: used as it is
    size_t m_outputOffset = 0;
    size_t m_scratch = 0;
};

} // namespace

std::optional<FloatTwin> floatTwinOf(const ir::Node& node) {
    FloatTwin twin{"top." + node.op.substr(4), topAttributes(node), node.operands.size()};
    for (const auto& [op, count] : kOperandCounts)
        if (node.op == op) twin.operands = count;
    if (node.op == "tpu.Conv2D") twin.op = "top.Conv";
    if (node.op == "tpu.PReluOp") twin.op = "top.PRelu";
    if (node.op == "tpu.Pool2D")
        twin.op = node.attributes.enumerator("pool_mode") == "Max" ? "top.MaxPool" : "top.AvgPool";
    if (node.op == "tpu.Active") {
        const auto mode = node.attributes.enumerator("mode");
        const auto coefficients = node.attributes.reals("coeffs");
        twin.attributes.erase("mode");
        if (mode == "ABSVAL") {
            twin.op = "top.Abs";
        } else if (const auto* row = activationRowOfMode(mode)) {
            twin.op = row->topOp;
            if (mode == "ELU" && !coefficients.empty())
                twin.attributes.set("alpha", coefficients[0]);
            if (mode == "HSIGMOID" && coefficients.size() > 1) {
                twin.attributes.set("beta", coefficients[0]);
                twin.attributes.set("alpha", coefficients[1]);
            }
        } else {
            return {};
        }
    }
    return twin;
}

Prepared prepareFloatTwin(const PrepareContext& c) {
    const auto twin = floatTwinOf(*c.node);
    const auto* def = twin ? kernelTable().find(twin->op) : nullptr;
    if (def == nullptr || def->prepare == nullptr)
        return cannotRun(c, "no float kernel for " + (twin ? twin->op : c.node->op));
    if (c.node->results.size() != 1) return cannotRun(c, "it has several results");
    if (!ir::isFloat(resultType(c).element)) return cannotRun(c, "its float kernel gives no codes");
    Shadow shadow = shadowOf(*c.graph, *c.node, *twin);
    PrepareContext inner = c;
    inner.graph = shadow.graph.get();
    inner.node = &shadow.graph->node(shadow.node);
    inner.absorbed.clear();
    inner.inputLayouts.resize(inner.node->operands.size(), Layout::Plain);
    WB_ASSIGN(auto kernel, def->prepare(inner));
    return std::unique_ptr<Kernel>(
        std::make_unique<TwinKernel>(std::move(shadow), std::move(kernel), c));
}

std::vector<Layout> floatTwinLayouts(const ir::Graph& graph, const ir::Node& node) {
    const auto twin = floatTwinOf(node);
    const auto* def = twin ? kernelTable().find(twin->op) : nullptr;
    if (def == nullptr || def->layouts == nullptr || node.results.size() != 1)
        return {Layout::Plain};
    const Shadow shadow = shadowOf(graph, node, *twin);
    return def->layouts(*shadow.graph, shadow.graph->node(shadow.node));
}

} // namespace wb::ops

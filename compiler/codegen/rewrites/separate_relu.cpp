// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/separate_relu.h"

#include "compiler/codegen/rewrites/steps.h"

#include <algorithm>

namespace wb::codegen {
namespace {

/// Codes are clamped unless zero is the least of them.
bool clamps(const ir::TensorType& type) {
    const auto* quant = type.uniform();
    return type.element != ir::ElementType::Ui8 || (quant != nullptr && quant->zeroPoint() > 0);
}

/// max(code, zero point) of every code.
ir::Tensor clampTable(const ir::TensorType& type) {
    const bool isSigned = ir::isSignedInteger(type.element);
    const auto zero = static_cast<int>(type.uniform()->zeroPoint());
    ir::Tensor table(isSigned ? ir::ElementType::Si8 : ir::ElementType::Ui8, {1, 1, 1, 256});
    for (int i = 0; i < 256; ++i)
        table.mutableData<uint8_t>()[i] = static_cast<uint8_t>(std::max(zero, isSigned ? int{static_cast<int8_t>(i)} : i));
    return table;
}

} // namespace

ir::Graph separateRelus(const ir::Graph& source) {
    ir::Graph graph = source;
    for (size_t i = 0; i < graph.nodes().size(); ++i) {
        const auto at = static_cast<ir::NodeId>(i);
        const ir::Node& node = graph.node(at);
        if ((node.op != "tpu.Upsample" && node.op != "tpu.Concat") || !node.attributes.boolean("do_relu")) continue;
        const ir::TensorType type = graph.value(node.results[0]).type;
        if (!clamps(type)) continue;
        Steps steps(graph, at, graph.value(node.results[0]).name + "_clamped");
        const double limit = steps.node().attributes.real("relu_limit", -1);
        steps.node().attributes.set("do_relu", false);
        const ir::ValueId moved = steps.takeResult(type.shape);
        steps.behind();
        if (type.uniform() != nullptr && type.uniform()->zeroPoint() != 0) {
            ir::Tensor table = clampTable(type);
            const ir::TensorType like{table.type(), table.shape(), true, {}};
            steps.giveResult(steps.add("tpu.Lut", {moved, steps.constant(std::move(table), like)}, type.shape));
        } else {
            ir::AttributeMap a;
            a.set("relu_limit", limit);
            steps.giveResult(steps.add("tpu.Relu", {moved}, type.shape, std::move(a)));
        }
        i = static_cast<size_t>(steps.last());
    }
    return graph;
}

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/rewrites/flatten.h"

#include "compiler/codegen/rewrites/broadcasts.h"

#include <algorithm>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::ValueId;

constexpr int64_t kLongRun = 256; ///< bytes; shorter ones are charged as these

/// 1 x C x 1 x W with at most 64 channels and runs that are long enough; nothing if the count has no such factors.
std::optional<ir::Shape> flatShape(int64_t elements, int64_t size) {
    for (int64_t channels = std::min<int64_t>(bm1684x::kLanes, elements); channels > 1; --channels)
        if (elements % channels == 0 && elements / channels * size >= kLongRun)
            return ir::Shape{1, channels, 1, elements / channels};
    return {};
}

} // namespace

ir::Graph flattenLonely(const ir::Graph& source, const Selection& selection) {
    ir::Graph graph = source;
    const auto users = source.users();
    const auto local = [&](NodeId id) { return selection.nodes[static_cast<size_t>(id)].how == Runs::Local; };
    NodeId shift = 0;
    for (size_t i = 0; i < source.nodes().size(); ++i) {
        const auto id = static_cast<NodeId>(i);
        const ir::Node& node = source.node(id);
        if (!isUnary(node.op) || !local(id) || node.operands.empty() || node.operands[0] == ir::kNoValue) continue;
        const ValueId operand = node.operands[0], result = node.results[0];
        const auto& info = selection.values[static_cast<size_t>(operand)];
        if (info.constant || local(source.value(operand).producer)) continue;
        const auto& readers = users[static_cast<size_t>(result)];
        if (std::any_of(readers.begin(), readers.end(), local)) continue;
        const auto& outInfo = selection.values[static_cast<size_t>(result)];
        const int64_t size = std::min(bm1684x::bytesOf(info.precision), bm1684x::bytesOf(outInfo.precision));
        const int64_t elements = source.value(result).type.elementCount();
        if (info.shape[2] * info.shape[3] * size >= kLongRun || source.value(operand).type.elementCount() != elements)
            continue;
        const auto shape = flatShape(elements, size);
        if (!shape) continue;

        auto inType = source.value(operand).type, outType = source.value(result).type;
        const auto trueType = outType;
        inType.shape = outType.shape = *shape;
        const std::string name = source.value(result).name;
        const NodeId at = id + shift;
        graph.insertNode(at, "tpu.Reshape", {operand}, {name + "_flat_in"}, {inType});
        graph.insertNode(at + 2, "tpu.Reshape", {result}, {name + "_true"}, {trueType});
        const ValueId flat = graph.node(at).results[0], back = graph.node(at + 2).results[0];
        graph.replaceUses(result, back);
        graph.node(at + 2).operands[0] = result;
        graph.node(at + 1).operands[0] = flat;
        graph.value(result).type = outType;
        graph.value(result).name = name + "_flat";
        graph.value(back).name = name;
        shift += 2;
    }
    return graph;
}

} // namespace wb::codegen

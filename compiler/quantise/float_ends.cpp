// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/float_ends.h"

#include "compiler/quantise/sum_activations.h"

#include <algorithm>

namespace wb::quantise {
namespace {

/// Tensors, not constants, that are no view of one another.
bool joinsSeveral(const ir::Graph& top, const ir::Node& join) {
    return join.op == "top.Concat" && std::count_if(join.operands.begin(), join.operands.end(), [&](ir::ValueId id) {
               return id != ir::kNoValue && top.weight(id) == nullptr;
           }) > 1;
}

} // namespace

bool followsInput(std::string_view op) {
    return op == "top.Reshape" || op == "top.Flatten" || op == "top.Squeeze" || op == "top.Unsqueeze";
}

PrecisionTable floatEnds(const ir::Graph& top, const LowerOptions& options) {
    PrecisionTable ends;
    if (options.target.chip != ops::Chip::BM1684X || options.target.module != ops::Precision::Int8 || options.quantOutput ||
        !top.attributes.boolean(kOwnSumsModule))
        return ends;
    const Users users = top.users();
    std::vector<bool> end(top.nodes().size());
    for (size_t i = top.nodes().size(); i-- > 0;) { // readers come later
        const ir::Node& node = top.nodes()[i];
        if (node.results.size() != 1 || !(followsInput(node.op) || joinsSeveral(top, node))) continue;
        const ir::ValueId result = node.results[0];
        const auto& readers = users[static_cast<size_t>(result)];
        end[i] = (top.isOutput(result) || !readers.empty()) && std::all_of(readers.begin(), readers.end(), [&](ir::NodeId reader) {
            return end[static_cast<size_t>(reader)] && followsInput(top.node(reader).op);
        });
    }
    // Shapes before a join stay codes: they are fewer bytes, and have one scale anyway.
    std::vector<bool> joined(top.values().size());
    for (size_t i = 0; i < end.size(); ++i) {
        const ir::Node& node = top.nodes()[i];
        if (!end[i] || !(node.op == "top.Concat" || joined[static_cast<size_t>(node.operands[0])])) continue;
        joined[static_cast<size_t>(node.results[0])] = true;
        ends.emplace(top.value(node.results[0]).name, ops::Precision::F32);
    }
    return ends;
}

} // namespace wb::quantise

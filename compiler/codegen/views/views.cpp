// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/views/views.h"

#include <set>

namespace wb::codegen {
namespace {

using ir::NodeId;
using ir::ValueId;

struct ViewFinder {
    const ir::Graph& graph;
    const Selection& selection;
    Views views;
    std::vector<Storage> parents;  ///< by buffer: the buffer that it became part of
    std::set<int32_t> fixed;       ///< buffers that stay where they are: inputs and outputs

    Storage& of(ValueId id) { return views.values[static_cast<size_t>(id)]; }

    /// Results of views lie in operand 0. Outputs keep bytes of their own: neither an input's nor another output's.
    void shareViews() {
        std::set<int32_t> taken;
        for (size_t i = 0; i < graph.nodes().size(); ++i) {
            const ir::Node& node = graph.node(static_cast<NodeId>(i));
            for (const ValueId result : node.results) {
                const ValueInfo& info = selection.values[static_cast<size_t>(result)];
                if (info.constant) continue;
                const bool output = graph.isOutput(result);
                if (selection.nodes[i].how == Runs::View) {
                    Storage place = of(node.operands[0]);
                    place.offset += selection.nodes[i].viewOffset;
                    if (!output || (!fixed.contains(place.buffer) && taken.insert(place.buffer).second)) {
                        of(result) = place;
                        continue;
                    }
                    views.copied[i] = true;
                }
                const auto buffer = static_cast<int32_t>(views.bufferBytes.size());
                of(result) = {buffer, 0};
                views.bufferBytes.push_back(info.bytes);
                if (output) taken.insert(buffer);
                if (node.op == "top.Input") fixed.insert(buffer);
            }
        }
        fixed.insert(taken.begin(), taken.end());
    }

    /// From the last node to the first, so that a concatenation of concatenations is found in its place.
    void joinOperands() {
        parents.resize(views.bufferBytes.size());
        for (size_t i = graph.nodes().size(); i-- > 0;) {
            const Selected& selected = selection.nodes[i];
            if (selected.how != Runs::Global || !selected.global->joinsOperands()) continue;
            const ir::Node& node = graph.node(static_cast<NodeId>(i));
            const Storage result = of(node.results[0]);
            int64_t at = 0;
            for (const ValueId operand : node.operands) {
                if (operand == ir::kNoValue) continue;
                if (graph.weight(operand) != nullptr) {
                    at += static_cast<int64_t>(graph.weight(operand)->byteSize());
                    continue;
                }
                const Storage place = of(operand);
                const int64_t bytes = selection.values[static_cast<size_t>(operand)].bytes;
                const auto buffer = static_cast<size_t>(place.buffer);
                if (!fixed.contains(place.buffer) && parents[buffer].buffer < 0 && place.offset == 0 &&
                    views.bufferBytes[buffer] == bytes && place.buffer != result.buffer)
                    parents[buffer] = {result.buffer, result.offset + at};
                at += bytes;
            }
        }
    }

    void resolve() {
        for (Storage& place : views.values)
            while (place.buffer >= 0 && parents[static_cast<size_t>(place.buffer)].buffer >= 0) {
                const Storage& parent = parents[static_cast<size_t>(place.buffer)];
                place = {parent.buffer, parent.offset + place.offset};
            }
        for (size_t i = 0; i < parents.size(); ++i)
            if (parents[i].buffer >= 0) views.bufferBytes[i] = 0;
    }
};

} // namespace

Views findViews(const ir::Graph& graph, const Selection& selection, bool share) {
    ViewFinder finder{graph, selection, {}, {}, {}};
    finder.views.values.resize(graph.values().size());
    finder.views.copied.resize(graph.nodes().size());
    finder.shareViews();
    if (share) finder.joinOperands();
    else finder.parents.resize(finder.views.bufferBytes.size());
    finder.resolve();
    return std::move(finder.views);
}

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// Small networks with pictures and the table that calibration would make of them.
#pragma once

#include "compiler/improve/ranges.h"

#include "tests/execute/made_graph.h"

#include <algorithm>

namespace wb::test {

/// Extents of the values on the pictures, thresholds `part` of them.
inline quantise::RangeTable tableOf(std::shared_ptr<const ir::Graph> graph, const improve::Inputs& pictures, double part) {
    execute::Options options;
    options.observable = true;
    const auto executor = execute::Executor::create(graph, options, {});
    quantise::RangeTable table;
    for (const auto& inputs : pictures)
        static_cast<void>((*executor)->run(inputs, {}, [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
            for (size_t i = 0; i < results.size(); ++i) {
                auto& range = table[graph->value(graph->node(id).results[i]).name];
                for (const float v : results[i].span<float>()) {
                    range.min = std::min(range.min, static_cast<double>(v));
                    range.max = std::max(range.max, static_cast<double>(v));
                }
                range.threshold = part * std::max(-range.min, range.max);
            }
            return {};
        }));
    return table;
}

struct MadeNetwork {
    std::shared_ptr<const ir::Graph> graph;
    improve::Inputs pictures;
    quantise::RangeTable table;
};

/// The graph with `count` random pictures for its input "x".
inline MadeNetwork made(GraphMaker& maker, size_t count, double part = 1) {
    MadeNetwork net;
    net.graph = std::make_shared<const ir::Graph>(maker.graph);
    const ir::Shape shape = net.graph->value(net.graph->inputs()[0]).type.shape;
    for (size_t i = 0; i < count; ++i)
        net.pictures.push_back({{net.graph->value(net.graph->inputs()[0]).name, maker.random(shape)}});
    net.table = tableOf(net.graph, net.pictures, part);
    return net;
}

} // namespace wb::test

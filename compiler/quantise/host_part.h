// SPDX-License-Identifier: GPL-3.0-or-later
// What of a network the chip does not run: operators without a lowering rule (TopK, Nms, DetectionOutput,
// YoloDetection, …) and everything behind them. They stay float operators of the top dialect in the lowered graph, so
// the model runs as a whole; a bmodel ends where they begin.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/graph.h"

#include <memory>
#include <string>
#include <vector>

namespace wb::quantise {

/// By node of a top graph: true for the host's. Empty when there are none, or when layers worth a chip (convolutions,
/// products, recurrent ones) stand behind one: then the network has no such end, and lowering lists what it lacks.
std::vector<bool> hostNodes(const ir::Graph& top);

/// The network as far as the chip runs it: what the host would take is its outputs. Comparisons of precisions belong there,
/// since a box more or less in a table of boxes says little about the layers.
ir::Graph withoutHostPart(const ir::Graph& top);

/// A node of a lowered graph that the host runs.
bool runsOnHost(const ir::Node& lowered);

/// Values that the host's nodes of a lowered graph take from the chip's, in order.
std::vector<ir::ValueId> hostInputs(const ir::Graph& lowered);

/// A lowered graph in two: what the chip runs, ending at what the host takes, and what the host makes of it.
struct HostSplit {
    std::shared_ptr<const ir::Graph> chip;
    std::shared_ptr<const ir::Graph> host;  ///< null when the chip runs everything; TOP_F32, inputs named as chip's outputs
    std::vector<std::string> layers;        ///< "yolo_post (YoloDetection)", …
};
HostSplit splitHost(std::shared_ptr<const ir::Graph> lowered);

} // namespace wb::quantise

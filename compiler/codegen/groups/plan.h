// SPDX-License-Identifier: GPL-3.0-or-later
// What runs in which order: groups of nodes in local memory, moves within DDR, and views that cost nothing.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/codegen/compile.h"
#include "compiler/codegen/memory/group_memory.h"
#include "compiler/codegen/views/views.h"

namespace wb::codegen {

/// One stretch of the program.
struct Step {
    Runs how = Runs::Local;         ///< Local: `group` and what follows; otherwise the one node
    Group group;
    Tiling tiling;
    GroupMemory memory;
    ir::NodeId node = ir::kNoNode;
    double cycles = 0;              ///< estimate of a Local step
    uint64_t constants = 0;         ///< offset in the coefficients
    uint64_t constantBytes = 0;     ///< of one piece of channels
    ir::NodeId first() const { return how == Runs::Local ? group.nodes.front() : node; }
};

/// Group::inputs and outputs of nodes that run together. A result is an output when something outside uses it, the
/// network returns it, or everything is to be observable.
Group groupOf(const ir::Graph& graph, const Selection& selection, const std::vector<std::vector<ir::NodeId>>& users,
              std::vector<ir::NodeId> nodes, bool storeAll);

/// Nodes that contribute to an output.
std::vector<bool> liveNodes(const ir::Graph& graph);

/// Nodes in the order in which they run: moves within DDR as late as possible, so that what lies between them can
/// stay together.
std::vector<ir::NodeId> runOrder(const ir::Graph& graph, const Selection& selection);

/// LocalMemoryFull if even the smallest slice of a node does not fit. With `keep` values stay in local memory between
/// groups where there is room.
Result<std::vector<Step>> planSteps(const ir::Graph& graph, const Selection& selection, const CompileOptions& options,
                                    Constants& constants, const JobContext& context, bool keep = false);

} // namespace wb::codegen

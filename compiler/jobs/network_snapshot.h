// SPDX-License-Identifier: GPL-3.0-or-later
// What views are told of a top graph.
#pragma once

#include "compiler/ir/graph.h"
#include "compiler/jobs/snapshot.h"

namespace wb::jobs {

/// Layers are the nodes that compute (no weights, no constants), a node with several results once for
/// each. Cheap: no weight is copied.
NetworkSnapshot makeSnapshot(const ir::Graph& top, const std::string& format, int opset);

/// Name prefix that groups layers: the first part of a path-like name ("/model.8"); may be empty.
std::string blockOf(const std::string& layerName);

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
// The two texts that go to and come from Graphviz's `dot -Tplain`. The program runs in a process of its
// own and its answer is treated as input that may be damaged. Pure functions.
#pragma once

#include "compiler/base/result.h"
#include "visualizer/graph_view/layout.h"

#include <QByteArray>

namespace wb::graph_view {

/// The graph in the DOT language: nodes by number with their sizes, open blocks as clusters.
QByteArray toDot(const LayoutInput& input);

/// Reads dot's plain output. Fails with Internal when it is cut short, names a node that `input` has not,
/// misses one, or holds numbers that are none.
Result<Placement> parseDotPlain(const QByteArray& text, const LayoutInput& input);

} // namespace wb::graph_view

// SPDX-License-Identifier: GPL-3.0-or-later
// The graph as a file (rule G-11): what is in view, or all of it.
#pragma once

#include <QString>

namespace wb::graph_view {

class GraphCanvas;

enum class GraphPart { Visible, Whole };

/// Writes .svg, .pdf (vectors) or .png at `scale`, by suffix, in the colours shown, without selection and search.
/// The error text is translated; empty means done. A PNG over 32,000 pixels a side is refused, not shrunk.
QString exportGraph(const GraphCanvas& canvas, const QString& file, GraphPart part, double scale = 2);

} // namespace wb::graph_view

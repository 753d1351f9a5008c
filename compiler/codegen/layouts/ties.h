// SPDX-License-Identifier: GPL-3.0-or-later
// Which tensors have to lie in the same blocks: operands and results of elementwise operators and of concatenations.
// Between two convolutions such a tie has a layout of its own.
#pragma once

#include "compiler/codegen/layouts/phases.h"
#include "compiler/ir/graph.h"

#include <vector>

namespace wb::codegen {

/// What the layouts of a node's operands and result have to do with each other.
enum class Relation : uint8_t {
    Fixed,   ///< it takes and gives plain tensors only
    Window,  ///< a convolution: each as it likes (conv_phases.h)
    Tied,    ///< element by element, or a concatenation of channels
    Entry,   ///< the cast of a network input, or its codes by a table: the result can be loaded in blocks
};

/// Values that lie in the same blocks.
struct Tie {
    std::vector<ir::ValueId> values;
    bool plain = false;         ///< something needs it as it is
    bool loaded = false;        ///< an Entry's result (or a network input) that only convolutions read
};

struct Ties {
    std::vector<Relation> nodes;      ///< by NodeId
    std::vector<int32_t> values;      ///< by ValueId: index of its tie; -1: constants, values that are no picture
    std::vector<std::vector<int64_t>> segments; ///< by ValueId: channels of what a concatenation joined
    std::vector<Tie> ties;
};

Ties tiesOf(const ir::Graph& graph);

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compiler/ir/graph.h"

#include <string>
#include <string_view>

namespace wb::ops {

/// Where the operands behind the bias stand; those that an operator does not have: 0.
struct RecurrentOperands {
    size_t h0 = 4, c0 = 0, continued = 0, lengths = 5, peepholes = 0;
    size_t least = 5; ///< in every node
    size_t most = 6;
};
RecurrentOperands recurrentOperands(std::string_view op);

/// Rows of W and R for each hidden unit: 4 of LSTM, 3 of GRU, 1 of RNN.
int64_t recurrentGates(std::string_view op);

/// "forward", "reverse" or "bidirectional".
std::string recurrentDirection(const ir::Node& node);

} // namespace wb::ops

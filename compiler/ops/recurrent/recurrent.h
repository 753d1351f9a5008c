// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace wb::ops {

/// Rows of W and R for each hidden unit: 4 of LSTM, 3 of GRU, 1 of RNN.
int64_t recurrentGates(std::string_view op);

} // namespace wb::ops

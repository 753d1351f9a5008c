// SPDX-License-Identifier: GPL-3.0-or-later
// How far apart two words are, for hints in messages.
#pragma once

#include <cstddef>
#include <string_view>

namespace wb {

/// Levenshtein distance, cut off at `limit`.
size_t editDistance(std::string_view a, std::string_view b, size_t limit);

} // namespace wb

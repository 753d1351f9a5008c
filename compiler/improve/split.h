// SPDX-License-Identifier: GPL-3.0-or-later
// Three sets of pictures that share none: what a recipe is made from, what it is chosen by, what is shown.
#pragma once

#include "compiler/base/result.h"

#include <string>
#include <vector>

namespace wb::improve {

struct Sets {
    std::vector<size_t> calibration, validation, test; ///< indices of runs
    std::vector<Error> notes;                          ///< what is missing, for the user
};

/// Divides runs, told apart by the hash of their content: a quarter each (50 at most) is held out for validation and
/// test. Runs of equal content stay together. With less than four contents there is no test set, with less than
/// three nothing is held out.
Sets divide(const std::vector<std::string>& hashes);

/// UsageError naming both files if the same content stands in two of the given sets.
struct NamedPictures {
    std::string set;                 ///< "calibration"
    std::vector<std::string> files, hashes;
};
Status checkDisjoint(const std::vector<NamedPictures>& sets);

} // namespace wb::improve

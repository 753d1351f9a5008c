// SPDX-License-Identifier: GPL-3.0-or-later
// Places of a convolution's input, in the quantised and in the float network, and their moments.
#pragma once

#include "compiler/improve/slice.h"
#include "compiler/improve/solve.h"
#include "compiler/kernels/f32_conv.h"

#include <vector>

namespace wb::improve {

/// Where a convolution is looked at: the same places in all its groups.
struct Place {
    size_t picture = 0;
    int64_t batch = 0, y = 0, x = 0; ///< of the result
};

/// Places spread evenly over the pictures, without repetition, by chance.
std::vector<Place> choosePlaces(const kernels::WindowShape& shape, size_t pictures, int64_t most, uint64_t seed);

/// The two inputs of one picture: codes as float32, and the float network's.
struct InputPair {
    ir::Tensor quantised, exact;
};

/// Moments of one group. `centred`: about the means, which are given too.
PatchMoments momentsOf(const kernels::WindowShape& shape, int64_t group, const std::vector<Place>& places,
                       const std::vector<InputPair>& inputs, bool centred, const kernels::Work& work);

} // namespace wb::improve

// SPDX-License-Identifier: GPL-3.0-or-later
// What the chips do to a convolution's sums, as the node's attributes say it: a multiplier and a shift a channel (BM1684X), a
// shift for all (BM1684, "OnlyShift"), or 31 bits and a shift a channel, rounded twice (CV18xx, "QDM"; dossier section 5.5).
#pragma once

#include "compiler/kernels/s8_conv.h"
#include "compiler/ops/support/int_kernel.h"

#include <span>

namespace wb::ops {

struct SumRequant {
    std::vector<int32_t> multipliers, shifts; ///< one an output channel
    bool twice = false;                       ///< the high half of the doubled product, then the shift, away from zero
    bool outSigned = true, relu = false;

    int64_t operator()(int64_t sum, size_t channel) const;
};

/// Nothing when the attributes do not have one multiplier and shift a channel.
std::optional<SumRequant> sumRequantOf(const ir::Graph& graph, const ir::Node& node, int64_t channels);

/// A bias of 16 or 32 bits, an entry a channel; empty when the node has none, nothing when it is something else.
std::optional<std::vector<int32_t>> sumBiasOf(const ir::Graph& graph, const ir::Node& node, int64_t channels);

/// Sums [N, C, plane] to codes.
void requantSums(const SumRequant& requant, const int32_t* sums, const Buffer& out, int64_t channels, const kernels::Work& work);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// Phases: a picture of few channels uses few of the 64 lanes. Cut into blocks of y × x pixels, the pixels of a block become
// channels: [n, c, h, w] is an ordinary tensor [n, c·y·x, h/y, w/x], and a convolution between two such tensors is an
// ordinary convolution with other weights.
#pragma once

#include "compiler/ir/type.h"

#include <cstdint>
#include <vector>

namespace wb::codegen {

/// How a picture lies in blocks. Blocks may begin before the picture: pixel (0, 0) is phase (originY, originX) of
/// block (0, 0). What a block has outside of the picture may be anything: it is
/// cleared before a convolution reads it for padding (needsClear in conv_phases.h); what was loaded is zero (the zero point) there.
struct Phases {
    int64_t y = 1, x = 1;
    int64_t originY = 0, originX = 0;

    int64_t count() const { return y * x; }
    bool plain() const { return count() == 1; }
    bool operator==(const Phases&) const = default;
};

/// [n, c·y·x, blocks, blocks] of a picture's shape.
ir::Shape packedShape(const ir::Shape& shape, const Phases& phases);

/// What a channel of a packed tensor is.
struct PackedChannel {
    int64_t channel = 0;
    int64_t y = 0, x = 0; ///< phase
    bool operator==(const PackedChannel&) const = default;
};
using ChannelOrder = std::vector<PackedChannel>;

/// Channels of `segments` (of a concatenation, or one) one segment after the other. In each, as many channels as fill 64
/// lanes with all their phases come together, phase after phase: what a row of lanes holds depends on few channels.
ChannelOrder packedOrder(const std::vector<int64_t>& segments, const Phases& phases);
/// Columns outermost, then channels, then rows: what loads (rewrites/fold_rows) and ops/phases' SplitColumns give. Pictures
/// one column wide: rows outermost, which are split in local memory, too.
ChannelOrder loadedOrder(const ir::Shape& shape, const Phases& phases);
/// One column wide: a row is too short to be a run of a transfer.
inline bool isNarrow(const ir::Shape& shape) { return shape[3] == 1; }
/// Of `rest` columns that become lanes, how many do so first.
inline int64_t splitStep(int64_t rest) { return rest % 4 == 0 && rest > 4 ? 4 : rest; }

} // namespace wb::codegen

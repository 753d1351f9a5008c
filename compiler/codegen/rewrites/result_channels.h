// SPDX-License-Identifier: GPL-3.0-or-later
// What a convolution knows of its result's channels, when these are taken in another order, more than once, or none stands
// in a place.
#pragma once

#include "compiler/ir/graph.h"

namespace wb::codegen {

/// Channels of the result as it was; -1: none.
using ChannelList = std::vector<int64_t>;

/// Numbers one a channel ([c] or [1, c, 1, 1]), zero for channels that are none.
ir::Tensor numbersOf(const ir::Tensor& numbers, const ChannelList& channels);
/// A filter [c, …], `zero` in every byte for channels that are none.
ir::Tensor filterOf(const ir::Tensor& filter, const ChannelList& channels, uint8_t zero);
/// Attributes of a convolution of `count` channels: multipliers, shifts and whatever else has one a channel.
void takeChannels(ir::AttributeMap& attributes, int64_t count, const ChannelList& channels);

} // namespace wb::codegen

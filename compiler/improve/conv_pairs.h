// SPDX-License-Identifier: GPL-3.0-or-later
// Pairs of convolutions between which channels may be scaled without changing the float network.
#pragma once

#include "compiler/ir/graph.h"

#include <span>
#include <vector>

namespace wb::improve {

/// Two convolutions and the tensor between them.
struct ConvPair {
    ir::NodeId producer = ir::kNoNode, consumer = ir::kNoNode;
    ir::ValueId raw = ir::kNoValue;     ///< the producer's result
    ir::ValueId between = ir::kNoValue; ///< what the consumer reads: `raw`, or its activation
    std::vector<float> slopes;          ///< of the activation below zero, one or a channel; empty: none
};
std::vector<ConvPair> convPairs(const ir::Graph& top);

/// Divides the producer's channels by `scales` and multiplies the consumer's weights for them.
void scaleBetween(ir::Graph& top, const ConvPair& pair, std::span<const double> scales);

/// s_c = (r_c / max r)^power of channels' largest magnitudes r; 1 for empty channels, never below kLeastEqualiser.
std::vector<double> equalisers(std::span<const double> magnitudes, double power);
inline constexpr double kLeastEqualiser = 1.0 / 64; ///< beyond it the consumer's weights would hold no codes

/// Elements of a plane: all axes behind the channels.
int64_t planeOf(const ir::Shape& shape);

/// Calls body(channel, elements) for each plane of a tensor with channels in its second axis.
template <class T, class Body> void eachPlane(std::span<T> values, const ir::Shape& shape, const Body& body) {
    const auto plane = static_cast<size_t>(planeOf(shape));
    for (size_t i = 0; plane > 0 && i * plane < values.size(); ++i)
        body(static_cast<int64_t>(i) % shape[1], values.subspan(i * plane, plane));
}

} // namespace wb::improve

// SPDX-License-Identifier: GPL-3.0-or-later
// A convolution between tensors that lie in blocks, as a convolution of these blocks: its window in blocks, and weights
// that are zero where a phase of the result does not see a phase of the operand.
#pragma once

#include "compiler/codegen/layouts/phases.h"
#include "compiler/ir/graph.h"

#include <array>
#include <optional>

namespace wb::codegen {

/// One axis of a tpu.Conv2D of two spatial axes.
struct ConvAxis {
    int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1, pad = 0;
};

/// A tpu.Conv2D that can be rewritten: constant filter [oc, ic / groups, kh, kw], constant bias or none.
struct ConvShape {
    std::array<ConvAxis, 2> axes; ///< y, x
    int64_t images = 1, in = 1, out = 1, groups = 1;
    bool bias = false;
    double bytePasses = 0; ///< over a byte an element, behind sums of codes
    ir::ElementType element = ir::ElementType::I8; ///< of the operand
    uint8_t kernelZero = 0; ///< the byte that stands for a weight of zero

    bool depthwise() const { return groups > 1 && groups == in && groups == out; }
};
std::optional<ConvShape> convShapeOf(const ir::Graph& graph, const ir::Node& node);

/// One axis in blocks. The result may come out in blocks of `split` times as many phases as asked for: a step of less than
/// a block does not exist.
struct BlockAxis {
    int64_t from = 1, fromOrigin = 0; ///< phases of a block of the operand
    int64_t to = 1, toOrigin = 0;     ///< of the result, `split` included
    int64_t split = 1;
    int64_t blocks = 1;               ///< of the result
    int64_t stride = 1, kernel = 1, before = 0, after = 0;

    /// The tap of the original kernel by which `phase` of the result sees `inPhase` of the operand's block `tap`.
    std::optional<int64_t> tapOf(const ConvAxis& axis, int64_t phase, int64_t inPhase, int64_t tap) const;
};
/// Nothing where fields of the instructions do not hold it.
std::optional<BlockAxis> blockAxis(const ConvAxis& axis, int64_t from, int64_t fromOrigin, int64_t to, int64_t toOrigin);

/// The whole convolution in blocks, without its weights.
struct BlockConv {
    BlockAxis y, x;
    ChannelOrder in;
    /// Of the result, parts of split · split after each other, each of whole rows of 64 channels; channel -1: nothing.
    /// With (y, x) counted in the larger blocks.
    ChannelOrder out;
    int64_t partChannels = 0; ///< of a part; the last one is as long
    int64_t groups = 1;

    int64_t parts() const { return y.split * x.split; }
    /// Groups of `width` operand channels that row `row` of 64 result channels reads.
    int64_t depth(int64_t row, int64_t width) const;
};
std::optional<BlockConv> blockConv(const ConvShape& conv, const Phases& from, ChannelOrder in, const Phases& to,
                                   const std::vector<int64_t>& outSegments);

/// Whether the convolution reads pixels as padding that blocks of its operand have.
bool needsClear(const ConvShape& conv, const Phases& from);

/// [out, in / groups, kernel y, kernel x] in blocks.
ir::Tensor blockFilter(const ConvShape& conv, const BlockConv& blocks, const ir::Tensor& filter);

} // namespace wb::codegen

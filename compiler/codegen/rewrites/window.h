// SPDX-License-Identifier: GPL-3.0-or-later
// What the rewrites of windows know about a node, and how they change its filter and its bias.
#pragma once

#include "compiler/codegen/rewrites/result_channels.h"
#include "compiler/codegen/rewrites/steps.h"

#include <array>
#include <cstring>
#include <functional>
#include <optional>

namespace wb::codegen {

using Pair = std::array<int64_t, 2>; ///< rows, columns

/// A convolution of pictures with a constant filter, or a pool.
struct Window {
    Pair in{}, out{}, kernel{}, stride{}, dilation{}, before{}, after{};
    int64_t images = 1, inChannels = 1, outChannels = 1, groups = 1;
    bool transposed = false, pool = false;
    int64_t zero = 0, kernelZero = 0; ///< codes that stand for nothing: between and around pixels, for a weight

    int64_t reach(size_t i) const { return (kernel[i] - 1) * dilation[i] + 1; }
};

std::optional<Window> windowOf(const ir::Graph& graph, const ir::Node& node);
/// Kernel, strides, dilations and pads of the node.
void describe(ir::Node& node, const Window& w);

/// A filter [a, b, kernel] of another shape; element by element from where it was, or zero (all of whose bytes are alike).
template <class From> ir::Tensor rearranged(const ir::Tensor& filter, const ir::Shape& shape, int64_t zero, const From& from) {
    ir::Tensor out(filter.type(), shape);
    const size_t size = ir::sizeInBytes(filter.type());
    std::memset(out.mutableBytes(), static_cast<uint8_t>(zero), out.byteSize());
    std::byte* to = out.mutableBytes();
    for (int64_t o = 0; o < shape[0]; ++o)
        for (int64_t c = 0; c < shape[1]; ++c)
            for (int64_t y = 0; y < shape[2]; ++y)
                for (int64_t x = 0; x < shape[3]; ++x, to += size)
                    if (const int64_t at = from(o, c, y, x); at >= 0)
                        std::memcpy(to, filter.bytes() + static_cast<size_t>(at) * size, size);
    return out;
}

void setFilter(Steps& steps, ir::Tensor filter);
/// A constant bias, or none.
bool plainBias(const ir::Graph& graph, const ir::Node& node);
/// The bias, if there is one, of the result's channels in another order.
void takeBias(Steps& steps, const ChannelList& channels);

/// Sees a channel of the result the tap ky, kx?
using Sees = std::function<bool(int64_t channel, int64_t ky, int64_t kx)>;
/// A bias for each of `places` results of a channel. What the taps that it does not see would give where they lie on the
/// code that stands for nothing is part of it: lowering took that off all the same.
void addUnseen(Steps& steps, const Window& w, int64_t places, const Sees& sees);

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of the blocked convolution agree on: the packed weights, and the inner kernels that each
// instruction set provides.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wb::kernels {

/// Activations cheap enough to be done on the sums in registers.
struct TileActivation {
    enum Kind : uint8_t { None, Relu, Leaky } kind = None;
    float slope = 0;
};

/// A run of results in one output row, for a group of neighbouring output blocks.
struct ConvRow {
    const float* in = nullptr;  ///< element of the first result at kernel position (0, 0), channel block 0
    ptrdiff_t planeStride = 0;  ///< floats from one channel block to the next
    ptrdiff_t kyStride = 0;     ///< floats from one kernel row to the next
    ptrdiff_t kxStride = 0;     ///< floats from one kernel column to the next
    int64_t stride = 1;         ///< pixels from one result to the next
    int64_t kernelHeight = 1, kernelWidth = 1;
    int64_t channelBegin = 0, channelEnd = 0; ///< input channels to sum over
    const float* weights = nullptr;           ///< [ky][kx][channel][blocks * block]
    const float* bias = nullptr;              ///< [blocks * block]; null: continue from what `out` holds
    float* out = nullptr;
    ptrdiff_t outBlockStride = 0;
    int64_t count = 0;                        ///< results
    TileActivation activation;                ///< of the finished sums
};

/// `plain`: input channels lie a plane apart each (block of one).
void f32ConvRow(const ConvRow& row, bool plain, int blocks);
inline constexpr int kConvMaxBlocks = 3; ///< output blocks a row kernel takes at once

/// One row of a depthwise convolution for one channel block; see f32_depthwise_simd.cpp.
struct DepthwiseRow {
    const float* in = nullptr;  ///< channel block, row 0, column 0
    ptrdiff_t rowStride = 0;    ///< floats
    int64_t inHeight = 0, inWidth = 0;
    int64_t kernelHeight = 1, kernelWidth = 1;
    int64_t strideX = 1, dilationY = 1, dilationX = 1;
    int64_t y = 0, x = 0;       ///< input position of result 0 at kernel position (0, 0); may be outside
    const float* weights = nullptr; ///< [ky][kx][block]
    const float* bias = nullptr;    ///< [block]
    float* out = nullptr;
    int64_t count = 0;
    TileActivation activation;
};
void f32DepthwiseRow(const DepthwiseRow& row);

} // namespace wb::kernels

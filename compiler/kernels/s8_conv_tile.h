// SPDX-License-Identifier: GPL-3.0-or-later
// What the convolution of codes hands to its vector loops. Inside of kernels/ only.
#pragma once

#include "compiler/kernels/sum_form.h"

#include <cstddef>
#include <cstdint>

namespace wb::kernels {

inline constexpr int kS8Block = 16; ///< output channels computed together

/// Requant of a block of output channels. Products of the even and the odd channels lie in separate
/// 64-bit lanes, so their constants do too.
struct S8RequantBlock {
    alignas(64) int32_t bias[kS8Block];
    alignas(64) int32_t multiplier[kS8Block];
    alignas(64) int32_t multiplierOdd[kS8Block]; ///< the odd channels' in the even places
    alignas(64) uint64_t roundEven[kS8Block / 2], roundOdd[kS8Block / 2];
    alignas(64) uint64_t shiftEven[kS8Block / 2], shiftOdd[kS8Block / 2];
};

/// The same of a form in float32.
struct S8FormBlock {
    alignas(64) float scale[kS8Block];
    alignas(64) float offset[kS8Block];
    alignas(64) float secondScale[kS8Block];
    alignas(64) float secondOffset[kS8Block];
};

/// One row of results for one block of output channels.
struct S8ConvRow {
    const int16_t* in = nullptr;      ///< widened codes at the window of result 0
    const int16_t* weights = nullptr; ///< [ky][kx][pair of channels][16 output channels][2]
    const S8RequantBlock* requant = nullptr;
    const SumForm* form = nullptr; ///< or null: of the requant's numbers
    const S8FormBlock* formBlock = nullptr;
    bool second = false;           ///< the form has two pairs a channel
    int64_t kernelHeight = 1, kernelWidth = 1, pairs = 1; ///< pairs of input channels
    int64_t kyStride = 0, kxStride = 0;                   ///< in int16 elements
    int64_t pixelStride = 0; ///< from one result's window to the next, in int16 elements
    uint8_t* out = nullptr;
    int64_t outStride = 0;       ///< from one result to the next, in bytes
    int64_t count = 0;           ///< results in the row
    int64_t channels = kS8Block; ///< valid channels of the block
    bool outSigned = true, relu = false;
    int32_t zero = 0; ///< zero point of the results, behind the ReLU
    const uint8_t* table = nullptr; ///< 256 codes, or null
};

void s8ConvRow(const S8ConvRow& row);
/// The same where every output channel has one input channel: `weights` is [ky][kx][16] int32, `in`
/// points at the block's 16 channels.
void s8DepthwiseRow(const S8ConvRow& row, const int32_t* weights);
/// 8-bit codes to 16 bits.
void s8Widen(const uint8_t* in, bool isSigned, int16_t* out, int64_t count);

} // namespace wb::kernels

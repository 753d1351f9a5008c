// SPDX-License-Identifier: GPL-3.0-or-later
// Turning channel planes into pixels of neighbouring channels and back, for any element size.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wb::kernels {

/// out[p * block + c] = in[c * plane + p] for p < pixels, c < channels; zero for channels <= c < block.
/// Sizes in elements of `size` bytes (1, 2, 4 or 8).
void channelsToPixels(const std::byte* in, std::byte* out, size_t size, int64_t channels, int64_t block,
                      int64_t pixels, int64_t plane);

/// out[c * plane + p] = in[p * block + c] for p < pixels, c < channels.
void pixelsToChannels(const std::byte* in, std::byte* out, size_t size, int64_t channels, int64_t block,
                      int64_t pixels, int64_t plane);

} // namespace wb::kernels

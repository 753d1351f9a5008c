// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures from files: JPEG, PNG and BMP, decoded as the vendor's tools decode them (OpenCV), refused
// before decoding when damaged or too big.
//
// A picture is a Ui8 tensor [height, width, channels]; three channels are red, green, blue.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/tensor.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace wb::preprocess {

enum class Channels : uint8_t {
    Rgb,  ///< 3; the EXIF orientation is applied
    Gray, ///< 1; decoded as grey (not a mean of RGB), the EXIF orientation is applied
    Rgba, ///< 4; alpha 255 when the file has none, the EXIF orientation is ignored, as the vendor does
};

/// Largest picture that is decoded, in pixels (300 MB as RGB).
inline constexpr int64_t kLargestPicture = 100'000'000;

/// What the first bytes say: kind and size (before EXIF rotation). Nothing if it is none of the three kinds
/// or the header is damaged.
struct PictureHeader {
    enum class Kind : uint8_t { Jpeg, Png, Bmp } kind;
    int64_t width = 0, height = 0;
};
std::optional<PictureHeader> readPictureHeader(std::span<const std::byte> bytes);

/// PictureUnreadable (not a picture, cut off, over kLargestPicture, damaged), FileNotFound, FileUnreadable.
Result<ir::Tensor> readPicture(const std::filesystem::path& path, Channels channels = Channels::Rgb);
Result<ir::Tensor> decodePicture(std::span<const std::byte> bytes, Channels channels = Channels::Rgb);

/// PNG, JPEG (quality 95) or BMP by the file's ending; written atomically. UsageError for another ending.
Status writePicture(const std::filesystem::path& path, const ir::Tensor& picture);

/// Bilinear as OpenCV does it for 8 bits (half-pixel centres, 11-bit coefficients).
Result<ir::Tensor> resizePicture(const ir::Tensor& picture, int64_t height, int64_t width);

} // namespace wb::preprocess

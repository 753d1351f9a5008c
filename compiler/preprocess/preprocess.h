// SPDX-License-Identifier: GPL-3.0-or-later
// From a picture to the network's input tensor, as the vendor's tools do it (dossier section 2.1): resize
// (stretch, letterbox or short side), centre crop, colour order, (x − mean) · scale in float32, layout.
// The result equals the vendor's <name>_in_f32.npz byte for byte.
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/attribute.h"
#include "compiler/ir/tensor.h"
#include "compiler/preprocess/picture.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace wb::preprocess {

struct Settings {
    std::string pixelFormat = "bgr";       ///< rgb, bgr, gray, rgba: order of the tensor's channels
    std::string channelFormat = "nchw";    ///< nchw, nhwc; "none": the input takes tensors, no pictures
    int64_t resizeHeight = 0;              ///< 0: the network's; larger than it: cropped at the centre
    int64_t resizeWidth = 0;
    bool keepAspectRatio = false;
    std::string keepRatioMode = "letterbox"; ///< or short_side_scale
    int padValue = 0;                      ///< 0…255, all channels
    std::string padType = "center";        ///< or normal: the picture lies at the top left
    std::vector<float> mean{0, 0, 0};      ///< in the order of pixelFormat
    std::vector<float> scale{1, 1, 1};

    int channels() const { return pixelFormat == "gray" ? 1 : pixelFormat == "rgba" ? 4 : 3; }
    bool operator==(const Settings&) const = default;
};

/// The settings that a top.Input carries; nothing if it carries none (an input for tensors).
std::optional<Settings> settingsFromAttributes(const ir::AttributeMap& attributes);

/// PreprocessInvalid: unknown word, pad value outside 0…255, too few means or scales, a shape that is
/// not [n,c,h,w] (or [n,h,w,c]) with as many channels as the pixel format, resize dims below the network's.
Status validate(const Settings& settings, const ir::Shape& inputShape);

/// Where the picture lies in the network's input: network = picture · scale + offset, in pixels.
struct Placement {
    double scaleX = 1, scaleY = 1;
    double offsetX = 0, offsetY = 0;
    int64_t pictureWidth = 0, pictureHeight = 0;
    int64_t networkWidth = 0, networkHeight = 0;
};

struct Prepared {
    ir::Tensor tensor;    ///< F32, the input's shape with batch 1
    ir::Tensor resized;   ///< the picture as the network sees it, Ui8 [h,w,c], red first
    Placement placement;
};

/// One picture (as readPicture gives it, with the channels that the settings ask for).
Result<Prepared> prepare(const ir::Tensor& picture, const Settings& settings, const ir::Shape& inputShape);

/// Reads and prepares a file. Errors of readPicture and validate, with the file's name.
Result<Prepared> prepareFile(const std::filesystem::path& path, const Settings& settings,
                             const ir::Shape& inputShape);

/// A whole batch. One file fills it by repetition; several must be as many as the batch has places
/// (InputShapeWrong).
Result<ir::Tensor> prepareBatch(const std::vector<std::filesystem::path>& files, const Settings& settings,
                                const ir::Shape& inputShape);

/// What the preview shows beside the picture: over all elements of one channel of the tensor.
struct ChannelStatistics {
    std::string name; ///< "R", "G", "B", "A" or "Y"
    double min = 0, mean = 0, max = 0, std = 0;
};
std::vector<ChannelStatistics> channelStatistics(const ir::Tensor& tensor, const Settings& settings);

/// The tensor of one picture as a picture again, its smallest value black and its largest white: shows
/// what mean and scale made of it. Ui8 [h,w,c], red first.
Result<ir::Tensor> tensorPreview(const ir::Tensor& tensor, const Settings& settings);

/// "(x - 127) * 0.0078125" or, where the channels differ, one for each.
std::string formula(const Settings& settings);

} // namespace wb::preprocess

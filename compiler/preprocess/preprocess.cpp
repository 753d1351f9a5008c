// SPDX-License-Identifier: GPL-3.0-or-later
// The order of steps and the roundings are the vendor's (dossier section 2.1). Since pixels have 256
// values, mean and scale are a table a channel: same float32 operations, done once.
#include "compiler/preprocess/preprocess.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace wb::preprocess {
namespace {

struct NetworkSize {
    int64_t batch, channels, height, width;
};

NetworkSize sizeOf(const Settings& settings, const ir::Shape& shape) {
    if (settings.channelFormat == "nhwc")
        return {shape[0], shape[3], shape[1], shape[2]};
    return {shape[0], shape[1], shape[2], shape[3]};
}

Error invalid(std::string what) { return Error{Code::PreprocessInvalid, std::move(what)}; }

/// Copies the rectangle of `size` at (x, y) of `from` to (toX, toY) of `to`; both have `channels`.
void copyRectangle(const ir::Tensor& from, int64_t x, int64_t y, ir::Tensor& to, int64_t toX, int64_t toY,
                   int64_t width, int64_t height) {
    const int64_t channels = from.shape()[2];
    const auto* source = from.data<uint8_t>();
    auto* target = to.mutableData<uint8_t>();
    for (int64_t row = 0; row < height; ++row)
        std::memcpy(target + ((toY + row) * to.shape()[1] + toX) * channels,
                    source + ((y + row) * from.shape()[1] + x) * channels,
                    static_cast<size_t>(width * channels));
}

/// Step 2: brings the picture to height x width as the settings say and notes where it lies.
Result<ir::Tensor> bringToSize(const ir::Tensor& picture, const Settings& settings, int64_t height,
                               int64_t width, Placement& place) {
    const int64_t oldHeight = picture.shape()[0], oldWidth = picture.shape()[1];
    const double ratioX = static_cast<double>(width) / static_cast<double>(oldWidth);
    const double ratioY = static_cast<double>(height) / static_cast<double>(oldHeight);
    int64_t newWidth = width, newHeight = height;
    const bool letterbox = settings.keepAspectRatio && settings.keepRatioMode == "letterbox";
    if (settings.keepAspectRatio) {
        const double ratio = letterbox ? std::min(ratioX, ratioY) : std::max(ratioX, ratioY);
        newWidth = static_cast<int64_t>(static_cast<double>(oldWidth) * ratio);
        newHeight = static_cast<int64_t>(static_cast<double>(oldHeight) * ratio);
        if (!letterbox) {
            newWidth = std::max(newWidth, width);
            newHeight = std::max(newHeight, height);
        }
        if (newWidth < 1 || newHeight < 1)
            return invalid("a picture of " + std::to_string(oldWidth) + " x " + std::to_string(oldHeight) +
                           " pixels vanishes when it is fitted into " + std::to_string(width) + " x " +
                           std::to_string(height));
    }
    WB_ASSIGN(ir::Tensor resized, resizePicture(picture, newHeight, newWidth));
    place.scaleX = static_cast<double>(newWidth) / static_cast<double>(oldWidth);
    place.scaleY = static_cast<double>(newHeight) / static_cast<double>(oldHeight);
    if (newWidth == width && newHeight == height)
        return resized;
    auto canvas = ir::Tensor::allocate(ir::ElementType::Ui8, {height, width, picture.shape()[2]});
    if (!canvas)
        return std::move(canvas).error();
    if (letterbox) {
        const bool centre = settings.padType == "center";
        const int64_t left = centre ? (width - newWidth) / 2 : 0;
        const int64_t top = centre ? (height - newHeight) / 2 : 0;
        std::memset(canvas->mutableBytes(), settings.padValue, canvas->byteSize());
        copyRectangle(resized, 0, 0, *canvas, left, top, newWidth, newHeight);
        place.offsetX = static_cast<double>(left);
        place.offsetY = static_cast<double>(top);
    } else {
        const int64_t left = (newWidth - width) / 2, top = (newHeight - height) / 2;
        copyRectangle(resized, left, top, *canvas, 0, 0, width, height);
        place.offsetX = -static_cast<double>(left);
        place.offsetY = -static_cast<double>(top);
    }
    return std::move(*canvas);
}

/// Steps 5 to 7: colour order, mean and scale, layout.
void fillTensor(const ir::Tensor& picture, const Settings& settings, float* out) {
    const int64_t pixels = picture.shape()[0] * picture.shape()[1];
    const auto channels = static_cast<size_t>(picture.shape()[2]);
    const bool swap = settings.pixelFormat == "bgr";
    std::array<std::array<float, 256>, 4> table;
    std::array<size_t, 4> source{0, 1, 2, 3};
    for (size_t c = 0; c < channels; ++c) {
        if (swap)
            source[c] = 2 - c;
        for (size_t value = 0; value < 256; ++value)
            table[c][value] = (static_cast<float>(value) - settings.mean[c]) * settings.scale[c];
    }
    const auto* in = picture.data<uint8_t>();
    const bool last = settings.channelFormat == "nhwc";
    for (size_t c = 0; c < channels; ++c) {
        const auto& map = table[c];
        const uint8_t* from = in + source[c];
        if (last) {
            for (int64_t i = 0; i < pixels; ++i)
                out[static_cast<size_t>(i) * channels + c] = map[from[static_cast<size_t>(i) * channels]];
        } else {
            float* plane = out + static_cast<int64_t>(c) * pixels;
            for (int64_t i = 0; i < pixels; ++i)
                plane[i] = map[from[static_cast<size_t>(i) * channels]];
        }
    }
}

Channels channelsFor(const Settings& settings) {
    return settings.pixelFormat == "gray"   ? Channels::Gray
           : settings.pixelFormat == "rgba" ? Channels::Rgba
                                            : Channels::Rgb;
}

} // namespace

std::optional<Settings> settingsFromAttributes(const ir::AttributeMap& attributes) {
    if (!attributes.has("pixel_format"))
        return {};
    Settings settings;
    settings.pixelFormat = attributes.string("pixel_format", "bgr");
    settings.channelFormat = attributes.string("channel_format", "nchw");
    settings.keepAspectRatio = attributes.boolean("keep_aspect_ratio");
    settings.keepRatioMode = attributes.string("keep_ratio_mode", "letterbox");
    settings.padValue = static_cast<int>(std::clamp<int64_t>(attributes.integer("pad_value"), -1, 256));
    settings.padType = attributes.string("pad_type", "center");
    const auto dims = attributes.integers("resize_dims");
    if (dims.size() == 2) {
        settings.resizeHeight = dims[0];
        settings.resizeWidth = dims[1];
    }
    settings.mean.clear();
    settings.scale.clear();
    for (const double value : attributes.reals("mean"))
        settings.mean.push_back(static_cast<float>(value));
    for (const double value : attributes.reals("scale"))
        settings.scale.push_back(static_cast<float>(value));
    return settings;
}

Status validate(const Settings& s, const ir::Shape& inputShape) {
    const auto oneOf = [](const std::string& word, std::initializer_list<const char*> words) {
        return std::any_of(words.begin(), words.end(), [&](const char* w) { return word == w; });
    };
    if (s.channelFormat == "none")
        return invalid("the input takes tensors, not pictures")
            .because("its channel format is none")
            .remedy("give an npz file")
            .remedy("set the channel format to nchw or nhwc");
    if (!oneOf(s.pixelFormat, {"rgb", "bgr", "gray", "rgba"}))
        return invalid("unknown pixel format \"" + s.pixelFormat + "\"").remedy("use rgb, bgr, gray or rgba");
    if (!oneOf(s.channelFormat, {"nchw", "nhwc"}))
        return invalid("unknown channel format \"" + s.channelFormat + "\"").remedy("use nchw, nhwc or none");
    if (!oneOf(s.keepRatioMode, {"letterbox", "short_side_scale"}))
        return invalid("unknown way to keep the ratio \"" + s.keepRatioMode + "\"")
            .remedy("use letterbox or short_side_scale");
    if (!oneOf(s.padType, {"center", "normal"}))
        return invalid("unknown padding \"" + s.padType + "\"").remedy("use center or normal");
    if (s.padValue < 0 || s.padValue > 255)
        return invalid("pad value " + std::to_string(s.padValue) + " is outside 0 to 255");
    const auto need = static_cast<size_t>(s.channels());
    if (s.mean.size() < need || s.scale.size() < need)
        return invalid(s.pixelFormat + " needs " + std::to_string(need) + " means and scales, there are " +
                       std::to_string(s.mean.size()) + " and " + std::to_string(s.scale.size()));
    for (size_t c = 0; c < need; ++c)
        if (!std::isfinite(s.mean[c]) || !std::isfinite(s.scale[c]))
            return invalid("mean and scale must be finite numbers");
    if (inputShape.size() != 4 ||
        std::any_of(inputShape.begin(), inputShape.end(), [](int64_t d) { return d < 1; }))
        return invalid("the input's shape " + ir::toText(inputShape) + " is not that of a picture")
            .remedy("give an npz file")
            .remedy("set the channel format to none");
    const NetworkSize net = sizeOf(s, inputShape);
    if (net.channels != s.channels())
        return invalid("pixel format " + s.pixelFormat + " has " + std::to_string(s.channels()) +
                       " channels, the input " + ir::toText(inputShape) + " has " +
                       std::to_string(net.channels))
            .remedy(net.channels == 1 ? "use gray" : "check the pixel format and the channel format");
    if (s.resizeHeight < 0 || s.resizeWidth < 0 || (s.resizeHeight == 0) != (s.resizeWidth == 0))
        return invalid("resize dims " + std::to_string(s.resizeHeight) + "," +
                       std::to_string(s.resizeWidth) + " are not a height and a width");
    if (s.resizeHeight > 0 && (s.resizeHeight < net.height || s.resizeWidth < net.width))
        return invalid("resize dims " + std::to_string(s.resizeHeight) + "," +
                       std::to_string(s.resizeWidth) + " are smaller than the network's " +
                       std::to_string(net.height) + "," + std::to_string(net.width))
            .remedy("leave them out, or give at least the network's size");
    return {};
}

Result<Prepared> prepare(const ir::Tensor& picture, const Settings& settings, const ir::Shape& inputShape) {
    WB_TRY(validate(settings, inputShape));
    if (picture.type() != ir::ElementType::Ui8 || picture.shape().size() != 3 ||
        picture.shape()[2] != settings.channels() || picture.elementCount() == 0)
        return Error{Code::Internal, "the picture does not have the channels of the settings"};
    const NetworkSize net = sizeOf(settings, inputShape);
    const int64_t height = settings.resizeHeight > 0 ? settings.resizeHeight : net.height;
    const int64_t width = settings.resizeWidth > 0 ? settings.resizeWidth : net.width;
    Prepared result;
    Placement& place = result.placement;
    place.pictureHeight = picture.shape()[0];
    place.pictureWidth = picture.shape()[1];
    place.networkHeight = net.height;
    place.networkWidth = net.width;
    WB_ASSIGN(result.resized, bringToSize(picture, settings, height, width, place));
    if (height != net.height || width != net.width) {
        // Both halves are rounded down by themselves, as the vendor does it.
        const int64_t top = height / 2 - net.height / 2, left = width / 2 - net.width / 2;
        WB_ASSIGN(ir::Tensor cropped, ir::Tensor::allocate(ir::ElementType::Ui8,
                                                           {net.height, net.width, picture.shape()[2]}));
        copyRectangle(result.resized, left, top, cropped, 0, 0, net.width, net.height);
        result.resized = std::move(cropped);
        place.offsetX -= static_cast<double>(left);
        place.offsetY -= static_cast<double>(top);
    }
    ir::Shape shape = inputShape;
    shape[0] = 1;
    WB_ASSIGN(result.tensor, ir::Tensor::allocate(ir::ElementType::F32, shape));
    fillTensor(result.resized, settings, result.tensor.mutableData<float>());
    return result;
}

Result<Prepared> prepareFile(const std::filesystem::path& path, const Settings& settings,
                             const ir::Shape& inputShape) {
    WB_TRY(validate(settings, inputShape));
    WB_ASSIGN(const ir::Tensor picture, readPicture(path, channelsFor(settings)));
    auto prepared = prepare(picture, settings, inputShape);
    if (!prepared)
        return std::move(prepared).error().inFile(path.string());
    return prepared;
}

Result<ir::Tensor> prepareBatch(const std::vector<std::filesystem::path>& files, const Settings& settings,
                                const ir::Shape& inputShape) {
    WB_TRY(validate(settings, inputShape));
    const auto batch = static_cast<size_t>(inputShape[0]);
    if (files.empty() || (files.size() != 1 && files.size() != batch))
        return Error{Code::InputShapeWrong, std::to_string(files.size()) + " pictures for a batch of " +
                                                std::to_string(batch)}
            .remedy("give one picture, or as many as the batch has places");
    WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(ir::ElementType::F32, inputShape));
    const size_t bytes = tensor.byteSize() / batch;
    for (size_t i = 0; i < batch; ++i) {
        std::byte* place = tensor.mutableBytes() + i * bytes;
        if (i >= files.size()) {
            std::memcpy(place, tensor.bytes(), bytes);
            continue;
        }
        WB_ASSIGN(const Prepared one, prepareFile(files[i], settings, inputShape));
        std::memcpy(place, one.tensor.bytes(), bytes);
    }
    return tensor;
}

} // namespace wb::preprocess

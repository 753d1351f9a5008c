// SPDX-License-Identifier: GPL-3.0-or-later
// What the preprocessing form shows of a prepared tensor: numbers for each channel, the tensor as a
// picture, and the formula in words.
#include "compiler/preprocess/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace wb::preprocess {
namespace {

/// Element i of channel c of the first picture of a tensor.
struct View {
    const float* data;
    int64_t height = 0, width = 0, channels = 0;
    bool last = false;

    float at(int64_t c, int64_t i) const {
        return last ? data[i * channels + c] : data[c * height * width + i];
    }
};

std::optional<View> viewOf(const ir::Tensor& tensor, const Settings& settings) {
    const auto& shape = tensor.shape();
    if (tensor.type() != ir::ElementType::F32 || shape.size() != 4 || tensor.elementCount() == 0)
        return {};
    const bool last = settings.channelFormat == "nhwc";
    View view{tensor.data<float>(), last ? shape[1] : shape[2], last ? shape[2] : shape[3],
              last ? shape[3] : shape[1], last};
    if (view.channels != settings.channels())
        return {};
    return view;
}

std::string shortNumber(float value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", static_cast<double>(value));
    float back = 0;
    for (int digits = 1; digits < 9; ++digits) { // the shortest text that reads back as the same float
        char shorter[40];
        std::snprintf(shorter, sizeof shorter, "%.*g", digits, static_cast<double>(value));
        if (std::sscanf(shorter, "%f", &back) == 1 && back == value)
            return shorter;
    }
    return text;
}

} // namespace

std::vector<ChannelStatistics> channelStatistics(const ir::Tensor& tensor, const Settings& settings) {
    std::vector<ChannelStatistics> rows;
    const auto view = viewOf(tensor, settings);
    if (!view)
        return rows;
    const std::string names = settings.pixelFormat == "gray"  ? "Y"
                              : settings.pixelFormat == "bgr" ? "BGR"
                                                              : "RGBA";
    const int64_t count = view->height * view->width;
    for (int64_t c = 0; c < view->channels; ++c) {
        ChannelStatistics row{std::string(1, names[static_cast<size_t>(c)])};
        row.min = row.max = static_cast<double>(view->at(c, 0));
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < count; ++i) {
            const double value = static_cast<double>(view->at(c, i));
            row.min = std::min(row.min, value);
            row.max = std::max(row.max, value);
            sum += value;
        }
        row.mean = sum / static_cast<double>(count);
        for (int64_t i = 0; i < count; ++i) {
            const double off = static_cast<double>(view->at(c, i)) - row.mean;
            squares += off * off;
        }
        row.std = std::sqrt(squares / static_cast<double>(count));
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<ir::Tensor> tensorPreview(const ir::Tensor& tensor, const Settings& settings) {
    const auto view = viewOf(tensor, settings);
    if (!view)
        return Error{Code::PreprocessInvalid, "the tensor " + ir::toText(tensor.shape()) + " is not a picture"};
    const int64_t count = view->height * view->width;
    float low = view->at(0, 0), high = low;
    for (int64_t c = 0; c < view->channels; ++c)
        for (int64_t i = 0; i < count; ++i) {
            low = std::min(low, view->at(c, i));
            high = std::max(high, view->at(c, i));
        }
    const float span = high > low ? high - low : 1.0f;
    WB_ASSIGN(ir::Tensor picture,
              ir::Tensor::allocate(ir::ElementType::Ui8, {view->height, view->width, view->channels}));
    auto* out = picture.mutableData<uint8_t>();
    for (int64_t c = 0; c < view->channels; ++c) {
        const int64_t from = settings.pixelFormat == "bgr" ? 2 - c : c;
        for (int64_t i = 0; i < count; ++i)
            out[i * view->channels + c] =
                static_cast<uint8_t>(std::lround((view->at(from, i) - low) / span * 255.0f));
    }
    return picture;
}

std::string formula(const Settings& settings) {
    const auto one = [&](size_t c) {
        const float mean = settings.mean[c];
        const std::string inner = mean == 0 ? "x"
                                  : mean < 0 ? "(x + " + shortNumber(-mean) + ")"
                                             : "(x - " + shortNumber(mean) + ")";
        return settings.scale[c] == 1 ? inner : inner + " * " + shortNumber(settings.scale[c]);
    };
    const auto channels =
        std::min({static_cast<size_t>(settings.channels()), settings.mean.size(), settings.scale.size()});
    std::vector<std::string> parts;
    for (size_t c = 0; c < channels; ++c)
        parts.push_back(one(c));
    if (std::all_of(parts.begin(), parts.end(), [&](const auto& part) { return part == parts[0]; }))
        return parts.empty() ? std::string() : parts[0];
    std::string text;
    for (const auto& part : parts)
        text += (text.empty() ? "" : "; ") + part;
    return text;
}

} // namespace wb::preprocess

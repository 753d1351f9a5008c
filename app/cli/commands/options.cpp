// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/options.h"

#include <CLI/CLI.hpp>
#include <charconv>

namespace wb::cli {

std::vector<std::string> splitList(const std::string& text) {
    std::vector<std::string> parts;
    size_t begin = 0;
    while (begin <= text.size()) {
        const size_t end = std::min(text.find(',', begin), text.size());
        std::string part = CLI::detail::trim_copy(text.substr(begin, end - begin));
        if (!part.empty()) parts.push_back(std::move(part));
        begin = end + 1;
    }
    return parts;
}

std::vector<std::string> splitList(const std::vector<std::string>& words) {
    std::vector<std::string> parts;
    for (const std::string& word : words)
        for (std::string& part : splitList(word))
            parts.push_back(std::move(part));
    return parts;
}

Error usage(std::string what, std::string remedy) {
    Error error{Code::UsageError, std::move(what)};
    if (!remedy.empty()) error.remedies.push_back(std::move(remedy));
    return error;
}

Result<std::vector<ir::Shape>> parseShapes(const std::string& text) {
    std::vector<ir::Shape> shapes;
    if (text.empty()) return shapes;
    ir::Shape current;
    const bool nested = text.find('[') != std::string::npos;
    const auto wrong = [&] {
        return usage("'" + text + "' is not a list of shapes", "write it as [[1,3,640,640]]");
    };
    int depth = 0;
    for (const char* p = text.data(); p != text.data() + text.size();) {
        if (*p == '[') {
            if (++depth > 2) return wrong();
            ++p;
        } else if (*p == ']') {
            if (--depth < 0) return wrong();
            if (depth == 1 || !current.empty()) shapes.push_back(std::move(current)), current = {};
            ++p;
        } else if (*p == ',' || *p == ' ' || (!nested && *p == 'x')) {
            ++p;
        } else {
            int64_t value = 0;
            const auto [end, ec] = std::from_chars(p, text.data() + text.size(), value);
            if (ec != std::errc() || value < 1) return wrong();
            current.push_back(value);
            p = end;
        }
    }
    if (depth != 0) return wrong();
    if (!current.empty()) shapes.push_back(std::move(current));
    if (shapes.empty()) return wrong();
    return shapes;
}

Result<std::pair<double, double>> parsePair(const std::string& text, const char* option) {
    const auto parts = splitList(text);
    std::vector<double> numbers;
    for (const std::string& part : parts) {
        double value = 0;
        const auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), value);
        if (ec != std::errc() || end != part.data() + part.size()) break;
        numbers.push_back(value);
    }
    if (numbers.size() != 2 || parts.size() != 2)
        return usage(std::string(option) + " '" + text + "' is not a pair of numbers",
                     "write cosine and euclid as 0.85,0.45");
    return std::pair(numbers[0], numbers[1]);
}

Result<std::set<size_t>> parsePlaces(const std::string& text, const char* option) {
    std::set<size_t> places;
    for (const std::string& part : splitList(text)) {
        size_t place = 0;
        const auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), place);
        if (ec != std::errc() || end != part.data() + part.size() || place == 0)
            return usage(std::string(option) + " '" + text + "' is not a list of places", "count from 1: 1,3");
        places.insert(place);
    }
    return places;
}

Result<std::array<int64_t, 2>> parseDims(const std::string& text, const char* option) {
    std::array<int64_t, 2> dims{0, 0};
    if (text.empty()) return dims;
    auto shapes = parseShapes(text);
    if (!shapes || shapes->size() != 1 || shapes->front().size() != 2)
        return usage(std::string(option) + " '" + text + "' is not height,width", "write it as 640,640");
    return std::array<int64_t, 2>{shapes->front()[0], shapes->front()[1]};
}

void PreprocessOptions::declare(CLI::App& app) {
    app.add_option("--resize_dims", resizeDims, "Height,width to resize to before cropping (default: the network's)");
    app.add_flag("--keep_aspect_ratio", settings.keepAspectRatio, "Keep the picture's proportions");
    app.add_option("--keep_ratio_mode", settings.keepRatioMode, "letterbox or short_side_scale")
        ->check(CLI::IsMember({"letterbox", "short_side_scale"}));
    // Values may begin with a minus sign: "--mean -1,-2,-3" is one word to CLI11 only as a single value.
    app.add_option("--mean", mean, "Mean of each channel, in the order of --pixel_format");
    app.add_option("--scale", scale, "Factor of each channel: y = (x - mean) * scale");
    app.add_option("--pixel_format", settings.pixelFormat, "rgb, bgr, gray or rgba")
        ->check(CLI::IsMember({"rgb", "bgr", "gray", "rgba"}));
    app.add_option("--channel_format", settings.channelFormat, "nchw, nhwc or none")
        ->check(CLI::IsMember({"nchw", "nhwc", "none"}));
    app.add_option("--pad_value", settings.padValue, "0 to 255, fills the letterbox")->check(CLI::Range(0, 255));
    app.add_option("--pad_type", settings.padType, "center or normal")->check(CLI::IsMember({"center", "normal"}));
}

Result<jobs::PreprocessSettings> PreprocessOptions::collect() const {
    jobs::PreprocessSettings result = settings;
    WB_ASSIGN(result.resizeDims, parseDims(resizeDims, "--resize_dims"));
    if (!mean.empty()) result.mean = splitList(mean);
    if (!scale.empty()) result.scale = splitList(scale);
    return result;
}

} // namespace wb::cli

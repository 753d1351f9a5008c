// SPDX-License-Identifier: GPL-3.0-or-later
// Class names (detect_names.h).
#include "compiler/evaluate/detect_names.h"

#include "compiler/base/file.h"

#include <array>

namespace wb::evaluate {
namespace {

constexpr std::array<std::string_view, 80> kCoco{
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat",
    "traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse",
    "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie",
    "suitcase", "frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove",
    "skateboard", "surfboard", "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon",
    "bowl", "banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut",
    "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse",
    "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink", "refrigerator", "book",
    "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush"};

} // namespace

std::span<const std::string_view> cocoNames() { return kCoco; }

Result<std::vector<std::string>> readClassNames(const std::filesystem::path& path) {
    WB_ASSIGN(const std::string text, readTextFile(path, uint64_t{1} << 24));
    std::vector<std::string> names;
    constexpr const char* kBlanks = " \t\r";
    for (size_t at = 0; at < text.size();) {
        const size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        at = end + 1;
        line.erase(0, std::min(line.find_first_not_of(kBlanks), line.size()));
        line.erase(line.find_last_not_of(kBlanks) + 1);
        names.push_back(std::move(line));
    }
    while (!names.empty() && names.back().empty())
        names.pop_back();
    if (names.empty())
        return Error{Code::FileDamaged, "there is no class name in the file"}
            .inFile(path.string())
            .remedy("write one name a line");
    return names;
}

std::string className(int classId, int classes, const std::vector<std::string>& given) {
    if (classId >= 0 && static_cast<size_t>(classId) < given.size() &&
        !given[static_cast<size_t>(classId)].empty())
        return given[static_cast<size_t>(classId)];
    if (given.empty() && classes == 80 && classId >= 0 && classId < 80)
        return std::string(kCoco[static_cast<size_t>(classId)]);
    return std::to_string(classId);
}

} // namespace wb::evaluate

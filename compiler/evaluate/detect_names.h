// SPDX-License-Identifier: GPL-3.0-or-later
// Names of classes: COCO's eighty, a user's file, or numbers.
#pragma once

#include "compiler/base/result.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wb::evaluate {

/// The 80 categories of COCO 2017 in the order of detectors trained on it.
std::span<const std::string_view> cocoNames();

/// One name a line (darknet's .names), blanks at the ends removed, trailing empty lines dropped.
/// FileNotFound, FileUnreadable; FileDamaged when there is no name in it.
Result<std::vector<std::string>> readClassNames(const std::filesystem::path& path);

/// COCO's when there are 80 classes, "person" style names from `given` where it has them, else the number.
std::string className(int classId, int classes, const std::vector<std::string>& given = {});

} // namespace wb::evaluate

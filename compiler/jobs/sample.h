// SPDX-License-Identifier: GPL-3.0-or-later
// The embedded sample: a small detector with its pictures, inside the program (rule S-2).
#pragma once

#include "compiler/base/result.h"

#include <filesystem>
#include <span>
#include <string_view>

namespace wb::jobs {

struct EmbeddedFile {
    std::string_view name;                ///< relative, "calibration/street_1.jpg"
    std::span<const std::byte> bytes;
};
std::span<const EmbeddedFile> sampleFiles();

/// Writes the sample's files and `sample.tpuwb` into the folder (made if missing); files that are there with
/// the same content, and a project file that the user changed, are left alone. Returns the project file.
Result<std::filesystem::path> writeSample(const std::filesystem::path& folder);

} // namespace wb::jobs

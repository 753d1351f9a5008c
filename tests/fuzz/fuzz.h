// SPDX-License-Identifier: GPL-3.0-or-later
// One target a reader: bytes in, a value or an error out, nothing else. What was read is written and read again
// where the format has a writer: the second reading must succeed and say the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace wb::fuzz {

inline std::string_view text(const uint8_t* data, size_t size) { return {reinterpret_cast<const char*>(data), size}; }

/// A file of this process with these bytes, for readers that take a path.
inline std::filesystem::path file(const uint8_t* data, size_t size, const char* extension) {
    static const std::filesystem::path base =
        std::filesystem::temp_directory_path() / ("tpuwb-fuzz-" + std::to_string(getpid()));
    const std::filesystem::path path = base.string() + extension;
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    return path;
}

/// A property that has to hold for every input.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::cerr << "property violated: " << what << '\n';
    std::abort();
}

} // namespace wb::fuzz

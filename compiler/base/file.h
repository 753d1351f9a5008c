// SPDX-License-Identifier: GPL-3.0-or-later
// Reading and atomically writing whole files, temporary folders, SHA-256.
#pragma once

#include "compiler/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wb {

/// The whole file. FileNotFound, FileUnreadable; a file over `limitBytes` is refused before reading.
Result<std::vector<std::byte>> readFile(const std::filesystem::path& path,
                                        uint64_t limitBytes = uint64_t{16} << 30);
Result<std::string> readTextFile(const std::filesystem::path& path,
                                 uint64_t limitBytes = uint64_t{1} << 30);

/// Temporary file beside the target, written, flushed, renamed over it: readers see the old or the
/// new content, never a part. Makes missing parent folders. NoSpaceLeft, FileNotWritable.
Status writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
/// The same for a file that never lies in memory in one piece.
Status writePiecesAtomically(const std::filesystem::path& path, std::span<const std::span<const std::byte>> pieces);
Status writeTextAtomically(const std::filesystem::path& path, std::string_view text);

/// Lower-case hexadecimal SHA-256 (FIPS 180-4).
std::string sha256(std::span<const std::byte> bytes);
std::string sha256(std::string_view text);
Result<std::string> sha256OfFile(const std::filesystem::path& path);

} // namespace wb

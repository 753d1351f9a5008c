// SPDX-License-Identifier: GPL-3.0-or-later
// The zip that torch.save and torch.jit.save write, as far as it must be understood before libtorch may see
// it: its table of contents, checked against the file. Nothing is unpacked here.
// Source: PKWARE APPNOTE 6.3.9.
#pragma once

#include "compiler/base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wb::importer {

struct ArchiveEntry {
    std::string name;        ///< as stored: text, never a path to write to
    uint64_t offset = 0;     ///< of the local header
    uint64_t packedSize = 0; ///< bytes in the file
    uint64_t size = 0;       ///< bytes after unpacking
    uint16_t method = 0;     ///< 0 stored, 8 deflated
    uint16_t flags = 0;
};

/// Reads `to.size()` bytes at a position; false where there are none.
using ByteSource = std::function<bool(uint64_t at, std::span<std::byte> to)>;
ByteSource sourceOf(std::span<const std::byte> bytes);

/// The table of contents. FileTruncated without an end record, ModelDamaged for one that does not fit the file.
Result<std::vector<ArchiveEntry>> archiveEntries(uint64_t fileSize, const ByteSource& source);

/// True for the content of a TorchScript archive, false for other pickles (torch.save of a checkpoint).
bool isTorchScript(const std::vector<ArchiveEntry>& entries);
/// True if any entry is a pickle.
bool holdsPickle(const std::vector<ArchiveEntry>& entries);

/// Everything that a reader could stumble over: names that leave the archive or stand twice, entries that overlap,
/// lie outside, are encrypted or would unpack to more than memory is for, headers that contradict the table.
Status checkArchive(std::span<const std::byte> bytes);

} // namespace wb::importer

// SPDX-License-Identifier: GPL-3.0-or-later
// Inside of base only: what npy.cpp and npz.cpp share.
#pragma once

#include "compiler/base/npz.h"

namespace wb::detail {

struct NpyLayout {
    NpyHeader header;
    size_t dataOffset = 0;
    bool bigEndian = false;
    bool columnMajor = false;
};

/// Bytes that the shape asks for, or nothing for a negative dimension or more than 2^46.
std::optional<uint64_t> npyByteCount(const NpyHeader& header);
/// Needs only the beginning of the file.
Result<NpyLayout> parseNpyHeader(std::span<const std::byte> file);
Result<NpzArray> takeNpy(std::vector<std::byte> file);

} // namespace wb::detail

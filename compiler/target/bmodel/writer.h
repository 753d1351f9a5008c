// SPDX-License-Identifier: GPL-3.0-or-later
// File → bytes of a bmodel. Tables and every blob start at pages, as files of the vendor's tools do, so that a device
// can map them; equal blobs are stored once.
#pragma once

#include "compiler/target/bmodel/model.h"

#include <filesystem>

namespace wb::bmodel {

/// Replaces the file in one step. FileNotWritable, NoSpaceLeft.
Status write(const File& file, const std::filesystem::path& path);
/// The same into memory.
std::vector<std::byte> toBytes(const File& file);

} // namespace wb::bmodel

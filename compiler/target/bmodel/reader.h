// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes of a bmodel → File. The bytes are not trusted: the header, the tables (FlatBuffers' verifier), every range of
// the binary section and the amount of memory that the tables ask for are checked before anything is used.
#pragma once

#include "compiler/target/bmodel/model.h"

#include <filesystem>

namespace wb::bmodel {

/// Fixed part in front of a file; integers are little-endian, nothing is aligned.
inline constexpr uint32_t kMagic = 0xff55aaee;
inline constexpr uint64_t kHeaderBytes = 64;      ///< magic, header size, table bytes (32 bits), binary bytes (64)

/// Maps the file: blobs are views into it, so memory grows with the tables, not with the weights.
/// FileNotFound, FileUnreadable, BmodelDamaged. A wrong digest of weights is a note, not an error.
Result<File> read(const std::filesystem::path& path);
/// The same from memory, which `bytes` shares with the result.
Result<File> read(const Blob& bytes);

} // namespace wb::bmodel

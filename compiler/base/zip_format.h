// SPDX-License-Identifier: GPL-3.0-or-later
// The zip format's records as numbers, and reading of its little-endian fields. Source: PKWARE APPNOTE 6.3.9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace wb::zip {

inline constexpr uint32_t kLocalSignature = 0x04034b50;
inline constexpr uint32_t kCentralSignature = 0x02014b50;
inline constexpr uint32_t kEndSignature = 0x06054b50;
inline constexpr uint32_t kEnd64Signature = 0x06064b50;
inline constexpr uint32_t kLocator64Signature = 0x07064b50;
/// Bytes of the records' fixed parts.
inline constexpr size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kEnd64Size = 56, kLocator64Size = 20;
/// Deflate makes at most 258 bytes of two bits, 1032 to 1.
inline constexpr uint64_t kMaxInflation = 1032;
inline constexpr uint16_t kEncrypted = 1; ///< flag

/// The field at `at`, which the caller has found to lie within `bytes`.
template <class T> T field(std::span<const std::byte> bytes, uint64_t at) {
    T value{};
    std::memcpy(&value, bytes.data() + at, sizeof value); // little-endian hosts only, as the formats
    return value;
}

} // namespace wb::zip

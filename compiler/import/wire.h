// SPDX-License-Identifier: GPL-3.0-or-later
// The outermost layer of protobuf's wire format, walked without a schema: enough to tell what a
// file is and whether it was cut short. Source: "Protocol Buffers: Encoding".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace wb::importer {

struct WireField {
    uint32_t number = 0;
    uint8_t type = 0; ///< 0 varint, 1 64 bits, 2 bytes, 5 32 bits
    size_t begin = 0; ///< of the content
    size_t end = 0;   ///< may lie beyond the bytes given: cut short
};

/// The top-level fields, at most `limit`. Nothing if the bytes are no such message. A last field
/// that runs past the end is given with its declared end.
std::optional<std::vector<WireField>> wireFields(std::span<const std::byte> bytes,
                                                 size_t limit = 4096);

/// True if a top-level field runs past the end.
bool wireRunsPastEnd(std::span<const std::byte> bytes);

} // namespace wb::importer

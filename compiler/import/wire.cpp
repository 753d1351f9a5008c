// SPDX-License-Identifier: GPL-3.0-or-later
// See the header.
#include "compiler/import/wire.h"

namespace wb::importer {
namespace {

/// A varint at `at`, which moves behind it; nothing when it is longer than 64 bits or cut.
std::optional<uint64_t> varint(std::span<const std::byte> bytes, size_t& at) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at < bytes.size(); shift += 7) {
        const auto byte = static_cast<uint8_t>(bytes[at++]);
        value |= uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) return value;
    }
    return {};
}

} // namespace

std::optional<std::vector<WireField>> wireFields(std::span<const std::byte> bytes, size_t limit) {
    std::vector<WireField> fields;
    size_t at = 0;
    while (at < bytes.size() && fields.size() < limit) {
        const auto key = varint(bytes, at);
        if (!key)
            return at == bytes.size() && !fields.empty() ? std::optional(fields) : std::nullopt;
        WireField field{static_cast<uint32_t>(*key >> 3), static_cast<uint8_t>(*key & 7), at, at};
        if (field.number == 0 || *key >> 3 > 0x1fffffff) return {};
        switch (field.type) {
        case 0: {
            const bool whole = varint(bytes, at).has_value();
            field.end = whole ? at : bytes.size() + 1;
            break;
        }
        case 1:
            field.end = at + 8;
            break;
        case 5:
            field.end = at + 4;
            break;
        case 2: {
            const auto length = varint(bytes, at);
            field.begin = at;
            const bool sane = length && *length <= SIZE_MAX / 2;
            field.end = sane ? at + static_cast<size_t>(*length) : bytes.size() + 1;
            break;
        }
        default:
            return {};
        }
        fields.push_back(field);
        if (field.end > bytes.size()) break;
        at = field.end;
    }
    return fields;
}

bool wireRunsPastEnd(std::span<const std::byte> bytes) {
    const auto fields = wireFields(bytes, SIZE_MAX);
    return fields && !fields->empty() && fields->back().end > bytes.size();
}

} // namespace wb::importer

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/isa/command.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace wb::bm1684x {
namespace {

constexpr size_t kLongestCommand = 128;

uint64_t getBits(std::span<const std::byte> bytes, size_t bit, size_t width) {
    uint64_t value = 0;
    for (size_t done = 0; done < width;) {
        const size_t at = bit + done, take = std::min<size_t>(8 - at % 8, width - done);
        const uint64_t part =
            std::to_integer<uint64_t>(bytes[at / 8]) >> at % 8 & ((1u << take) - 1);
        value |= part << done;
        done += take;
    }
    return value;
}

void putBits(std::span<std::byte> bytes, size_t bit, size_t width, uint64_t value) {
    for (size_t done = 0; done < width;) {
        const size_t at = bit + done, take = std::min<size_t>(8 - at % 8, width - done);
        bytes[at / 8] |= static_cast<std::byte>((value >> done & ((1u << take) - 1)) << at % 8);
        done += take;
    }
}

Error damaged(std::string what) {
    return Error{Code::CommandDamaged, std::move(what)};
}

/// The format that these first bytes announce; null if there is none. Opcode and operation decide,
/// and for TIU bit 0 (cmd_short), which LAR and SYSID do not have.
const FormatSpec* announced(Engine engine, std::span<const std::byte> head) {
    const bool tiu = engine == Engine::Tiu;
    const auto opcode = static_cast<int>(tiu ? getBits(head, 41, 4) : getBits(head, 32, 4));
    const auto operation = static_cast<uint32_t>(tiu ? getBits(head, 45, 5) : getBits(head, 36, 3));
    const FormatSpec* found = nullptr;
    const FormatSpec* longForm = nullptr;
    for (const FormatSpec& f : formats()) {
        if (f.engine != engine) continue;
        if (f.opcode < 0)
            longForm = &f;
        else if (f.opcode == opcode && (f.operationCodes >> operation & 1))
            found = &f;
    }
    const bool hasShortBit = found && std::string_view(found->fields.front().name) == "cmd_short";
    if (tiu && hasShortBit && !getBits(head, 0, 1)) return longForm;
    return found;
}

} // namespace

Status encode(const Command& command, std::span<std::byte> out) {
    const FormatSpec& format = formatOf(command);
    assert(out.size() == format.bytes);
    std::fill(out.begin(), out.end(), std::byte{0});
    for (const FieldSpec& f : format.fields) {
        const uint64_t value = fieldValue(command, f);
        if (f.width < 64 && value >> f.width)
            return Error{Code::CodegenLimit, std::string(format.name) + " " +
                                                 operationName(command) + ": " + f.name + " is " +
                                                 std::to_string(value) + ", the field has " +
                                                 std::to_string(f.width) + " bits"}
                .field("command", format.name)
                .field("field", f.name)
                .field("value", std::to_string(value));
        putBits(out, f.bit, f.width, value);
    }
    return {};
}

Result<Decoded> decode(Engine engine, std::span<const std::byte> bytes) {
    constexpr size_t kHead = 8; // holds opcode and operation of every format
    if (bytes.size() < kHead) return damaged("the stream ends within a command");
    const FormatSpec* format = announced(engine, bytes);
    if (!format) return damaged("no command has this opcode and operation");
    if (bytes.size() < format->bytes)
        return damaged("the stream ends within " + std::string(format->name));
    Decoded out{defaultCommand(static_cast<size_t>(format - formats().data())), format->bytes};
    std::array<std::byte, kLongestCommand> again{};
    for (const FieldSpec& f : format->fields) {
        const uint64_t value = getBits(bytes, f.bit, f.width);
        setFieldValue(out.command, f, value);
        putBits(again, f.bit, f.width, value);
    }
    if (!std::equal(again.begin(), again.begin() + format->bytes, bytes.begin()))
        return damaged(std::string(format->name) + " has bits set that belong to no field");
    return out;
}

Result<std::vector<Command>> decodeStream(Engine engine, std::span<const std::byte> bytes) {
    std::vector<Command> out;
    size_t at = 0;
    const auto where = [&] {
        return std::string(engine == Engine::Tiu ? "TIU" : "GDMA") + " command " +
               std::to_string(out.size() + 1) + " at byte " + std::to_string(at);
    };
    while (at < bytes.size()) {
        Result<Decoded> next = decode(engine, bytes.subspan(at));
        if (!next) {
            next.error().what = where() + ": " + next.error().what;
            return std::move(next).error();
        }
        // The runtime steps through GDMA commands by 96 bytes; only END may be shorter.
        if (std::holds_alternative<DmaSys>(next->command) && !isEnd(next->command))
            return damaged(where() + ": a short command stands inside the stream");
        at += next->bytes;
        out.push_back(std::move(next->command));
        if (!isEnd(out.back())) continue;
        if (std::any_of(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(),
                        [](std::byte b) { return b != std::byte{0}; }))
            return damaged("there are commands behind the end of the stream");
        return out;
    }
    return damaged("the stream has no end command");
}

} // namespace wb::bm1684x

// SPDX-License-Identifier: GPL-3.0-or-later
// Formats as tables, and members through them.
#include "compiler/target/bm1684x/isa/command.h"

#include <array>
#include <cstring>
#include <utility>

namespace wb::bm1684x {
namespace {

#include "compiler/target/bm1684x/isa/formats.inc"

static_assert(std::size(kFormats) == std::variant_size_v<Command>);

template <size_t... I> Command makeDefault(size_t index, std::index_sequence<I...>) {
    using Make = Command (*)();
    static constexpr std::array<Make, sizeof...(I)> makers{
        []() -> Command { return Command(std::in_place_index<I>); }...};
    return makers[index]();
}

std::byte* memory(Command& command) {
    return std::visit([](auto& c) { return reinterpret_cast<std::byte*>(&c); }, command);
}

const std::byte* memory(const Command& command) {
    return std::visit([](const auto& c) { return reinterpret_cast<const std::byte*>(&c); },
                      command);
}

const FieldSpec* find(const Command& command, std::string_view name) {
    for (const FieldSpec& f : formatOf(command).fields)
        if (name == f.name) return &f;
    return nullptr;
}

} // namespace

std::span<const FormatSpec> formats() {
    return kFormats;
}
const FormatSpec& formatOf(const Command& command) {
    return kFormats[command.index()];
}
Command defaultCommand(size_t index) {
    return makeDefault(index, std::make_index_sequence<std::variant_size_v<Command>>());
}

uint64_t fieldValue(const Command& command, const FieldSpec& field) {
    if (field.width > 32) {
        uint64_t value;
        std::memcpy(&value, memory(command) + field.offset, sizeof value);
        return value;
    }
    uint32_t value;
    std::memcpy(&value, memory(command) + field.offset, sizeof value);
    return value;
}

void setFieldValue(Command& command, const FieldSpec& field, uint64_t value) {
    const auto narrow = static_cast<uint32_t>(value);
    if (field.width > 32)
        std::memcpy(memory(command) + field.offset, &value, sizeof value);
    else
        std::memcpy(memory(command) + field.offset, &narrow, sizeof narrow);
}

std::optional<uint64_t> field(const Command& command, std::string_view name) {
    const FieldSpec* spec = find(command, name);
    return spec ? std::optional(fieldValue(command, *spec)) : std::nullopt;
}

bool setField(Command& command, std::string_view name, uint64_t value) {
    const FieldSpec* spec = find(command, name);
    if (spec) setFieldValue(command, *spec, value);
    return spec != nullptr;
}

uint32_t operationOf(const Command& command) {
    const bool tiu = engineOf(command) == Engine::Tiu;
    return static_cast<uint32_t>(
        field(command, tiu ? "tsk_eu_typ" : "cmd_special_function").value_or(0));
}

std::string operationName(const Command& command) {
    const uint32_t operation = operationOf(command);
    for (const OperationSpec& o : formatOf(command).operations)
        if (o.code == operation) return o.name;
    return std::to_string(operation);
}

bool isEnd(const Command& command) {
    if (const auto* sys = std::get_if<SysId>(&command)) return sys->tsk_eu_typ == SysOp::End;
    if (const auto* sys = std::get_if<DmaSys>(&command))
        return sys->cmd_special_function == DmaSysOp::End;
    return false;
}

SysId tiuEnd(uint32_t id) {
    SysId end;
    end.cmd_id = id;
    end.tsk_eu_typ = SysOp::End;
    end.cmd_id_en = 0; // alone among commands
    return end;
}

DmaSys gdmaEnd(uint32_t id) {
    DmaSys end;
    end.cmd_id = id;
    end.cmd_special_function = DmaSysOp::End;
    return end;
}

} // namespace wb::bm1684x

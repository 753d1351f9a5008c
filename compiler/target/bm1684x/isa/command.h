// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of the BM1684X as plain structs, and as bits. The structs are generated from bm1684x.isa: one a format, a
// member for each register field under its register name, with opcode, cmd_short and cmd_id_en set as ordinary
// commands have them. Operations have readable names: `c.tsk_eu_typ = ArOp::Add`.
//
// TIU: SConv SPorD SMm SMm2 SAr SSeg SRqDq STransBc SSg SSgl Lar SSfu SLin SCmp SVc SysId LongTiu.
// GDMA: DmaTensor DmaMatrix DmaMaskedSelect DmaGeneral DmaCwTranspose DmaNonzero DmaSys DmaGather DmaScatter.
#pragma once

#include "compiler/base/result.h"
#include "compiler/target/bm1684x/machine.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wb::bm1684x {

#include "compiler/target/bm1684x/isa/commands.inc" // written at build time; ends with `using Command = std::variant<…>`

/// A code as its field holds it: `c.opd0_prec = code(t.precision)`.
constexpr uint32_t code(Precision p) { return static_cast<uint32_t>(p); }
constexpr uint32_t code(LayoutCode l) { return static_cast<uint32_t>(l); }
constexpr uint32_t code(Rounding r) { return static_cast<uint32_t>(r); }

/// A field's bits (little-endian, bit 0 is the low bit of byte 0) and its member.
struct FieldSpec {
    const char* name;
    uint16_t bit;
    uint16_t width;
    size_t offset; ///< of the member; uint64_t if width > 32, else uint32_t
};

struct OperationSpec {
    const char* name; ///< as in the enum: "Add"
    uint32_t code;
};

struct FormatSpec {
    const char* type; ///< "SAr"
    const char* name; ///< as in the register tables: "sAR"
    Engine engine;
    uint16_t bytes;
    int16_t opcode;     ///< -1: the long form
    uint32_t operationCodes; ///< bit k: operation k exists
    std::span<const FieldSpec> fields;
    std::span<const OperationSpec> operations; ///< empty: operations have no names
};

/// In the order of Command's alternatives.
std::span<const FormatSpec> formats();
const FormatSpec& formatOf(const Command& command);
inline Engine engineOf(const Command& command) { return formatOf(command).engine; }
inline size_t encodedBytes(const Command& command) { return formatOf(command).bytes; }

uint64_t fieldValue(const Command& command, const FieldSpec& field); ///< of formatOf(command)
void setFieldValue(Command& command, const FieldSpec& field, uint64_t value);
/// By name; nothing (false) if the format has no such field.
std::optional<uint64_t> field(const Command& command, std::string_view name);
bool setField(Command& command, std::string_view name, uint64_t value);

/// f(name, value) for every field, in the order of bits.
template <class F> void forEachField(const Command& command, F&& f) {
    for (const FieldSpec& spec : formatOf(command).fields) f(std::string_view(spec.name), fieldValue(command, spec));
}

/// The command with all fields as a new one of format `index` has them.
Command defaultCommand(size_t index);

/// Value of tsk_eu_typ or cmd_special_function, and its name ("Add"; the number if it has none).
uint32_t operationOf(const Command& command);
std::string operationName(const Command& command);

/// END of a stream.
bool isEnd(const Command& command);
SysId tiuEnd(uint32_t id);
DmaSys gdmaEnd(uint32_t id);

/// CodegenLimit if a value is wider than its field; `out` has encodedBytes(command) bytes, all of which are written.
Status encode(const Command& command, std::span<std::byte> out);

struct Decoded {
    Command command;
    size_t bytes = 0; ///< taken
};

/// The first command of `bytes`, which may come from anywhere: CommandDamaged if it is cut off, of no known format, or
/// has bits where no field is. Encoding the result gives the same bytes.
Result<Decoded> decode(Engine engine, std::span<const std::byte> bytes);
/// Up to and with END, which has to be there; behind it only zeros.
Result<std::vector<Command>> decodeStream(Engine engine, std::span<const std::byte> bytes);

} // namespace wb::bm1684x

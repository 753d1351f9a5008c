// SPDX-License-Identifier: GPL-3.0-or-later
// Commands as text for people and as JSON for programs.
//
//     12 after gdma 3  sAR Add  res0 f32[1,64,20,20] @ bank 2 + 0x40 aligned <- opd0 f32[1,64,20,20] @ bank 0 aligned,
//                                opd1 1.5; rounding half up                                     (one line)
//
// The number in front is the command's id; `after` is what of the other engine has to be finished. Local addresses are
// lane (left out for lane 0), bank and offset in it; DDR and L2 addresses are full.
#pragma once

#include "compiler/target/bm1684x/isa/command.h"

namespace wb::bm1684x {

const char* nameOf(Precision precision, bool isSigned); ///< "i8", "u8", "f16", …
const char* nameOf(Rounding rounding);                  ///< "half to even", …

std::string disassemble(const Command& command);
/// One line a command.
std::string disassemble(std::span<const Command> stream);

/// {"engine", "id", "dependency", "command", "operation", "operands": [{"name", "type", "shape", "address", …}],
///  "fields": {register: value}}; on one line.
std::string disassembleJson(const Command& command);
/// An array with one command a line.
std::string disassembleJson(std::span<const Command> stream);

} // namespace wb::bm1684x

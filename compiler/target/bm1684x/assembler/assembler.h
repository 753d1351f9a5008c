// SPDX-License-Identifier: GPL-3.0-or-later
// Commands in program order → two instruction streams. Ids count up by engine; the dependency of each command on the
// other engine is not the emitter's business: it follows from the local memory that the commands read and write
// (footprint.h), so a stream is free of races by construction. Overlap of transfers and arithmetic comes from the
// order in which commands are added and from disjoint buffers, nothing else.
//
// DDR is touched by the GDMA engine alone, which works in order: it needs no tracking.
#pragma once

#include "compiler/base/result.h"
#include "compiler/target/bm1684x/isa/command.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace wb::bm1684x {

/// One command as it stands in a stream, for profiles and disassembly.
struct Placed {
    Command command;        ///< with id and dependency
    Engine engine = Engine::Tiu;
    int32_t layer = -1;     ///< as told to Assembler::setLayer
};

/// Finished streams of one command group. Blobs end with END and zeros up to a multiple of 128 bytes.
struct Program {
    std::vector<std::byte> tiu, gdma;
    uint32_t tiuCount = 0, gdmaCount = 0;  ///< commands, END included
    std::vector<Placed> placed;            ///< in program order, END not included
};

class Assembler {
public:
    /// `mostCommands` of each engine, END not counted: what ids can name, unless a test wants less.
    explicit Assembler(uint32_t mostCommands = static_cast<uint32_t>(kMaxId) - 1);
    ~Assembler();
    Assembler(Assembler&&) noexcept;
    Assembler& operator=(Assembler&&) noexcept;

    /// The following commands belong to this layer (an index of the caller's).
    void setLayer(int32_t layer);
    /// Appends; sets cmd_id and cmd_id_dep, and cmd_id_en.
    void add(Command command);
    /// Commands so far, by engine.
    uint32_t count(Engine engine) const;
    /// Encodes. CodegenLimit when an engine has more than 2^20 - 2 commands or a field value does not fit its
    /// bits (the error names command and field).
    Result<Program> finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace wb::bm1684x

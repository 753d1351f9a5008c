// SPDX-License-Identifier: GPL-3.0-or-later
// When each command of a compiled network works and what lies in local memory meanwhile: plain copyable values for
// views, with a JSON form. Made from a bmodel by timelineOf (bmodel_profile.h); cycles are those of the cycle
// simulator at 1 GHz.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace wb::jobs {

/// What a command is for, as colours tell it. The name in Timeline::kinds says it exactly.
enum class CommandClass : uint8_t { Load, Store, Copy, Convolution, Matrix, Arithmetic, Pooling, Convert, Table, Move, Other };
inline constexpr int kCommandClasses = 11;

/// One command, or several of an engine that follow each other (`merged` of them).
struct TimelineCommand {
    bool transfer = false;     ///< GDMA, else TIU
    CommandClass type = CommandClass::Other;
    bool estimated = false;    ///< no listing of the vendor's shows a cost for one like it
    int32_t layer = -1;        ///< in Timeline::layers; -1: the file does not say
    int32_t kind = 0;          ///< in Timeline::kinds
    uint32_t id = 0;           ///< within its engine's stream
    uint32_t merged = 1;
    int64_t start = 0, end = 0; ///< first cycle, and the one behind the last
    int64_t cycles = 0;        ///< in which the engine works; less than end − start where commands were merged
    int64_t bytes = 0;         ///< moved by a transfer; read and written by a calculation
    int32_t waitsFor = -1;     ///< command of the other engine that held it up, in Timeline::commands
    bool operator==(const TimelineCommand&) const = default;
};

/// Bytes [begin, end) of each lane from the command that wrote them to the last that read them.
struct TimelineMemory {
    uint32_t begin = 0, end = 0;
    int64_t from = 0, to = 0;  ///< cycles
    int32_t layer = -1;        ///< of the writer
    int32_t writer = -1;       ///< in Timeline::commands
    bool operator==(const TimelineMemory&) const = default;
};

struct Timeline {
    std::string network;
    int64_t cycles = 0;             ///< until both engines are done
    int64_t tiu = 0, gdma = 0;      ///< cycles in which each works
    int64_t laneBytes = 0, bankBytes = 0;
    uint32_t tiuCommands = 0, gdmaCommands = 0;
    uint32_t estimated = 0;         ///< commands whose cost no listing of the vendor's shows
    uint32_t staysLeftOut = 0;      ///< of memory: the shortest ones, beyond the limit
    std::vector<std::string> layers, kinds;
    std::vector<TimelineCommand> commands; ///< by start
    std::vector<TimelineMemory> memory;    ///< by from; no two overlap
    bool operator==(const Timeline&) const = default;
};

/// Commands are rows of integers, so that a hundred thousand stay small.
void to_json(nlohmann::json& j, const Timeline& v);
/// Damaged rows are dropped, indices that point nowhere become −1.
void from_json(const nlohmann::json& j, Timeline& v);

} // namespace wb::jobs

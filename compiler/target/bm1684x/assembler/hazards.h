// SPDX-License-Identifier: GPL-3.0-or-later
// Who last touched which memory: the answer to "which command of the other engine must this one
// wait for?".
//
// Memory is a line of 64-byte vectors (those of a lane, then those of static memory) cut into
// segments; a segment lists, with their lanes, the last reads and writes of each engine. Engines
// work in order, so a later access of the same kind by the same engine stands for all earlier ones
// in its lanes, and a write stands for everything before it.
#pragma once

#include "compiler/target/bm1684x/isa/footprint.h"

#include <map>

namespace wb::bm1684x {

class Hazards {
public:
    Hazards();
    /// The latest command of the other engine that has to be finished before this footprint may be
    /// touched by `engine`; 0: none. After it, the footprint belongs to command `id` of `engine`.
    uint32_t enter(const Footprint& footprint, Engine engine, uint32_t id);

private:
    struct Access {
        uint64_t lanes = 0;
        uint32_t id = 0;
        Engine engine = Engine::Tiu;
        bool write = false;
        bool operator==(const Access&) const = default;
    };
    using Segment = std::vector<Access>;
    using Segments =
        std::map<uint32_t, Segment>; ///< by first vector; each ends where the next begins

    struct Span {
        uint32_t begin = 0, end = 0; ///< vectors
        uint64_t lanes = 0;
    };
    static std::vector<Span> spans(const std::vector<LocalRange>& local,
                                   const std::vector<ByteRange>& tables);
    Segments::iterator cutAt(uint32_t at);
    uint32_t conflicts(const Span& span, Engine engine, bool write) const;
    void note(const Span& span, const Access& access);

    Segments m_segments;
};

} // namespace wb::bm1684x

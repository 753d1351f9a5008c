// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/assembler/hazards.h"

#include <algorithm>

namespace wb::bm1684x {
namespace {

constexpr uint32_t kLaneVectors = static_cast<uint32_t>(kLaneBytes / kVectorBytes);
constexpr uint32_t kAllVectors = kLaneVectors + static_cast<uint32_t>(kStaticBytes / kVectorBytes);

} // namespace

Hazards::Hazards() {
    m_segments = {{0, {}}, {kAllVectors, {}}};
} // the last one only ends the line

std::vector<Hazards::Span> Hazards::spans(const std::vector<LocalRange>& local,
                                          const std::vector<ByteRange>& tables) {
    std::vector<Span> out;
    const auto add = [&](uint64_t begin, uint64_t end, uint32_t first, uint64_t lanes) {
        const uint64_t vector = static_cast<uint64_t>(kVectorBytes);
        if (begin < end)
            out.push_back({first + static_cast<uint32_t>(begin / vector),
                           first + static_cast<uint32_t>((end + vector - 1) / vector), lanes});
    };
    for (const LocalRange& r : local)
        add(r.begin, r.end, 0, r.lanes);
    for (const ByteRange& r : tables)
        add(r.begin - kStaticBase, r.end - kStaticBase, kLaneVectors, ~uint64_t{0});
    return out;
}

Hazards::Segments::iterator Hazards::cutAt(uint32_t at) {
    const auto behind = m_segments.lower_bound(at);
    if (behind != m_segments.end() && behind->first == at) return behind;
    return m_segments.emplace_hint(behind, at, std::prev(behind)->second);
}

uint32_t Hazards::conflicts(const Span& span, Engine engine, bool write) const {
    uint32_t latest = 0;
    for (auto it = std::prev(m_segments.upper_bound(span.begin)); it->first < span.end; ++it)
        for (const Access& a : it->second)
            if (a.engine != engine && (write || a.write) && (a.lanes & span.lanes))
                latest = std::max(latest, a.id);
    return latest;
}

void Hazards::note(const Span& span, const Access& access) {
    const auto first = cutAt(span.begin), last = cutAt(span.end);
    for (auto it = first; it != last; ++it) {
        Segment& list = it->second;
        for (Access& a : list)
            if (access.write || (a.engine == access.engine && !a.write)) a.lanes &= ~access.lanes;
        std::erase_if(list, [](const Access& a) { return a.lanes == 0; });
        list.push_back(access);
    }
    // Equal neighbours become one again, or the line would fall to pieces.
    for (auto it = first == m_segments.begin() ? first : std::prev(first); it != last;) {
        const auto next = std::next(it);
        if (next->first >= span.end || next->second != it->second)
            it = next;
        else
            m_segments.erase(next);
    }
}

uint32_t Hazards::enter(const Footprint& footprint, Engine engine, uint32_t id) {
    const std::vector<Span> reads = spans(footprint.localReads, footprint.staticReads);
    const std::vector<Span> writes = spans(footprint.localWrites, footprint.staticWrites);
    uint32_t latest = 0;
    for (const Span& s : reads)
        latest = std::max(latest, conflicts(s, engine, false));
    for (const Span& s : writes)
        latest = std::max(latest, conflicts(s, engine, true));
    for (const Span& s : reads)
        note(s, {s.lanes, id, engine, false});
    for (const Span& s : writes)
        note(s, {s.lanes, id, engine, true});
    return latest;
}

} // namespace wb::bm1684x

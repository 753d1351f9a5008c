// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/emission/schedule.h"

#include "compiler/target/bm1684x/cycles/timing.h"
#include "compiler/target/bm1684x/isa/footprint.h"

#include <algorithm>
#include <limits>
#include <span>

namespace wb::codegen {
namespace {

using bm1684x::ByteRange;
using bm1684x::Engine;
using bm1684x::Footprint;
using bm1684x::LocalRange;
using bm1684x::Placed;

constexpr size_t kChunk = 6000;        ///< commands that are ordered together; pairs of them are compared
constexpr size_t kLookAhead = 96;      ///< transfers that may be taken out of turn
constexpr uint32_t kNever = std::numeric_limits<uint32_t>::max();

bool meet(const LocalRange& a, const LocalRange& b) {
    return a.begin < b.end && b.begin < a.end && (a.lanes & b.lanes) != 0;
}
bool meet(const ByteRange& a, const ByteRange& b) { return a.begin < b.end && b.begin < a.end; }

template <class R> bool meet(const std::vector<R>& a, const std::vector<R>& b) {
    for (const R& x : a)
        for (const R& y : b)
            if (meet(x, y)) return true;
    return false;
}

/// One writes what the other reads or writes.
bool conflict(const Footprint& a, const Footprint& b) {
    return meet(a.localWrites, b.localWrites) || meet(a.localWrites, b.localReads) || meet(a.localReads, b.localWrites) ||
           meet(a.globalWrites, b.globalWrites) || meet(a.globalWrites, b.globalReads) ||
           meet(a.globalReads, b.globalWrites) || meet(a.staticWrites, b.staticWrites) ||
           meet(a.staticWrites, b.staticReads) || meet(a.staticReads, b.staticWrites);
}

/// List scheduling of one stretch: TIU commands keep their order, a transfer is taken when it can start first, and
/// among those that can start at once the one whose use by the TIU comes first.
class Stretch {
public:
    Stretch(std::span<const Placed> commands, int64_t tiuFree, int64_t gdmaFree)
        : m_commands(commands), m_tiuFree(tiuFree), m_gdmaFree(gdmaFree), m_before(commands.size()),
          m_end(commands.size(), -1), m_urgency(commands.size(), kNever) {
        for (const Placed& placed : commands) {
            m_touched.push_back(bm1684x::footprint(placed.command));
            m_cycles.push_back(bm1684x::costOf(placed.command).cycles);
        }
        for (size_t i = 0; i < commands.size(); ++i)
            (commands[i].engine == Engine::Tiu ? m_tiu : m_gdma).push_back(i);
        findOrder();
    }

    std::vector<size_t> run() {
        while (m_order.size() < m_commands.size()) {
            advanceTiu();
            if (m_order.size() == m_commands.size()) break;
            takeTransfer();
        }
        return std::move(m_order);
    }
    int64_t tiuFree() const { return m_tiuFree; }
    int64_t gdmaFree() const { return m_gdmaFree; }

private:
    /// What has to come before what. TIU commands among themselves stay in order anyway.
    void findOrder() {
        for (size_t b = 0; b < m_commands.size(); ++b) {
            const bool tiu = m_commands[b].engine == Engine::Tiu;
            const auto against = [&](const std::vector<size_t>& list) {
                for (const size_t a : list) {
                    if (a >= b) break;
                    if (conflict(m_touched[a], m_touched[b])) m_before[b].push_back(a);
                }
            };
            against(m_gdma);
            if (!tiu) against(m_tiu);
        }
        for (size_t i = m_commands.size(); i-- > 0;) {
            const uint32_t own = m_commands[i].engine == Engine::Tiu ? static_cast<uint32_t>(i) : m_urgency[i];
            for (const size_t before : m_before[i])
                m_urgency[before] = std::min(m_urgency[before], own);
        }
    }

    /// When everything before it is done; -1 if something is not placed yet.
    int64_t ready(size_t index) const {
        int64_t at = 0;
        for (const size_t before : m_before[index]) {
            if (m_end[before] < 0) return -1;
            at = std::max(at, m_end[before]);
        }
        return at;
    }

    void advanceTiu() {
        for (; m_nextTiu < m_tiu.size(); ++m_nextTiu) {
            const size_t index = m_tiu[m_nextTiu];
            const int64_t at = ready(index);
            if (at < 0) return;
            m_tiuFree = m_end[index] = std::max(at, m_tiuFree) + m_cycles[index];
            m_order.push_back(index);
        }
    }

    void takeTransfer() {
        size_t best = m_commands.size();
        int64_t bestStart = 0;
        size_t seen = 0;
        while (m_firstGdma < m_gdma.size() && m_end[m_gdma[m_firstGdma]] >= 0)
            ++m_firstGdma;
        for (size_t i = m_firstGdma; i < m_gdma.size() && seen < kLookAhead; ++i) {
            const size_t index = m_gdma[i];
            if (m_end[index] >= 0) continue;
            ++seen;
            const int64_t at = ready(index);
            if (at < 0) continue;
            const int64_t start = std::max(at, m_gdmaFree);
            if (best == m_commands.size() || start < bestStart ||
                (start == bestStart && m_urgency[index] < m_urgency[best])) {
                best = index;
                bestStart = start;
            }
        }
        // The first unplaced transfer waits only for placed ones, so there is always one.
        m_gdmaFree = m_end[best] = bestStart + m_cycles[best];
        m_order.push_back(best);
    }

    std::span<const Placed> m_commands;
    int64_t m_tiuFree, m_gdmaFree;
    std::vector<Footprint> m_touched;
    std::vector<int64_t> m_cycles;
    std::vector<size_t> m_tiu, m_gdma, m_order;
    std::vector<std::vector<size_t>> m_before;
    std::vector<int64_t> m_end;          ///< -1: not placed
    std::vector<uint32_t> m_urgency;     ///< index of the first TIU command that waits for it, kNever: none
    size_t m_nextTiu = 0, m_firstGdma = 0;
};

} // namespace

int64_t cyclesOf(std::span<const bm1684x::Program> groups) {
    const auto timing = bm1684x::timeOf(groups);
    return timing ? timing->total : 0;
}

Result<std::vector<bm1684x::Program>> assembled(std::span<const Placed> commands, uint32_t mostCommands) {
    std::vector<bm1684x::Program> groups;
    bm1684x::Assembler assembler;
    for (const Placed& placed : commands) {
        if (assembler.count(placed.engine) == mostCommands) {
            WB_ASSIGN(auto group, assembler.finish());
            groups.push_back(std::move(group));
        }
        assembler.setLayer(placed.layer);
        assembler.add(placed.command);
    }
    WB_ASSIGN(auto last, assembler.finish());
    groups.push_back(std::move(last));
    return groups;
}

Result<std::vector<bm1684x::Program>> scheduled(std::vector<Placed> commands, uint32_t mostCommands, const JobContext& context) {
    std::vector<Placed> ordered;
    int64_t tiuFree = 0, gdmaFree = 0;
    const std::span<const Placed> all(commands);
    for (size_t begin = 0; begin < all.size(); begin += kChunk) {
        WB_TRY(context.checkStop());
        const auto part = all.subspan(begin, std::min(kChunk, all.size() - begin));
        Stretch stretch(part, tiuFree, gdmaFree);
        for (const size_t index : stretch.run())
            ordered.push_back(part[index]);
        tiuFree = stretch.tiuFree();
        gdmaFree = stretch.gdmaFree();
    }
    WB_ASSIGN(auto better, assembled(ordered, mostCommands));
    WB_ASSIGN(auto plain, assembled(commands, mostCommands));
    return cyclesOf(better) < cyclesOf(plain) ? std::move(better) : std::move(plain);
}

} // namespace wb::codegen

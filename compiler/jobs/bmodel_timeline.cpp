// SPDX-License-Identifier: GPL-3.0-or-later
// A bmodel's commands on the axis of time: start and end as the cycle simulator has them, the command of the other
// engine that each waited for, and who lies where in local memory (from the footprints of the commands).
#include "compiler/jobs/bmodel_profile.h"

#include "compiler/target/bm1684x/isa/footprint.h"
#include "compiler/target/bm1684x/isa/operands.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_map>

namespace wb::jobs {
namespace {

using bm1684x::Command;
using bm1684x::LocalRange;
using bm1684x::Operand;
using bm1684x::Space;

bool isLocal(const Operand& operand) { return operand.space == Space::Local || operand.space == Space::AnyLocal; }

CommandClass transferClass(const std::vector<Operand>& operands) {
    bool fromLocal = false, fromFar = false, toLocal = false, toFar = false;
    for (const Operand& operand : operands) {
        const bool far = operand.space == Space::Global;
        fromLocal = fromLocal || (operand.reads && isLocal(operand));
        fromFar = fromFar || (operand.reads && far);
        toLocal = toLocal || (operand.writes && isLocal(operand));
        toFar = toFar || (operand.writes && far);
    }
    if (toLocal) return fromFar ? CommandClass::Load : CommandClass::Move;
    if (toFar) return fromLocal ? CommandClass::Store : CommandClass::Copy;
    return CommandClass::Other;
}

CommandClass calculationClass(const Command& command) {
    static const std::unordered_map<std::string_view, CommandClass> byFormat{
        {"SConv", CommandClass::Convolution}, {"SMm", CommandClass::Matrix},     {"SMm2", CommandClass::Matrix},
        {"SAr", CommandClass::Arithmetic},    {"SSeg", CommandClass::Move},      {"SRqDq", CommandClass::Convert},
        {"STransBc", CommandClass::Move},     {"SSg", CommandClass::Table},      {"SSgl", CommandClass::Table},
        {"SSfu", CommandClass::Arithmetic},   {"SLin", CommandClass::Arithmetic}, {"SCmp", CommandClass::Arithmetic},
        {"SVc", CommandClass::Arithmetic}};
    const std::string_view format = bm1684x::formatOf(command).type;
    const std::string operation = bm1684x::operationName(command);
    if (format == "SPorD") return operation.find("Pool") != std::string::npos ? CommandClass::Pooling : CommandClass::Convolution;
    if (format == "SAr") {
        if (operation == "Cast") return CommandClass::Convert;
        if (operation == "Copy" || operation == "CopyBatch") return CommandClass::Move;
    }
    const auto found = byFormat.find(format);
    return found == byFormat.end() ? CommandClass::Other : found->second;
}

int64_t bytesOfOperand(const Operand& operand) {
    if (operand.space == Space::Constant || operand.space == Space::Nowhere) return 0;
    int64_t bytes = bm1684x::bytesOf(operand.precision);
    for (const int64_t size : operand.shape)
        if (size <= 0 || __builtin_mul_overflow(bytes, size, &bytes)) return 0;
    return bytes;
}

/// What a transfer moves; what a calculation reads and writes.
int64_t bytesOfCommand(const std::vector<Operand>& operands, bool transfer) {
    int64_t read = 0, written = 0;
    for (const Operand& operand : operands) {
        if (operand.reads) read += bytesOfOperand(operand);
        if (operand.writes) written += bytesOfOperand(operand);
    }
    return transfer ? (written > 0 ? written : read) : read + written;
}

/// Who lies where: a stretch belongs to its last writer until the next one overwrites it, and is alive until its
/// last reader is done.
class Residents {
public:
    void read(const LocalRange& range, int64_t until) {
        for (auto it = firstIn(range.begin); it != m_blocks.end() && it->first < range.end; ++it)
            it->second.last = std::max(it->second.last, until);
    }
    void write(const LocalRange& range, const TimelineCommand& writer, int32_t index) {
        if (range.begin >= range.end) return;
        cut(range.begin);
        cut(range.end);
        auto it = m_blocks.lower_bound(range.begin);
        while (it != m_blocks.end() && it->first < range.end) {
            leave(it->first, it->second, writer.start);
            it = m_blocks.erase(it);
        }
        m_blocks[range.begin] = {range.end, writer.start, writer.end, writer.layer, index};
    }
    /// Everything that lay there, by time.
    std::vector<TimelineMemory> finish() {
        for (const auto& [begin, block] : m_blocks)
            leave(begin, block, block.last);
        m_blocks.clear();
        const auto same = [](const TimelineMemory& a, const TimelineMemory& b) {
            return a.writer == b.writer && a.from == b.from && a.to == b.to;
        };
        std::sort(m_out.begin(), m_out.end(), [](const TimelineMemory& a, const TimelineMemory& b) {
            return std::tie(a.from, a.writer, a.to, a.begin) < std::tie(b.from, b.writer, b.to, b.begin);
        });
        // Parts of one tensor that were cut for nothing are one again.
        std::vector<TimelineMemory> joined;
        for (const TimelineMemory& m : m_out)
            if (!joined.empty() && same(joined.back(), m) && joined.back().end == m.begin) joined.back().end = m.end;
            else joined.push_back(m);
        return joined;
    }

private:
    struct Block {
        uint32_t end;
        int64_t from, last;
        int32_t layer, writer;
    };
    std::map<uint32_t, Block>::iterator firstIn(uint32_t address) {
        auto it = m_blocks.upper_bound(address);
        if (it != m_blocks.begin() && std::prev(it)->second.end > address) --it;
        return it;
    }
    void cut(uint32_t at) {
        const auto it = firstIn(at);
        if (it == m_blocks.end() || it->first >= at || it->second.end <= at) return;
        Block right = it->second;
        it->second.end = at;
        m_blocks[at] = right;
    }
    void leave(uint32_t begin, const Block& block, int64_t at) {
        const int64_t to = std::min(block.last, at);
        if (to > block.from) m_out.push_back({begin, block.end, block.from, to, block.layer, block.writer});
    }
    std::map<uint32_t, Block> m_blocks;
    std::vector<TimelineMemory> m_out;
};

/// Names by number, each once.
class Names {
public:
    explicit Names(std::vector<std::string>& list) : m_list(list) {}
    int32_t of(const std::string& name) {
        const auto [place, added] = m_places.try_emplace(name, static_cast<int32_t>(m_list.size()));
        if (added) m_list.push_back(name);
        return place->second;
    }

private:
    std::vector<std::string>& m_list;
    std::unordered_map<std::string, int32_t> m_places;
};

uint32_t dependencyOfCommand(const Command& command) {
    return static_cast<uint32_t>(bm1684x::field(command, "cmd_id_dep").value_or(0));
}

/// Puts neighbours of an engine together that are no further apart than `gap`; `level` says how alike they have to be:
/// 0 the same layer and work, 1 the same layer, 2 anything.
std::vector<int32_t> mergeOnce(std::vector<TimelineCommand>& commands, int64_t gap, int level, int32_t several) {
    std::vector<int32_t> places(commands.size());
    std::vector<TimelineCommand> out;
    int32_t open[2] = {-1, -1};
    for (size_t i = 0; i < commands.size(); ++i) {
        const TimelineCommand& c = commands[i];
        int32_t& at = open[c.transfer ? 1 : 0];
        TimelineCommand* before = at < 0 ? nullptr : &out[static_cast<size_t>(at)];
        const bool joins = before != nullptr && c.start - before->end <= gap && (level >= 2 || before->layer == c.layer) &&
                           (level >= 1 || before->type == c.type);
        if (!joins) {
            at = static_cast<int32_t>(out.size());
            out.push_back(c);
        } else {
            if (before->kind != c.kind) before->kind = several;
            if (before->type != c.type) before->type = CommandClass::Other;
            if (before->layer != c.layer) before->layer = -1;
            before->end = std::max(before->end, c.end);
            before->cycles += c.cycles;
            before->bytes += c.bytes;
            before->merged += c.merged;
            before->estimated = before->estimated || c.estimated;
        }
        places[i] = at;
    }
    commands = std::move(out);
    return places;
}

void limitCommands(Timeline& timeline, size_t most) {
    if (timeline.commands.size() <= most) return;
    const auto several = static_cast<int32_t>(timeline.kinds.size());
    timeline.kinds.emplace_back("several kinds");
    for (int level = 0; level <= 2 && timeline.commands.size() > most; ++level)
        for (int64_t gap = std::max<int64_t>(1, timeline.cycles / static_cast<int64_t>(std::max<size_t>(most, 1) * 16));
             timeline.commands.size() > most; gap *= 4) {
            const std::vector<int32_t> places = mergeOnce(timeline.commands, gap, level, several);
            for (TimelineCommand& c : timeline.commands)
                if (c.waitsFor >= 0) c.waitsFor = places[static_cast<size_t>(c.waitsFor)];
            for (TimelineMemory& m : timeline.memory)
                if (m.writer >= 0) m.writer = places[static_cast<size_t>(m.writer)];
            if (gap > timeline.cycles) break;
        }
}

/// The longest stays; the pictures have no room for more, and the number of those left out is said.
void limitMemory(Timeline& timeline, size_t most) {
    if (timeline.memory.size() <= most) return;
    std::vector<int64_t> lengths;
    for (const TimelineMemory& m : timeline.memory)
        lengths.push_back(m.to - m.from);
    std::nth_element(lengths.begin(), lengths.begin() + static_cast<int64_t>(most), lengths.end(), std::greater<>());
    const int64_t shortest = lengths[most];
    const size_t before = timeline.memory.size();
    std::erase_if(timeline.memory, [&](const TimelineMemory& m) { return m.to - m.from <= shortest; });
    timeline.staysLeftOut = static_cast<uint32_t>(before - timeline.memory.size());
}

/// One command group of the file, behind those that are there already.
class GroupReader {
public:
    GroupReader(Timeline& timeline, Names& layers, Names& kinds, Residents& residents)
        : m_timeline(timeline), m_layers(layers), m_kinds(kinds), m_residents(residents) {}

    Status read(const bmodel::CommandGroup& group, const LayersById* listing) {
        WB_ASSIGN(const auto tiu, bm1684x::decodeStream(bm1684x::Engine::Tiu, group.tiu.bytes()));
        WB_ASSIGN(const auto gdma, bm1684x::decodeStream(bm1684x::Engine::Gdma, group.gdma.bytes()));
        WB_ASSIGN(const bm1684x::Timing timing, bm1684x::timeOf(tiu, gdma));
        std::vector<const Command*> sources;
        for (const auto* stream : {&tiu, &gdma})
            for (const Command& command : *stream)
                if (!bm1684x::isEnd(command)) sources.push_back(&command);
        add(timing, sources, listing);
        for (const bm1684x::TimedCommand& command : timing.commands)
            ++(command.engine == bm1684x::Engine::Tiu ? m_timeline.tiuCommands : m_timeline.gdmaCommands);
        m_timeline.cycles += timing.total;
        m_timeline.tiu += timing.tiu;
        m_timeline.gdma += timing.gdma;
        m_timeline.estimated += timing.notObserved;
        return {};
    }

private:
    void add(const bm1684x::Timing& timing, const std::vector<const Command*>& sources, const LayersById* listing) {
        std::vector<size_t> order(sources.size());
        std::iota(order.begin(), order.end(), size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](size_t a, size_t b) { return timing.commands[a].start < timing.commands[b].start; });
        const size_t base = m_timeline.commands.size();
        std::unordered_map<uint32_t, int32_t> byId[2];
        int64_t behind[2] = {0, 0};
        for (const size_t source : order) {
            const bm1684x::TimedCommand& timed = timing.commands[source];
            const Command& command = *sources[source];
            const size_t engine = timed.engine == bm1684x::Engine::Gdma ? 1 : 0;
            const auto operands = bm1684x::operandsOf(command);
            TimelineCommand c;
            c.transfer = engine == 1;
            c.type = c.transfer ? transferClass(operands) : calculationClass(command);
            c.estimated = !timed.observed;
            const std::string operation = bm1684x::operationName(command);
            c.kind = m_kinds.of(std::string(bm1684x::formatOf(command).name) + (operation.empty() ? "" : " " + operation));
            c.id = timed.id;
            c.cycles = timed.cycles;
            c.start = m_timeline.cycles + timed.start;
            c.end = c.start + timed.cycles;
            c.bytes = bytesOfCommand(operands, c.transfer);
            if (listing != nullptr)
                if (const auto name = listing->find({timed.engine, static_cast<int64_t>(timed.id)}); name != listing->end() && name->second != "-")
                    c.layer = m_layers.of(name->second);
            // It waited if the engine was free before; for whom is the named command of the other one.
            if (timed.start > behind[engine]) {
                const auto awaited = byId[1 - engine].find(dependencyOfCommand(command));
                if (awaited != byId[1 - engine].end()) c.waitsFor = awaited->second;
            }
            behind[engine] = timed.start + timed.cycles;
            byId[engine].insert_or_assign(timed.id, static_cast<int32_t>(m_timeline.commands.size()));
            m_timeline.commands.push_back(c);
        }
        for (size_t i = 0; i < order.size(); ++i) {
            const bm1684x::Footprint touched = bm1684x::footprint(*sources[order[i]]);
            const TimelineCommand& c = m_timeline.commands[base + i];
            for (const LocalRange& range : touched.localReads)
                m_residents.read(range, c.end);
            for (const LocalRange& range : touched.localWrites)
                m_residents.write(range, c, static_cast<int32_t>(base + i));
        }
    }

    Timeline& m_timeline;
    Names &m_layers, &m_kinds;
    Residents& m_residents;
};

} // namespace

Result<Timeline> timelineOf(const bmodel::File& file, size_t mostCommands) {
    WB_ASSIGN(const bmodel::Stage* stage, stageToTime(file));
    const auto listing = layersOf(*stage);
    Timeline timeline;
    timeline.network = file.networks.front().name;
    timeline.laneBytes = bm1684x::kLaneBytes;
    timeline.bankBytes = bm1684x::kBankBytes;
    Names layers(timeline.layers), kinds(timeline.kinds);
    Residents residents;
    GroupReader reader(timeline, layers, kinds, residents);
    for (size_t g = 0; g < stage->groups.size(); ++g)
        WB_TRY(reader.read(stage->groups[g], g < listing.size() ? &listing[g] : nullptr));
    timeline.memory = residents.finish();
    limitMemory(timeline, 2 * mostCommands);
    limitCommands(timeline, mostCommands);
    return timeline;
}

} // namespace wb::jobs

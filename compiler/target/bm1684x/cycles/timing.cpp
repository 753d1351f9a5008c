// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/cycles/timing.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace wb::bm1684x {
namespace {

struct Item {
    const Command* command;
    int32_t layer;
};

uint32_t idOf(const Command& command) {
    return std::visit(
        [](const auto& c) -> uint32_t {
            if constexpr (requires { c.cmd_id; }) return c.cmd_id;
            else return 0;
        },
        command);
}

uint32_t dependencyOf(const Command& command) {
    return std::visit(
        [](const auto& c) -> uint32_t {
            if constexpr (requires { c.cmd_id_dep; }) return c.cmd_id_dep;
            else return 0;
        },
        command);
}

/// One engine's commands, and how far it has come.
struct EngineQueue {
    std::vector<size_t> items;   ///< indices into Timing::commands
    size_t next = 0;
    uint32_t done = 0;           ///< largest id so far
    int64_t end = -1;            ///< last cycle of the command before
    std::vector<std::pair<uint32_t, int64_t>> ends; ///< id and last cycle, ids ascending

    void finish(uint32_t id, int64_t last) {
        end = last;
        ++next;
        if (id <= done && !ends.empty()) return; // commands without a number of their own
        done = id;
        ends.emplace_back(id, last);
    }
    /// Last cycle of the command with this number; that has run.
    int64_t endOf(uint32_t id) const {
        if (id == 0) return -1;
        return std::lower_bound(ends.begin(), ends.end(), std::pair(id, int64_t{-1}))->second;
    }
};

Error stuck(const TimedCommand& waits, uint32_t dependency) {
    const char* engines[] = {"TIU", "GDMA"};
    const int own = waits.engine == Engine::Tiu ? 0 : 1;
    return Error{Code::CommandFault, std::string(engines[own]) + " command " + std::to_string(waits.id) +
                                         " waits for " + engines[1 - own] + " command " + std::to_string(dependency) +
                                         ", which never ends"};
}

void addToLayer(std::vector<LayerTime>& layers, std::unordered_map<int32_t, size_t>& places, const TimedCommand& c) {
    const auto [place, isNew] = places.try_emplace(c.layer, layers.size());
    if (isNew) layers.push_back({c.layer, 0, 0, c.start, c.end(), 0});
    LayerTime& layer = layers[place->second];
    (c.engine == Engine::Tiu ? layer.tiu : layer.gdma) += c.cycles;
    layer.start = std::min(layer.start, c.start);
    layer.end = std::max(layer.end, c.end());
    ++layer.commands;
}

Result<Timing> run(const std::vector<Item>& items) {
    Timing out;
    std::array<EngineQueue, 2> queues;
    const auto engineIndex = [](Engine e) { return e == Engine::Tiu ? size_t{0} : size_t{1}; };
    for (const Item& item : items) {
        const Cost cost = costOf(*item.command);
        const Engine engine = engineOf(*item.command);
        queues[engineIndex(engine)].items.push_back(out.commands.size());
        out.commands.push_back({engine, idOf(*item.command), item.layer, 0, cost.cycles, cost.observed});
        (engine == Engine::Tiu ? out.tiu : out.gdma) += cost.cycles;
        out.notObserved += cost.observed ? 0 : 1;
        out.notObservedCycles += cost.observed ? 0 : cost.cycles;
    }
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < queues.size(); ++i) {
            EngineQueue &own = queues[i], &other = queues[1 - i];
            while (own.next < own.items.size()) {
                const size_t index = own.items[own.next];
                TimedCommand& command = out.commands[index];
                const uint32_t dependency = dependencyOf(*items[index].command);
                if (dependency > other.done) break;
                command.start = std::max(own.end, other.endOf(dependency)) + 1;
                own.finish(command.id, command.end());
                moved = true;
            }
        }
    }
    for (const EngineQueue& queue : queues)
        if (queue.next < queue.items.size()) {
            const size_t index = queue.items[queue.next];
            return stuck(out.commands[index], dependencyOf(*items[index].command));
        }
    for (const TimedCommand& command : out.commands)
        out.total = std::max(out.total, command.end() + 1);
    return out;
}

/// `next` begins when all of `timing` is done.
void append(Timing& timing, Timing next, uint32_t group) {
    for (TimedCommand& command : next.commands) {
        command.start += timing.total;
        command.group = group;
        timing.commands.push_back(command);
    }
    timing.total += next.total;
    timing.tiu += next.tiu;
    timing.gdma += next.gdma;
    timing.notObserved += next.notObserved;
    timing.notObservedCycles += next.notObservedCycles;
}

void findLayers(Timing& timing) {
    std::unordered_map<int32_t, size_t> places;
    for (const TimedCommand& command : timing.commands)
        addToLayer(timing.layers, places, command);
}

} // namespace

Result<Timing> timeOf(std::span<const Program> groups) {
    Timing out;
    for (size_t i = 0; i < groups.size(); ++i) {
        std::vector<Item> items;
        for (const Placed& placed : groups[i].placed)
            items.push_back({&placed.command, placed.layer});
        WB_ASSIGN(Timing timing, run(items));
        append(out, std::move(timing), static_cast<uint32_t>(i));
    }
    findLayers(out);
    return out;
}

Result<Timing> timeOf(const Program& program) {
    return timeOf(std::span(&program, 1));
}

Result<Timing> timeOf(std::span<const Command> tiu, std::span<const Command> gdma) {
    std::vector<Item> items;
    for (const auto& stream : {tiu, gdma})
        for (const Command& command : stream)
            if (!isEnd(command)) items.push_back({&command, -1});
    WB_ASSIGN(Timing out, run(items));
    findLayers(out);
    return out;
}

} // namespace wb::bm1684x

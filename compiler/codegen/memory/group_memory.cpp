// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/memory/group_memory.h"

#include "compiler/target/bm1684x/transfer.h"

#include <algorithm>
#include <map>

namespace wb::codegen {
namespace {

using bm1684x::alignedBytes;
using bm1684x::kVectorBytes;
using bm1684x::roundUp;

/// Rows of this length are no longer charged for being short.
constexpr int64_t kLongRow = 1024;

/// Steps are the nodes of an even slice and then those of an odd one; with one slice only the first.
class Planner {
public:
    /// With `places` false only what is alive at a time is added up: groups are tried often.
    Planner(const ir::Graph& graph, const Selection& selection, const Group& group, const Tiling& tiling, bool places)
        : m_graph(graph), m_selection(selection), m_group(group), m_tiling(tiling), m_count(group.nodes.size()),
          m_periods(tiling.slices.size() > 1 ? 2 : 1), m_places(places), m_sums(places ? 0 : m_periods * m_count),
          m_users(m_count) {
        for (size_t i = 0; i < group.inputs.size(); ++i)
            m_inputOf[group.inputs[i]] = i;
        for (size_t i = 0; i < m_count; ++i)
            m_nodeOf[graph.node(group.nodes[i]).results[0]] = i;
        for (size_t i = 0; i < m_count; ++i)
            for (const ir::ValueId operand : graph.node(group.nodes[i]).operands)
                if (m_nodeOf.contains(operand) || m_inputOf.contains(operand)) m_lastUse[operand] = i;
    }

    /// What earlier groups left and this one does not use.
    void addHeld(std::span<const HeldValue> held) {
        for (const HeldValue& value : held) {
            m_held[value.value] = &value;
            if (m_inputOf.contains(value.value)) continue;
            fix(add(value.bytes, [](size_t, size_t) { return true; }), value.address);
        }
    }

    void addInputs(GroupMemory& memory) {
        for (size_t i = 0; i < m_group.inputs.size(); ++i) {
            const ir::ValueId id = m_group.inputs[i];
            if (m_group.isHeld(i)) {
                addHeldInput(id, memory);
                continue;
            }
            int64_t bytes = 0;
            bool stays = true;
            for (const Slice& slice : m_tiling.slices) {
                bytes = std::max(bytes, alignedBytes(precision(id), slice.inputs[i]));
                stays = stays && slice.inputs[i] == m_tiling.slices[0].inputs[i];
            }
            memory.inputStays.push_back(stays);
            const size_t last = m_lastUse[id];
            const size_t copies = stays ? 1 : m_periods;
            std::vector<size_t> indexes;
            for (size_t copy = 0; copy < copies; ++copy)
                // Loaded while the other slice runs, needed until the last use.
                indexes.push_back(add(bytes, [&](size_t period, size_t step) {
                    return (stays && m_periods > 1) || period != copy || step <= last;
                }));
            m_inputBuffers.push_back(indexes);
            noteUsers(id, indexes);
        }
    }

    void addResults() {
        for (size_t i = 0; i < m_count; ++i) {
            const ir::ValueId id = m_graph.node(m_group.nodes[i]).results[0];
            const auto output =
                static_cast<size_t>(std::find(m_group.outputs.begin(), m_group.outputs.end(), id) - m_group.outputs.begin());
            const bool outside = output < m_group.outputs.size();
            const bool kept = outside && m_group.isKept(output), stored = outside && m_group.isStored(output);
            int64_t bytes = 0;
            for (const Slice& slice : m_tiling.slices)
                bytes = std::max(bytes, alignedBytes(precision(id), slice.results[i]));
            const auto use = m_lastUse.find(id);
            const size_t last = use == m_lastUse.end() ? i : use->second;
            std::vector<size_t> indexes;
            if (kept && m_periods == 1) { // made where it stays
                indexes.push_back(add(bytes, [&](size_t, size_t step) { return step >= i; }));
                keep(output, indexes[0]);
            } else {
                for (size_t copy = 0; copy < (stored ? m_periods : 1); ++copy)
                    // A stored one is read by the transfer until the other slice ends.
                    indexes.push_back(add(bytes, [&](size_t period, size_t step) {
                        return stored ? period != copy || step >= i : step >= i && step <= last;
                    }));
                if (kept) // slices are copied there
                    keep(output, add(alignedBytes(precision(id), m_selection.values[static_cast<size_t>(id)].whole()),
                                     [](size_t, size_t) { return true; }));
            }
            m_resultBuffers.push_back(indexes);
            m_users[i].insert(m_users[i].end(), indexes.begin(), indexes.end());
            noteUsers(id, indexes);
        }
    }

    void addScratch() {
        for (size_t i = 0; i < m_count; ++i) {
            const auto& emitter = *m_selection.nodes[static_cast<size_t>(m_group.nodes[i])].local;
            std::vector<int64_t> bytes;
            const bm1684x::Part* previous = nullptr;
            for (const Slice& slice : m_tiling.slices) {
                // An estimate takes parts of one size for alike.
                if (!m_places && previous != nullptr && bm1684x::shapeOf(slice.results[i]) == bm1684x::shapeOf(*previous)) continue;
                previous = &slice.results[i];
                const auto own = emitter.scratchBytes(slice.results[i]);
                bytes.resize(std::max(bytes.size(), own.size()));
                for (size_t k = 0; k < own.size(); ++k)
                    bytes[k] = std::max(bytes[k], own[k]);
            }
            std::vector<size_t> indexes;
            for (const int64_t size : bytes)
                indexes.push_back(add(size, [&](size_t, size_t step) { return step == i; }));
            m_scratchBuffers.push_back(indexes);
            m_users[i].insert(m_users[i].end(), indexes.begin(), indexes.end());
        }
    }

    void addConstants(int64_t width, bool turns) {
        if (width == 0) return;
        for (size_t copy = 0; copy < (turns ? 2 : 1); ++copy)
            m_constantBuffers.push_back(add(width, [](size_t, size_t) { return true; }));
    }

    int64_t peak() const { return m_sums.empty() ? 0 : *std::max_element(m_sums.begin(), m_sums.end()); }

    bool place(GroupMemory& memory, int64_t laneBytes, bool fromTop) {
        for (const auto& users : m_users)
            for (const size_t a : users)
                for (const size_t b : users)
                    if (a != b) m_buffers[a].partners.push_back(b);
        if (!placeBuffers(m_buffers, laneBytes, fromTop)) return false;
        const auto turns = [&](const std::vector<size_t>& indexes) {
            if (indexes.empty()) return Turns{};
            return Turns{m_buffers[indexes.front()].address, m_buffers[indexes.back()].address};
        };
        for (const auto& indexes : m_inputBuffers)
            memory.inputs.push_back(turns(indexes));
        for (const auto& indexes : m_resultBuffers)
            memory.results.push_back(turns(indexes));
        for (const auto& indexes : m_scratchBuffers) {
            memory.scratch.emplace_back();
            for (const size_t index : indexes)
                memory.scratch.back().push_back(m_buffers[index].address);
        }
        memory.constants = turns(m_constantBuffers);
        memory.kept.resize(m_group.outputs.size());
        for (const auto& [output, index] : m_keptBuffers) memory.kept[output] = m_buffers[index].address;
        int64_t begin = laneBytes, end = 0;
        for (const LocalBuffer& buffer : m_buffers) {
            begin = std::min<int64_t>(begin, buffer.address);
            end = std::max(end, buffer.address + roundUp(buffer.bytes, kVectorBytes));
        }
        memory.bytes = std::max<int64_t>(0, end - begin);
        return true;
    }

private:
    /// Lies whole where it is; in an estimate, anywhere.
    void addHeldInput(ir::ValueId id, GroupMemory& memory) {
        const auto found = m_held.find(id);
        const HeldValue* value = found == m_held.end() ? nullptr : found->second;
        const size_t last = m_lastUse[id];
        const bool dies = m_periods == 1 && (value == nullptr || value->dies);
        const int64_t bytes = alignedBytes(precision(id), m_selection.values[static_cast<size_t>(id)].whole());
        const size_t index = add(bytes, [&](size_t, size_t step) { return !dies || step <= last; });
        if (value != nullptr) fix(index, value->address);
        memory.inputStays.push_back(true);
        m_inputBuffers.push_back({index});
        noteUsers(id, {index});
    }
    void noteUsers(ir::ValueId id, const std::vector<size_t>& indexes) {
        for (size_t node = 0; node < m_count && m_places; ++node)
            if (uses(node, id)) m_users[node].insert(m_users[node].end(), indexes.begin(), indexes.end());
    }
    void keep(size_t output, size_t index) {
        m_keptBuffers[output] = index;
        if (m_places) m_buffers[index].outlives = true;
    }
    void fix(size_t index, uint32_t address) {
        if (!m_places) return;
        m_buffers[index].fixed = true;
        m_buffers[index].address = address;
    }
    bm1684x::Precision precision(ir::ValueId id) const { return m_selection.values[static_cast<size_t>(id)].precision; }
    bool uses(size_t node, ir::ValueId id) const {
        const auto& operands = m_graph.node(m_group.nodes[node]).operands;
        return std::find(operands.begin(), operands.end(), id) != operands.end();
    }
    template <class Alive> size_t add(int64_t bytes, const Alive& alive) {
        if (!m_places) {
            for (size_t at = 0; at < m_sums.size(); ++at)
                if (alive(at / m_count, at % m_count)) m_sums[at] += roundUp(bytes, kVectorBytes);
            return 0;
        }
        LocalBuffer buffer;
        buffer.bytes = bytes;
        for (size_t period = 0; period < m_periods; ++period)
            for (size_t step = 0; step < m_count; ++step)
                buffer.alive.push_back(alive(period, step));
        m_buffers.push_back(std::move(buffer));
        return m_buffers.size() - 1;
    }

    const ir::Graph& m_graph;
    const Selection& m_selection;
    const Group& m_group;
    const Tiling& m_tiling;
    size_t m_count, m_periods;
    bool m_places;
    std::vector<int64_t> m_sums; ///< bytes alive by step, when nothing is placed
    std::vector<LocalBuffer> m_buffers;
    std::vector<std::vector<size_t>> m_users; ///< buffers that a node's commands use
    std::vector<std::vector<size_t>> m_inputBuffers, m_resultBuffers, m_scratchBuffers;
    std::vector<size_t> m_constantBuffers;
    std::map<size_t, size_t> m_keptBuffers;                  ///< by Group::outputs
    std::map<ir::ValueId, const HeldValue*> m_held;
    std::map<ir::ValueId, size_t> m_inputOf, m_nodeOf, m_lastUse;
};

} // namespace

Result<std::optional<GroupMemory>> planMemory(const ir::Graph& graph, const Selection& selection, const Group& group,
                                              const Tiling& tiling, Constants& constants, int64_t laneBytes,
                                              Effort effort, bool fromTop, std::span<const HeldValue> held) {
    GroupMemory memory;
    for (size_t i = 0; i < group.nodes.size(); ++i) {
        int64_t width = 0, lanes = 0;
        // Pieces of channels have constants of their own; the widest one sets the place.
        const bm1684x::Part* previous = nullptr;
        for (const Slice& slice : tiling.slices) {
            if (previous != nullptr && previous->c == slice.results[i].c) continue;
            previous = &slice.results[i];
            WB_ASSIGN(const int64_t own, constants.width(group.nodes[i], slice.results[i]));
            width = std::max(width, own);
            lanes = std::max(lanes, selection.nodes[static_cast<size_t>(group.nodes[i])].local->constantLanes(slice.results[i]));
        }
        memory.constantOffsets.push_back(static_cast<uint32_t>(memory.constantWidth));
        if (width > 0 && (memory.blocks.empty() || memory.blocks.back().width >= kLongRow))
            memory.blocks.push_back({i, memory.constantWidth, 0, 0});
        if (width > 0) {
            memory.blocks.back().width += width;
            memory.blocks.back().lanes = std::max(memory.blocks.back().lanes, lanes);
        }
        memory.constantWidth += width;
    }
    Planner planner(graph, selection, group, tiling, effort == Effort::Place);
    planner.addHeld(held);
    planner.addConstants(memory.constantWidth, tiling.constantPieces > 1);
    planner.addInputs(memory);
    planner.addResults();
    planner.addScratch();
    if (effort == Effort::Estimate) {
        memory.bytes = planner.peak();
        if (memory.bytes > laneBytes) return std::optional<GroupMemory>();
        return std::optional(std::move(memory));
    }
    if (!planner.place(memory, laneBytes, fromTop)) return std::optional<GroupMemory>();
    return std::optional(std::move(memory));
}

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/groups/residency.h"

#include <algorithm>

namespace wb::codegen {
namespace {

/// Slices of a plane as large as this could not be named: channel strides of commands are 16 bits wide.
constexpr int64_t kMostPlane = 65535;

} // namespace

Residency::Residency(const ir::Graph& graph, const Selection& selection, const std::vector<ir::NodeId>& order,
                     int64_t laneBytes, bool enabled)
    : m_values(graph.values().size()), m_positions(graph.nodes().size(), -1) {
    std::vector<int64_t> moves; // positions of what may use all of local memory
    for (size_t i = 0; i < order.size(); ++i) {
        const auto at = static_cast<int64_t>(i);
        const Runs how = selection.nodes[static_cast<size_t>(order[i])].how;
        m_positions[static_cast<size_t>(order[i])] = at;
        if (how == Runs::Global) moves.push_back(at);
        for (const ir::ValueId id : graph.node(order[i]).operands) {
            if (id == ir::kNoValue) continue;
            Life& life = m_values[static_cast<size_t>(id)];
            life.lastUse = at;
            life.uses.push_back(at);
            life.readFromDdr = life.readFromDdr || how != Runs::Local;
        }
    }
    for (size_t i = 0; i < m_values.size(); ++i) {
        const auto id = static_cast<ir::ValueId>(i);
        Life& life = m_values[i];
        const ir::NodeId producer = graph.value(id).producer;
        const ValueInfo& info = selection.values[i];
        if (!enabled || producer == ir::kNoNode || info.constant || life.uses.empty() ||
            selection.nodes[static_cast<size_t>(producer)].how != Runs::Local)
            continue;
        life.readFromDdr = life.readFromDdr || graph.isOutput(id);
        life.bytes = bm1684x::alignedBytes(info.precision, info.whole());
        const int64_t made = m_positions[static_cast<size_t>(producer)];
        const auto move = std::upper_bound(moves.begin(), moves.end(), made);
        const bool moved = move != moves.end() && *move < life.lastUse;
        const bool readLocally = std::any_of(life.uses.begin(), life.uses.end(), [&](int64_t at) {
            return selection.nodes[static_cast<size_t>(order[static_cast<size_t>(at)])].how == Runs::Local;
        });
        life.stays = !moved && readLocally && life.bytes <= laneBytes / 2 &&
                     (info.shape[2] * info.shape[3] <= kMostPlane || info.shape[1] <= bm1684x::kLanes);
    }
}

int64_t Residency::nextUse(ir::ValueId id, int64_t position) const {
    const auto& uses = m_values[static_cast<size_t>(id)].uses;
    const auto next = std::lower_bound(uses.begin(), uses.end(), position);
    return next == uses.end() ? -1 : *next;
}

void Residency::mark(Group& group) const {
    group.held.clear();
    group.kept.clear();
    group.skipped.clear();
    for (const ir::ValueId id : group.inputs)
        group.held.push_back(mayStay(id));
    for (const ir::ValueId id : group.outputs) {
        group.kept.push_back(mayStay(id));
        group.skipped.push_back(mayStay(id) && !m_values[static_cast<size_t>(id)].readFromDdr);
    }
}

} // namespace wb::codegen

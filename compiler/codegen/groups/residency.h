// SPDX-License-Identifier: GPL-3.0-or-later
// Which values can stay whole in local memory from the group that makes them to the last one that reads them, so that
// they never go through DDR.
#pragma once

#include "compiler/codegen/tiling/tiling.h"

#include <vector>

namespace wb::codegen {

class Residency {
public:
    /// `order` as in runOrder. With `enabled` false nothing stays.
    Residency(const ir::Graph& graph, const Selection& selection, const std::vector<ir::NodeId>& order,
              int64_t laneBytes, bool enabled);

    bool mayStay(ir::ValueId id) const { return m_values[static_cast<size_t>(id)].stays; }
    /// There is no room for it after all.
    void giveUp(ir::ValueId id) { m_values[static_cast<size_t>(id)].stays = false; }
    int64_t bytes(ir::ValueId id) const { return m_values[static_cast<size_t>(id)].bytes; }
    /// The last node in the order that reads it; -1: none.
    int64_t lastUse(ir::ValueId id) const { return m_values[static_cast<size_t>(id)].lastUse; }
    /// The first one from `position` on.
    int64_t nextUse(ir::ValueId id, int64_t position) const;
    int64_t position(ir::NodeId id) const { return m_positions[static_cast<size_t>(id)]; }
    /// Sets what of the group's inputs and outputs does not go through DDR.
    void mark(Group& group) const;

private:
    struct Life {
        bool stays = false;
        bool readFromDdr = false;    ///< by something that is not in local memory
        int64_t bytes = 0;           ///< a lane
        int64_t lastUse = -1;
        std::vector<int64_t> uses;
    };
    std::vector<Life> m_values;       ///< by ValueId
    std::vector<int64_t> m_positions; ///< by NodeId, in the order; -1: does not run
};

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// Rough cycles of a tiled group, to choose between tilings and groupings. Not a simulation: closed forms for the
// convolution array and passes of the vector unit, bytes over bandwidth for transfers, two queues.
#pragma once

#include "compiler/codegen/tiling/tiling.h"

#include <array>
#include <map>

namespace wb::codegen {

class CostModel {
public:
    CostModel(const ir::Graph& graph, const Selection& selection);

    /// TIU cycles of one node's part.
    double compute(ir::NodeId node, const bm1684x::Part& result) const;
    /// GDMA cycles of a box between local memory and the tensor in DDR.
    double load(ir::ValueId value, const bm1684x::Part& part) const;
    double store(ir::ValueId value, const bm1684x::Part& part) const;
    /// TIU cycles of a copy to where a value stays.
    double copy(ir::ValueId value, const bm1684x::Part& part) const;
    /// From the first load to the last store, transfers of neighbouring slices beside the arithmetic.
    double group(const Group& group, const Tiling& tiling, const std::vector<bool>& inputStays,
                 int64_t constantBytes) const;

private:
    /// What a pass costs: fixed for a node.
    struct Work {
        int64_t pixelsPerCycle = 0;  ///< of the convolution array; 0: none
        double arrayPasses = 0;      ///< groups of input channels · taps
        int64_t bytes = 1;           ///< an element of the vector unit
        double vectorPasses = 0;
    };
    double transfer(ir::ValueId value, const bm1684x::Part& part, bool store) const;

    const Selection& m_selection;
    std::vector<Work> m_works;           ///< by NodeId
    std::vector<ir::ValueId> m_results;  ///< by NodeId
    /// Transfers are costed as commands (cycles/cost.h), by value, direction and extents: a search asks often.
    mutable std::map<std::array<int64_t, 6>, double> m_transfers;
};

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
// Constants of nodes as emitters pack them, kept so that trying a tiling does not pack weights again.
#pragma once

#include "compiler/codegen/tiling/tiling.h"

#include <map>
#include <tuple>

namespace wb::codegen {

class Constants {
public:
    explicit Constants(const Selection& selection) : m_selection(selection) {}
    /// Constants for the channels of `result`; valid as long as this object.
    Result<const ops::LaneImage*> of(ir::NodeId node, const bm1684x::Part& result);

private:
    const Selection& m_selection;
    std::map<std::tuple<ir::NodeId, int64_t, int64_t>, ops::LaneImage> m_images; ///< node, channels
};

} // namespace wb::codegen

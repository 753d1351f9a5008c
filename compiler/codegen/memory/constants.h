// SPDX-License-Identifier: GPL-3.0-or-later
// Constants of nodes as emitters pack them, and how much room they take, which is asked for often.
#pragma once

#include "compiler/codegen/tiling/tiling.h"

#include <map>
#include <tuple>

namespace wb::codegen {

class Constants {
public:
    explicit Constants(const Selection& selection) : m_selection(selection) {}
    /// Bytes a lane of the constants for the channels of `result`; nothing is packed for that.
    Result<int64_t> width(ir::NodeId node, const bm1684x::Part& result);
    /// These constants; valid until the next call.
    Result<const ops::LaneImage*> of(ir::NodeId node, const bm1684x::Part& result);

private:
    const Selection& m_selection;
    std::map<std::tuple<ir::NodeId, int64_t, int64_t>, int64_t> m_widths; ///< node, channels
    ops::LaneImage m_image;
};

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/memory/constants.h"

namespace wb::codegen {

Result<int64_t> Constants::width(ir::NodeId node, const bm1684x::Part& result) {
    const auto key = std::tuple(node, result.c.begin, result.c.end);
    if (const auto it = m_widths.find(key); it != m_widths.end()) return it->second;
    WB_ASSIGN(const int64_t width, m_selection.nodes[static_cast<size_t>(node)].local->constantWidth(result));
    m_widths.emplace(key, width);
    return width;
}

Result<const ops::LaneImage*> Constants::of(ir::NodeId node, const bm1684x::Part& result) {
    WB_ASSIGN(m_image, m_selection.nodes[static_cast<size_t>(node)].local->constants(result));
    WB_ASSIGN(const int64_t expected, width(node, result));
    if (m_image.width != expected || m_image.width % bm1684x::kVectorBytes != 0 ||
        m_image.bytes.size() != static_cast<size_t>(m_image.width * bm1684x::kLanes))
        return Error{.code = Code::Internal, .what = "constants of a layer have a wrong size"};
    return &m_image;
}

} // namespace wb::codegen

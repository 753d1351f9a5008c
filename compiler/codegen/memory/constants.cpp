// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/memory/constants.h"

namespace wb::codegen {

Result<const ops::LaneImage*> Constants::of(ir::NodeId node, const bm1684x::Part& result) {
    const auto key = std::tuple(node, result.c.begin, result.c.end);
    if (const auto it = m_images.find(key); it != m_images.end()) return &it->second;
    WB_ASSIGN(auto image, m_selection.nodes[static_cast<size_t>(node)].local->constants(result));
    if (image.width % bm1684x::kVectorBytes != 0 ||
        image.bytes.size() != static_cast<size_t>(image.width * bm1684x::kLanes))
        return Error{.code = Code::Internal, .what = "constants of a layer have a wrong size"};
    return &m_images.emplace(key, std::move(image)).first->second;
}

} // namespace wb::codegen

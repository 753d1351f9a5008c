// SPDX-License-Identifier: GPL-3.0-or-later
// Local addresses of everything that a tiled group holds. With several slices, what is loaded or stored has two
// places that take turns, so that transfers of neighbouring slices run beside the arithmetic.
#pragma once

#include "compiler/codegen/memory/constants.h"
#include "compiler/codegen/memory/local_allocator.h"
#include "compiler/codegen/tiling/tiling.h"

#include <array>
#include <optional>
#include <span>

namespace wb::codegen {

using Turns = std::array<uint32_t, 2>; ///< addresses of even and odd slices

/// Constants of neighbouring nodes that one transfer loads.
struct ConstantBlock {
    size_t node = 0;      ///< the first one, by Group::nodes
    int64_t offset = 0;   ///< in the merged image, bytes a lane; 64 times that in the step's coefficients
    int64_t width = 0;
    int64_t lanes = 0;    ///< that read it
};

struct GroupMemory {
    std::vector<Turns> inputs;                    ///< by Group::inputs
    std::vector<bool> inputStays;                 ///< the same part in all slices: loaded once
    std::vector<Turns> results;                   ///< by Group::nodes
    std::vector<std::vector<uint32_t>> scratch;   ///< by Group::nodes
    std::vector<uint32_t> kept;                   ///< by Group::outputs: where a kept one lies whole
    Turns constants{};                            ///< of the merged image; by piece of channels
    std::vector<uint32_t> constantOffsets;        ///< by Group::nodes, inside the merged image
    int64_t constantWidth = 0;                    ///< bytes a lane
    /// That are loaded for a piece of channels.
    int64_t constantBytes() const {
        int64_t sum = 0;
        for (const ConstantBlock& block : blocks) sum += block.width * block.lanes;
        return sum;
    }
    std::vector<ConstantBlock> blocks;
    int64_t bytes = 0;                            ///< from the lowest buffer to the end of the highest

    uint32_t input(size_t index, size_t slice) const { return inputs[index][inputStays[index] ? 0 : slice % 2]; }
};

/// A value that lies whole in local memory, made by an earlier group.
struct HeldValue {
    ir::ValueId value = ir::kNoValue;
    uint32_t address = 0;
    int64_t bytes = 0;
    bool dies = false;    ///< nothing after this group reads it
};

/// Estimate only adds up what is alive at a time, and gives no addresses.
enum class Effort : uint8_t { Estimate, Place };

/// Nothing if it does not fit beside what is `held`; an error if a node's constants cannot be packed. Neighbouring groups place from
/// opposite ends, so that one can be loaded while the other still works.
Result<std::optional<GroupMemory>> planMemory(const ir::Graph& graph, const Selection& selection, const Group& group,
                                              const Tiling& tiling, Constants& constants, int64_t laneBytes,
                                              Effort effort, bool fromTop = false,
                                              std::span<const HeldValue> held = {});

} // namespace wb::codegen

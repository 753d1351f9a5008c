// SPDX-License-Identifier: GPL-3.0-or-later
// How a graph is run: the steps in order, the slots (places in memory) that they read and write, and
// where these lie in one arena. Made once by buildPlan(); the executor only walks it.
//
// A slot is one value in one layout. Slots that share bytes (Reshape results, in-place results, operands
// computed inside a concatenation's result) have a parent; only roots are given memory.
#pragma once

#include "compiler/execute/executor.h"
#include "compiler/ops/kernel.h"

#include <memory>
#include <vector>

namespace wb::execute {

using SlotId = int;
inline constexpr SlotId kNoSlot = -1;

enum class Place : uint8_t { Arena, Constant, Input, Output };

struct Slot {
    ir::ValueId value = ir::kNoValue;
    ops::Layout layout = ops::Layout::Plain;
    size_t bytes = 0;
    Place place = Place::Arena;
    const std::byte* constant = nullptr; ///< Place::Constant
    int external = -1;                   ///< index of the network input or output it is bound to
    SlotId parent = kNoSlot;
    size_t parentOffset = 0;
    int firstStep = -1;                  ///< step that writes it; -1 for inputs and constants
    int lastStep = -1;                   ///< last step that reads it; a large number for outputs
    size_t arenaOffset = 0;              ///< roots in the arena
};

enum class StepKind : uint8_t {
    Kernel,
    Reorder, ///< inputs[0] into outputs[0] of another layout
    Alias,   ///< nothing to do, the result lies in the operand's bytes
};

struct Step {
    StepKind kind = StepKind::Kernel;
    ir::NodeId node = ir::kNoNode;     ///< the node computed; the last one where several are fused
    std::unique_ptr<ops::Kernel> kernel;
    std::vector<SlotId> inputs;        ///< kNoSlot for an absent operand
    std::vector<SlotId> outputs;
};

struct NetworkOutput {
    ir::ValueId value = ir::kNoValue;
    SlotId slot = kNoSlot;
    bool bound = false; ///< written straight into the result tensor; otherwise copied at the end
};

struct Plan {
    std::vector<Slot> slots;
    std::vector<Step> steps;
    std::vector<ir::ValueId> inputs;   ///< values of the top.Input nodes
    std::vector<SlotId> inputSlots;
    std::vector<NetworkOutput> outputs;
    size_t arenaBytes = 0;             ///< activations, and after them the scratch
    size_t scratchOffset = 0;
    size_t peakBytes = 0;              ///< arena and bound outputs

    struct Location {
        SlotId root;
        size_t offset;
    };
    Location locate(SlotId slot) const;
};

inline constexpr int kAlways = 1 << 30; ///< lastStep of what the caller gets

Result<Plan> buildPlan(const ir::Graph& graph, const Options& options, const JobContext& context);

/// Offsets for the arena's roots: no two whose lives overlap share a byte. Returns the bytes needed.
size_t placeRoots(std::vector<Slot>& slots);

// layout_choice.cpp ---------------------------------------------------------------------------------
/// Nodes computed in one pass.
struct Group {
    ir::NodeId node = ir::kNoNode;
    std::vector<ir::NodeId> absorbed;
    const ops::KernelDef* def = nullptr;
    ir::NodeId last() const { return absorbed.empty() ? node : absorbed.back(); }
    std::vector<ir::ValueId> operands; ///< the node's, then the absorbed ones' without the chain
    std::vector<ir::ValueId> results;  ///< of the last
    ops::Layout layout = ops::Layout::Plain;
};

/// Groups in execution order. OperatorNotLowered naming every op without a kernel.
Result<std::vector<Group>> groupNodes(const ir::Graph& graph, const Options& options);

/// Which layouts of a value exist so far.
using LayoutSet = uint8_t;
inline LayoutSet bit(ops::Layout layout) { return static_cast<LayoutSet>(1U << static_cast<unsigned>(layout)); }

/// The layout of the group's 4-D values (see KernelDef::layouts), given what exists.
ops::Layout chooseLayout(const ir::Graph& graph, const Group& group, const Options& options,
                         const std::vector<LayoutSet>& available);
/// The layout in which operand `index` of the group is read.
ops::Layout operandLayout(const ir::Graph& graph, const Group& group, size_t index,
                          const std::vector<LayoutSet>& available);
bool isConstant(const ir::Graph& graph, ir::ValueId value);

} // namespace wb::execute

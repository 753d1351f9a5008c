// SPDX-License-Identifier: GPL-3.0-or-later
// Builds a Plan: groups → slots and steps (with conversions between layouts where needed) → sharing of
// bytes → offsets. Sharing never lets a write reach bytes that are still to be read; tests check it by
// poisoning what is dead.
#include "compiler/execute/plan.h"
#include "compiler/ops/op_def.h"

#include <algorithm>

namespace wb::execute {

Plan::Location Plan::locate(SlotId slot) const {
    size_t offset = 0;
    while (slots[static_cast<size_t>(slot)].parent != kNoSlot) {
        offset += slots[static_cast<size_t>(slot)].parentOffset;
        slot = slots[static_cast<size_t>(slot)].parent;
    }
    return {slot, offset};
}

namespace {

constexpr size_t kLayouts = 4;

class Builder {
public:
    Builder(const ir::Graph& graph, const Options& options)
        : m_graph(graph)
        , m_options(options)
        , m_available(graph.values().size())
        , m_slotOf(graph.values().size() * kLayouts, kNoSlot) {}

    Result<Plan> build(const JobContext& context) {
        WB_TRY(checkShapes());
        WB_ASSIGN(std::vector<Group> groups, groupNodes(m_graph, m_options));
        WB_TRY(addFixed());
        for (const Group& group : groups) {
            WB_TRY(context.checkStop());
            WB_TRY(addGroup(group));
        }
        WB_TRY(addOutputs());
        shareBytes(groups);
        bindOutputs();
        finish();
        return std::move(m_plan);
    }

private:
    Slot& slot(SlotId id) { return m_plan.slots[static_cast<size_t>(id)]; }
    SlotId& slotOf(ir::ValueId value, ops::Layout layout) {
        return m_slotOf[static_cast<size_t>(value) * kLayouts + static_cast<size_t>(layout)];
    }
    int stepCount() const { return static_cast<int>(m_plan.steps.size()); }

    Result<SlotId> addSlot(ir::ValueId value, ops::Layout layout) {
        const ir::TensorType& type = m_graph.value(value).type;
        const auto count = ir::checkedElementCount(type.shape);
        if (!count || !type.ranked)
            return Error{Code::ShapeUnknown, "the shape of " + m_graph.value(value).name + " is not known"};
        Slot slot;
        slot.value = value;
        slot.layout = layout;
        slot.bytes = static_cast<size_t>(ops::storedElements(type, layout)) * ir::sizeInBytes(type.element);
        const auto id = static_cast<SlotId>(m_plan.slots.size());
        m_plan.slots.push_back(slot);
        slotOf(value, layout) = id;
        m_available[static_cast<size_t>(value)] |= bit(layout);
        return id;
    }

    /// Kernels trust shapes, so a graph whose types do not follow from its operators stops here.
    Status checkShapes() const {
        for (const ir::Node& node : m_graph.nodes()) {
            const std::string& name = node.results.empty() ? node.op : m_graph.value(node.results[0]).name;
            const ops::OpDef* def = ops::opTable().find(node.op);
            if (def == nullptr) continue;
            const auto count = static_cast<int>(node.operands.size());
            if (count < def->minOperands || (def->maxOperands >= 0 && count > def->maxOperands))
                return Error{Code::GraphInvalid, node.op + " has " + std::to_string(count) + " operands"}.atNode(name);
            if (def->infer == nullptr) continue;
            auto types = def->infer(m_graph, node);
            if (!types) {
                Error error = std::move(types).error();
                return error.node.empty() ? std::move(error).atNode(name) : error;
            }
            for (size_t i = 0; i < std::min(types->size(), node.results.size()); ++i) {
                const ir::TensorType& type = m_graph.value(node.results[i]).type;
                if (type.shape != (*types)[i].shape)
                    return Error{Code::GraphInvalid, "the shape is " + ir::toText(type.shape) + " where " +
                                                         node.op + " gives " + ir::toText((*types)[i].shape)}
                        .atNode(name);
            }
        }
        return {};
    }

    Status addFixed() {
        for (const ir::Node& node : m_graph.nodes()) {
            if (node.op == "top.Input") {
                WB_ASSIGN(const SlotId id, addSlot(node.results[0], ops::Layout::Plain));
                slot(id).place = Place::Input;
                slot(id).external = static_cast<int>(m_plan.inputs.size());
                m_plan.inputs.push_back(node.results[0]);
                m_plan.inputSlots.push_back(id);
            } else if (node.op == "top.Weight") {
                const ir::Tensor* data = m_graph.weight(node.results[0]);
                const ir::Value& value = m_graph.value(node.results[0]);
                WB_ASSIGN(const SlotId id, addSlot(node.results[0], ops::Layout::Plain));
                if (data == nullptr || data->byteSize() != slot(id).bytes)
                    return Error{Code::WeightMissing,
                                 data == nullptr ? "no data for the weight"
                                                 : "the weight holds " + std::to_string(data->byteSize()) +
                                                       " bytes instead of " + std::to_string(slot(id).bytes)}
                        .atNode(value.name);
                slot(id).place = Place::Constant;
                slot(id).constant = data->bytes();
            }
        }
        return {};
    }

    /// The slot of a value in a layout, converting it first if it does not exist in that layout yet.
    Result<SlotId> slotIn(ir::ValueId value, ops::Layout layout) {
        if (const SlotId id = slotOf(value, layout); id != kNoSlot) return id;
        SlotId from = kNoSlot;
        for (size_t i = 0; i < kLayouts && from == kNoSlot; ++i)
            from = slotOf(value, static_cast<ops::Layout>(i));
        if (from == kNoSlot)
            return Error{Code::GraphInvalid, "the value is used before it is computed"}.atNode(
                m_graph.value(value).name);
        WB_ASSIGN(const SlotId to, addSlot(value, layout));
        Step step;
        step.kind = StepKind::Reorder;
        step.node = m_graph.value(value).producer;
        step.inputs = {from};
        step.outputs = {to};
        addStep(std::move(step));
        return to;
    }

    void addStep(Step step) {
        const int index = stepCount();
        for (SlotId id : step.inputs)
            if (id != kNoSlot) slot(id).lastStep = std::max(slot(id).lastStep, index);
        for (SlotId id : step.outputs)
            slot(id).firstStep = slot(id).lastStep = index;
        m_plan.steps.push_back(std::move(step));
    }

    Status addGroup(Group group) {
        const ir::Node& node = m_graph.node(group.node);
        const std::string& name = m_graph.value(group.results.empty() ? 0 : group.results[0]).name;
        group.layout = chooseLayout(m_graph, group, m_options, m_available);
        ops::PrepareContext prepare;
        prepare.graph = &m_graph;
        prepare.node = &node;
        prepare.scalar = m_options.scalar;
        for (ir::NodeId id : group.absorbed)
            prepare.absorbed.push_back(&m_graph.node(id));
        Step step;
        step.node = group.last();
        for (size_t i = 0; i < group.operands.size(); ++i) {
            if (group.operands[i] == ir::kNoValue) {
                step.inputs.push_back(kNoSlot);
                prepare.inputLayouts.push_back(ops::Layout::Plain);
                continue;
            }
            const ops::Layout layout = operandLayout(m_graph, group, i, m_available);
            auto id = slotIn(group.operands[i], layout);
            if (!id) return std::move(id).error();
            step.inputs.push_back(*id);
            prepare.inputLayouts.push_back(layout);
        }
        for (ir::ValueId value : group.results) {
            const bool picture = m_graph.value(value).type.shape.size() == 4;
            const ops::Layout layout = picture ? group.layout : ops::Layout::Plain;
            WB_ASSIGN(const SlotId id, addSlot(value, layout));
            step.outputs.push_back(id);
            prepare.outputLayouts.push_back(layout);
        }
        const bool alias = group.def->alias && step.inputs[0] != kNoSlot &&
                           slot(step.inputs[0]).layout == ops::Layout::Plain &&
                           slot(step.inputs[0]).bytes == slot(step.outputs[0]).bytes;
        if (alias) {
            step.kind = StepKind::Alias;
        } else {
            auto kernel = group.def->prepare(prepare);
            if (!kernel) {
                Error error = std::move(kernel).error();
                return error.node.empty() ? std::move(error).atNode(name) : error;
            }
            step.kernel = std::move(*kernel);
        }
        m_groupStep.push_back(stepCount());
        addStep(std::move(step));
        // Outputs are converted while they are warm, and so that the blocked form can be dropped.
        for (ir::ValueId value : group.results)
            if (m_graph.isOutput(value)) {
                auto id = slotIn(value, ops::Layout::Plain);
                if (!id) return std::move(id).error();
            }
        return {};
    }

    Status addOutputs() {
        for (ir::ValueId value : m_graph.outputs) {
            WB_ASSIGN(const SlotId id, slotIn(value, ops::Layout::Plain));
            slot(id).lastStep = kAlways;
            m_plan.outputs.push_back({value, id, false});
        }
        return {};
    }

    /// True if, apart from `self`, nothing in the root's bytes is read after `step`.
    bool othersDead(SlotId self, int step) {
        const SlotId root = m_plan.locate(self).root;
        for (SlotId id = 0; id < static_cast<SlotId>(m_plan.slots.size()); ++id) {
            if (id == self || slot(id).lastStep <= step) continue;
            if (slot(id).firstStep > step) continue; // shares later on, decided with this in view
            if (m_plan.locate(id).root == root) return false;
        }
        return true;
    }

    void shareBytes(const std::vector<Group>& groups) {
        for (size_t g = 0; g < groups.size(); ++g) {
            const int index = m_groupStep[g];
            const Step& step = m_plan.steps[static_cast<size_t>(index)];
            if (step.outputs.empty() || step.inputs.empty() || step.inputs[0] == kNoSlot) continue;
            const SlotId out = step.outputs[0];
            const SlotId in = step.inputs[0];
            if (step.kind == StepKind::Alias) {
                slot(out).parent = in;
            } else if (groups[g].def->inPlace && slot(in).bytes == slot(out).bytes &&
                       slot(in).layout == slot(out).layout && slot(in).lastStep == index &&
                       std::count(step.inputs.begin(), step.inputs.end(), in) == 1 &&
                       slot(m_plan.locate(in).root).place == Place::Arena && othersDead(in, index)) {
                slot(out).parent = in;
            } else if (groups[g].def->placement != nullptr) {
                placeOperands(groups[g], step);
            }
        }
    }

    void placeOperands(const Group& group, const Step& step) {
        const SlotId out = step.outputs[0];
        const std::vector<int64_t> offsets =
            group.def->placement(m_graph, m_graph.node(group.node), slot(out).layout);
        for (size_t i = 0; i < std::min(offsets.size(), step.inputs.size()); ++i) {
            if (offsets[i] < 0 || step.inputs[i] == kNoSlot) continue;
            const SlotId in = step.inputs[i];
            const auto [root, offset] = m_plan.locate(in);
            Slot& target = slot(root);
            if (root == m_plan.locate(out).root || target.place != Place::Arena || offset != 0 ||
                target.bytes != slot(in).bytes || slot(in).layout != slot(out).layout ||
                static_cast<size_t>(offsets[i]) + target.bytes > slot(out).bytes)
                continue;
            target.parent = out;
            target.parentOffset = static_cast<size_t>(offsets[i]);
        }
    }

    /// Outputs that have bytes of their own are written into the caller's tensor at once.
    void bindOutputs() {
        for (size_t i = 0; i < m_plan.outputs.size(); ++i) {
            NetworkOutput& output = m_plan.outputs[i];
            const auto [root, offset] = m_plan.locate(output.slot);
            if (slot(root).place != Place::Arena || offset != 0 ||
                slot(root).bytes != slot(output.slot).bytes)
                continue;
            slot(root).place = Place::Output;
            slot(root).external = static_cast<int>(i);
            output.bound = true;
        }
    }

    void finish() {
        m_plan.scratchOffset = placeRoots(m_plan.slots);
        size_t scratch = 0;
        for (const Step& step : m_plan.steps)
            if (step.kernel != nullptr) scratch = std::max(scratch, step.kernel->scratchBytes());
        m_plan.arenaBytes = m_plan.scratchOffset + scratch;
        m_plan.peakBytes = m_plan.arenaBytes;
        for (const NetworkOutput& output : m_plan.outputs)
            if (output.bound) m_plan.peakBytes += slot(output.slot).bytes;
    }

    const ir::Graph& m_graph;
    Options m_options;
    Plan m_plan;
    std::vector<LayoutSet> m_available;
    std::vector<SlotId> m_slotOf;
    std::vector<int> m_groupStep;
};

} // namespace

Result<Plan> buildPlan(const ir::Graph& graph, const Options& options, const JobContext& context) {
    return Builder(graph, options).build(context);
}

} // namespace wb::execute

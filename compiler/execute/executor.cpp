// SPDX-License-Identifier: GPL-3.0-or-later
// Walks a Plan. Holds the arena and recycles the memory of result tensors that callers have let go, so
// that a steady run allocates nothing.
#include "compiler/execute/plan.h"
#include "compiler/execute/recycler.h"
#include "compiler/execute/reorder.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace wb::execute {
namespace {

class PlannedExecutor : public Executor {
public:
    PlannedExecutor(std::shared_ptr<const ir::Graph> graph, const Options& options,
                    std::shared_ptr<const Plan> plan)
        : m_graph(std::move(graph))
        , m_options(options)
        , m_shared(std::move(plan))
        , m_plan(*m_shared)
        , m_recycler(std::make_shared<Recycler>()) {}

    Status prepare() {
        m_arena.reset(allocateAligned(m_plan.arenaBytes));
        if (m_arena == nullptr)
            return Error{Code::OutOfMemory,
                         "no memory for activations of " + std::to_string(m_plan.arenaBytes) + " bytes"};
        for (const Step& step : m_plan.steps) {
            Operands operands;
            for (SlotId id : step.inputs)
                operands.inputs.push_back(bufferFor(id));
            for (SlotId id : step.outputs)
                operands.outputs.push_back(bufferFor(id));
            m_operands.push_back(std::move(operands));
        }
        return {};
    }

    Result<TensorMap> run(const TensorMap& inputs, const JobContext& context,
                          const Observer& observer) override {
        std::lock_guard lock(m_mutex);
        if (observer && !m_options.observable)
            return Error{Code::Internal, "the executor was not made to be observed"};
        std::vector<const std::byte*> given;
        WB_TRY(findInputs(inputs, given));
        std::vector<ir::Tensor> results;
        WB_TRY(makeOutputs(results));
        bind(given, results);
        WB_TRY(runSteps(0, m_plan.steps.size(), context, [&](const Step& step, double timeUs) -> Status {
            return observer ? observe(step, timeUs, observer, context) : Status{};
        }, observer ? &inputs : nullptr, observer));
        TensorMap named;
        for (size_t i = 0; i < results.size(); ++i) {
            const NetworkOutput& output = m_plan.outputs[i];
            if (!output.bound) {
                const ops::Buffer from = bufferFor(output.slot);
                std::memcpy(m_outputData[i], from.data, slot(output.slot).bytes);
            }
            named.insert_or_assign(m_graph->value(output.value).name, results[i]);
        }
        return named;
    }

    Result<TensorMap> runRange(ir::NodeId first, ir::NodeId last, const TensorMap& live,
                               const JobContext& context) override {
        std::unique_lock lock(m_mutex);
        if (!m_options.observable && !m_options.scalar) { // fused steps have no single nodes
            if (m_twin == nullptr) {
                Options options = m_options;
                options.observable = true;
                WB_ASSIGN(m_twin, create(m_graph, options, context));
            }
            lock.unlock();
            return m_twin->runRange(first, last, live, context);
        }
        std::vector<ir::Tensor> results;
        WB_TRY(makeOutputs(results));
        bind(std::vector<const std::byte*>(m_plan.inputs.size(), nullptr), results);
        const std::vector<bool> chosen = stepsFor(first, last);
        auto inside = [&](const Step& step) { return chosen[static_cast<size_t>(&step - m_plan.steps.data())]; };

        // Values that the range reads and does not compute: written where a whole run would have left them.
        for (size_t i = 0; i < m_plan.steps.size(); ++i) {
            if (!chosen[i]) continue;
            for (const SlotId id : m_plan.steps[i].inputs) {
                if (id == kNoSlot || slot(id).place == Place::Constant) continue;
                if (slot(id).firstStep >= 0 && chosen[static_cast<size_t>(slot(id).firstStep)]) continue;
                WB_TRY(loadLive(id, m_graph->value(slot(id).value), live, context));
            }
        }
        TensorMap named;
        WB_TRY(runSteps(0, m_plan.steps.size(), context, [&](const Step& step, double) -> Status {
            for (const SlotId id : step.outputs) {
                if (step.kind == StepKind::Reorder) continue;
                WB_ASSIGN(ir::Tensor copy, plainCopy(id, context));
                named.insert_or_assign(m_graph->value(slot(id).value).name, std::move(copy));
            }
            return {};
        }, nullptr, {}, inside));
        return named;
    }

    Result<std::unique_ptr<Executor>> sibling() const override {
        auto executor = std::make_unique<PlannedExecutor>(m_graph, m_options, m_shared);
        WB_TRY(executor->prepare());
        return std::unique_ptr<Executor>(std::move(executor));
    }

    const ir::Graph& graph() const override { return *m_graph; }
    size_t peakBytes() const override { return m_plan.peakBytes; }

private:
    struct Operands {
        std::vector<ops::Buffer> inputs, outputs;
    };
    struct Free {
        void operator()(std::byte* p) const { std::free(p); }
    };

    const Slot& slot(SlotId id) const { return m_plan.slots[static_cast<size_t>(id)]; }

    ops::Buffer bufferFor(SlotId id) const {
        ops::Buffer buffer;
        if (id == kNoSlot) return buffer;
        buffer.type = &m_graph->value(slot(id).value).type;
        buffer.layout = slot(id).layout;
        const auto [rootId, offset] = m_plan.locate(id);
        const Slot& root = slot(rootId);
        std::byte* base = nullptr;
        switch (root.place) {
        case Place::Arena: base = m_arena.get() + root.arenaOffset; break;
        case Place::Constant: base = const_cast<std::byte*>(root.constant); break; // kernels only read it
        case Place::Input:
            base = m_inputData.empty() ? nullptr : m_inputData[static_cast<size_t>(root.external)];
            break;
        case Place::Output:
            base = m_outputData.empty() ? nullptr : m_outputData[static_cast<size_t>(root.external)];
            break;
        }
        buffer.data = base == nullptr ? nullptr : base + offset;
        return buffer;
    }

    /// The steps of nodes [first, last), and the conversions among them that they need. A conversion that
    /// a whole run does before the range is left out: its result is loaded instead.
    std::vector<bool> stepsFor(ir::NodeId first, ir::NodeId last) const {
        std::vector<bool> chosen(m_plan.steps.size());
        size_t start = chosen.size();
        std::vector<bool> needed(m_plan.slots.size());
        for (size_t i = 0; i < chosen.size(); ++i) {
            const Step& step = m_plan.steps[i];
            chosen[i] = step.kind != StepKind::Reorder && step.node >= first && step.node < last;
            if (!chosen[i]) continue;
            start = std::min(start, i);
            for (const SlotId id : step.inputs)
                if (id != kNoSlot) needed[static_cast<size_t>(id)] = true;
        }
        for (size_t i = start; i < chosen.size(); ++i)
            if (m_plan.steps[i].kind == StepKind::Reorder)
                chosen[i] = needed[static_cast<size_t>(m_plan.steps[i].outputs[0])];
        return chosen;
    }

    static Error notGiven(const std::string& input, const TensorMap& inputs) {
        Error error{Code::InputNameUnknown, "the input " + input + " is not given"};
        for (const auto& [name, tensor] : inputs) error.remedies.push_back("given is " + name + " " + ir::toText(tensor.shape()));
        return error;
    }

    Status findInputs(const TensorMap& inputs, std::vector<const std::byte*>& given) {
        m_converted.clear();
        for (ir::ValueId id : m_plan.inputs) {
            const ir::Value& value = m_graph->value(id);
            auto it = inputs.find(value.name);
            if (it == inputs.end() && m_plan.inputs.size() == 1 && inputs.size() == 1) it = inputs.begin();
            if (it == inputs.end()) return notGiven(value.name, inputs);
            const ir::Tensor& tensor = it->second;
            if (tensor.shape() == value.type.shape && tensor.type() == ir::ElementType::F32)
                if (auto stored = toCodes(tensor, value.type)) {
                    m_converted.push_back(std::move(*stored));
                    given.push_back(m_converted.back().bytes());
                    continue;
                }
            if (tensor.shape() != value.type.shape || tensor.type() != value.type.element)
                return Error{Code::InputShapeWrong, "the input " + value.name + " takes " + ir::toText(value.type.shape) + " " +
                                                        ir::spelling(value.type.element) + ", given is " +
                                                        ir::toText(tensor.shape()) + " " + ir::spelling(tensor.type())};
            given.push_back(tensor.bytes());
        }
        return {};
    }

    Status makeOutputs(std::vector<ir::Tensor>& results) {
        for (const NetworkOutput& output : m_plan.outputs) {
            const ir::TensorType& type = m_graph->value(output.value).type;
            std::shared_ptr<std::byte> memory = m_recycler->take(slot(output.slot).bytes);
            if (memory == nullptr) return Error{Code::OutOfMemory, "no memory for the outputs"};
            results.emplace_back(type.element, type.shape, std::move(memory));
        }
        return {};
    }

    void bind(const std::vector<const std::byte*>& given, std::vector<ir::Tensor>& results) {
        m_inputData.clear();
        for (const std::byte* data : given)
            m_inputData.push_back(const_cast<std::byte*>(data)); // kernels only read it
        m_outputData.clear();
        for (ir::Tensor& tensor : results)
            m_outputData.push_back(tensor.mutableBytes());
        for (size_t i = 0; i < m_plan.steps.size(); ++i) {
            const Step& step = m_plan.steps[i];
            for (size_t k = 0; k < step.inputs.size(); ++k)
                if (step.inputs[k] != kNoSlot && isExternal(step.inputs[k]))
                    m_operands[i].inputs[k] = bufferFor(step.inputs[k]);
            for (size_t k = 0; k < step.outputs.size(); ++k)
                if (isExternal(step.outputs[k])) m_operands[i].outputs[k] = bufferFor(step.outputs[k]);
        }
    }
    bool isExternal(SlotId id) const {
        const Place place = slot(m_plan.locate(id).root).place;
        return place == Place::Input || place == Place::Output;
    }

    template <class After, class Filter>
    Status runSteps(size_t begin, size_t end, const JobContext& context, After&& after,
                    const TensorMap* announceInputs, const Observer& observer, Filter&& filter) {
        if (announceInputs != nullptr) WB_TRY(observeInputs(observer));
        ops::RunContext run;
        run.threads = context.threads();
        run.job = &context;
        run.scratch = m_arena.get() + m_plan.scratchOffset;
        const kernels::Work work{run.threads, run.job};
        for (size_t i = begin; i < end; ++i) {
            const Step& step = m_plan.steps[i];
            if (!filter(step)) continue;
            WB_TRY(context.checkStop());
            const auto start = std::chrono::steady_clock::now();
            const Operands& operands = m_operands[i];
            if (step.kind == StepKind::Kernel)
                step.kernel->run(operands.inputs, operands.outputs, run);
            else if (step.kind == StepKind::Reorder)
                reorder(operands.inputs[0], operands.outputs[0], work);
            const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - start;
            WB_TRY(context.checkStop()); // a kernel that was stopped left its result unfinished
            WB_TRY(after(step, time.count()));
        }
        return {};
    }
    template <class After>
    Status runSteps(size_t begin, size_t end, const JobContext& context, After&& after,
                    const TensorMap* announceInputs, const Observer& observer) {
        return runSteps(begin, end, context, after, announceInputs, observer,
                        [](const Step&) { return true; });
    }

    /// A tensor that looks at memory of ours for the length of a call.
    static ir::Tensor viewOf(const ops::Buffer& buffer) {
        return {buffer.type->element, buffer.type->shape,
                std::shared_ptr<std::byte>(std::shared_ptr<void>(), buffer.data)};
    }

    Status observeInputs(const Observer& observer) {
        for (size_t i = 0; i < m_plan.inputs.size(); ++i) {
            const ir::Tensor view = viewOf(bufferFor(m_plan.inputSlots[i]));
            WB_TRY(observer(m_graph->value(m_plan.inputs[i]).producer, {&view, 1}, 0.0));
        }
        return {};
    }

    Status observe(const Step& step, double timeUs, const Observer& observer, const JobContext& context) {
        if (step.kind == StepKind::Reorder) return {};
        std::vector<ir::Tensor> views;
        for (const SlotId id : step.outputs) {
            const ops::Buffer buffer = bufferFor(id);
            if (buffer.layout == ops::Layout::Plain) {
                views.push_back(viewOf(buffer));
                continue;
            }
            WB_ASSIGN(ir::Tensor copy, plainCopy(id, context));
            views.push_back(std::move(copy));
        }
        return observer(step.node, views, timeUs);
    }

    Result<ir::Tensor> plainCopy(SlotId id, const JobContext& context) {
        const ops::Buffer from = bufferFor(id);
        const size_t bytes =
            static_cast<size_t>(from.type->elementCount()) * ir::sizeInBytes(from.type->element);
        std::shared_ptr<std::byte> memory = m_recycler->take(bytes);
        if (memory == nullptr) return Error{Code::OutOfMemory, "no memory to observe a layer"};
        ops::Buffer to = from;
        to.layout = ops::Layout::Plain;
        to.data = memory.get();
        if (from.layout == ops::Layout::Plain)
            std::memcpy(to.data, from.data, bytes);
        else
            reorder(from, to, {context.threads(), nullptr});
        return ir::Tensor(from.type->element, from.type->shape, std::move(memory));
    }

    Status loadLive(SlotId id, const ir::Value& value, const TensorMap& live, const JobContext& context) {
        const auto it = live.find(value.name);
        if (it == live.end())
            return Error{Code::InputNameUnknown, "the value " + value.name + " is needed and not given"};
        const ir::Tensor& tensor = it->second;
        if (tensor.shape() != value.type.shape || tensor.type() != value.type.element)
            return Error{Code::InputShapeWrong, "the value " + value.name + " takes " +
                                                    ir::toText(value.type.shape) + ", given is " +
                                                    ir::toText(tensor.shape())};
        const SlotId rootId = m_plan.locate(id).root;
        if (slot(rootId).place == Place::Input) { // as in a run: read where it lies
            m_inputData[static_cast<size_t>(slot(rootId).external)] = const_cast<std::byte*>(tensor.bytes());
            rebind(rootId);
            return {};
        }
        ops::Buffer from;
        from.type = &value.type;
        from.data = const_cast<std::byte*>(tensor.bytes());
        const ops::Buffer to = bufferFor(id);
        if (to.layout == ops::Layout::Plain)
            std::memcpy(to.data, from.data, tensor.byteSize());
        else
            reorder(from, to, {context.threads(), nullptr});
        return {};
    }

    void rebind(SlotId root) {
        for (size_t i = 0; i < m_plan.steps.size(); ++i) {
            const Step& step = m_plan.steps[i];
            for (size_t k = 0; k < step.inputs.size(); ++k)
                if (step.inputs[k] != kNoSlot && m_plan.locate(step.inputs[k]).root == root)
                    m_operands[i].inputs[k] = bufferFor(step.inputs[k]);
            for (size_t k = 0; k < step.outputs.size(); ++k)
                if (m_plan.locate(step.outputs[k]).root == root)
                    m_operands[i].outputs[k] = bufferFor(step.outputs[k]);
        }
    }

    std::shared_ptr<const ir::Graph> m_graph;
    Options m_options;
    std::shared_ptr<const Plan> m_shared;   ///< with all siblings
    const Plan& m_plan;
    std::shared_ptr<Recycler> m_recycler;
    std::unique_ptr<std::byte, Free> m_arena;
    std::vector<Operands> m_operands;       ///< beside m_plan.steps
    std::vector<std::byte*> m_inputData, m_outputData;
    std::vector<ir::Tensor> m_converted; ///< codes of inputs that were given as numbers
    std::unique_ptr<Executor> m_twin;       ///< unfused, made when runRange first needs it
    std::mutex m_mutex;                     ///< one run at a time
};

} // namespace

Result<std::unique_ptr<Executor>> Executor::create(std::shared_ptr<const ir::Graph> graph,
                                                   const Options& options, const JobContext& context) {
    if (graph == nullptr) return Error{Code::Internal, "no graph to run"};
    WB_ASSIGN(Plan plan, buildPlan(*graph, options, context));
    auto executor = std::make_unique<PlannedExecutor>(std::move(graph), options,
                                                      std::make_shared<const Plan>(std::move(plan)));
    WB_TRY(executor->prepare());
    return std::unique_ptr<Executor>(std::move(executor));
}

} // namespace wb::execute

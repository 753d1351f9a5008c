// SPDX-License-Identifier: GPL-3.0-or-later
// Operators that libtorch itself makes of others. One that the importer has no rule for is run on tensors without numbers
// while a kernel in front of all others sees what it asks of the dispatcher; what it asked is walked in its place.
#include "compiler/import/torchscript/plugin/walker.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/operator.h>
#include <torch/library.h>

#include <algorithm>

namespace wb::torchscript {
namespace {

namespace jit = torch::jit;

/// The first key that the dispatcher looks at. It is meant for programs that have their process to themselves.
constexpr auto kFirst = c10::DispatchKey::TESTING_ONLY_GenericMode;
/// More steps than this are a computation, not an operator.
constexpr size_t kMostSteps = 4096;

std::string plainKind(const c10::FunctionSchema& schema) {
    std::string kind = schema.name();
    const bool changes = !schema.arguments().empty() && schema.arguments()[0].alias_info() != nullptr && schema.arguments()[0].alias_info()->isWrite();
    if (changes && kind.ends_with('_') && !kind.ends_with("__")) kind.pop_back();
    return kind;
}

/// What was asked, as nodes of a graph of its own.
class Asked {
public:
    explicit Asked(const std::set<std::string>& known) : m_known(known) {}

    jit::Graph& graph() { return *m_graph; }
    std::shared_ptr<jit::Graph> taken() { return m_graph; }
    bool failed() const { return m_failed; }

    /// A stand-in for a tensor from outside, as an input of the graph.
    at::Tensor standIn(const at::Tensor& like, bool runtime, jit::Value*& value) {
        const at::Tensor own = at::empty_strided(like.sizes(), like.strides(), like.options().device(at::kMeta));
        value = m_graph->addInput();
        keep(own, value, runtime);
        return own;
    }
    jit::Value* valueOf(const at::Tensor& tensor) const {
        const auto it = m_values.find(tensor.unsafeGetTensorImpl());
        return it == m_values.end() ? nullptr : it->second.value;
    }

    void ask(const c10::OperatorHandle& op, c10::DispatchKeySet keys, jit::Stack* stack) {
        const c10::FunctionSchema& schema = op.schema();
        const auto tensorLike = [](const c10::Argument& a) {
            return a.type()->isSubtypeOf(*c10::TensorType::get()) || a.type()->isSubtypeOf(*c10::ListType::ofTensors());
        };
        const bool tensors = !schema.returns().empty() && std::all_of(schema.returns().begin(), schema.returns().end(), tensorLike);
        const bool made = op.hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd) ||
                          op.hasKernelForDispatchKey(c10::DispatchKey::CompositeExplicitAutograd);
        const bool takes = std::any_of(schema.arguments().begin(), schema.arguments().end(), tensorLike);
        if (m_failed || !tensors || (made && takes && !m_known.contains(plainKind(schema)))) {
            op.redispatchBoxed(keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kFirst), stack);
            return;
        }
        const size_t count = schema.arguments().size();
        const jit::Stack arguments(stack->end() - static_cast<std::ptrdiff_t>(count), stack->end());
        compute(op, stack, arguments);
        const size_t results = schema.returns().size();
        note(schema, arguments, {stack->end() - static_cast<std::ptrdiff_t>(results), stack->end()});
    }

private:
    struct Held {
        jit::Value* value = nullptr;
        bool runtime = false;
    };

    /// Operators without a shape rule are computed, from zeros.
    static void compute(const c10::OperatorHandle& op, jit::Stack* stack, const jit::Stack& arguments) {
        const c10::impl::ExcludeDispatchKeyGuard once(kFirst);
        const size_t below = stack->size() - arguments.size();
        try {
            return op.callBoxed(stack);
        } catch (const c10::Error&) {
            if (plainKind(op.schema()) != op.schema().name() || dependsOnNumbers(op.schema().name())) throw;
        }
        stack->resize(below);
        for (c10::IValue value : arguments) {
            changeTensors(value, toZeros);
            stack->push_back(std::move(value));
        }
        op.callBoxed(stack);
        for (size_t i = below; i < stack->size(); ++i)
            changeTensors((*stack)[i], toMeta);
    }

    void keep(const at::Tensor& tensor, jit::Value* value, bool runtime) {
        m_values[tensor.unsafeGetTensorImpl()] = {value, runtime};
        m_alive.push_back(tensor); // its address is its name
    }

    jit::Value* tensorArgument(const at::Tensor& tensor, bool& runtime) {
        if (!tensor.defined()) return m_graph->insertConstant(c10::IValue());
        const auto it = m_values.find(tensor.unsafeGetTensorImpl());
        if (it != m_values.end()) {
            runtime = runtime || it->second.runtime;
            return it->second.value;
        }
        if (tensor.is_meta()) { // made behind the dispatcher's back
            m_failed = true;
            return m_graph->insertConstant(c10::IValue());
        }
        jit::Value* value = m_graph->insertConstant(tensor);
        keep(tensor, value, false);
        return value;
    }

    jit::Value* argument(const c10::IValue& given, const c10::TypePtr& type, bool& runtime) {
        if (given.isTensor()) return tensorArgument(given.toTensor(), runtime);
        const auto optional = type->cast<c10::OptionalType>();
        const auto list = (optional ? optional->getElementType() : type)->cast<c10::ListType>();
        const bool ofTensors = list && (list->getElementType()->isSubtypeOf(*c10::TensorType::get()) ||
                                        list->getElementType()->isSubtypeOf(*c10::OptionalType::ofTensor()));
        if (given.isList() && ofTensors) {
            std::vector<jit::Value*> parts;
            for (const c10::IValue& part : given.toListRef())
                parts.push_back(part.isTensor() ? tensorArgument(part.toTensor(), runtime) : m_graph->insertConstant(part));
            return m_graph->insertNode(m_graph->createList(list->getElementType(), parts))->output();
        }
        // The stand-ins' device is not the network's.
        if (given.isDevice() && given.toDevice().is_meta()) return m_graph->insertConstant(c10::Device(c10::kCPU));
        return m_graph->insertConstant(given);
    }

    void note(const c10::FunctionSchema& schema, const jit::Stack& arguments, const std::vector<c10::IValue>& results) {
        if (++m_steps > kMostSteps || schema.overload_name().find("out") != std::string::npos) m_failed = true;
        std::vector<jit::Value*> inputs;
        bool runtime = false;
        for (size_t i = 0; i < arguments.size() && !m_failed; ++i)
            inputs.push_back(argument(arguments[i], schema.arguments()[i].type(), runtime));
        // Constants are computed by whichever operator, the rest needs rules.
        const std::string kind = plainKind(schema);
        if (runtime && !m_known.contains(kind) && !isFilled(kind)) m_failed = true;
        if (m_failed) return;
        const bool changes = kind != schema.name();
        jit::Node* node = m_graph->insertNode(m_graph->create(c10::Symbol::fromQualString(schema.name()), inputs, results.size()));
        for (size_t i = 0; i < results.size(); ++i) {
            jit::Value* value = node->output(i);
            if (results[i].isTensor()) {
                const at::Tensor& tensor = results[i].toTensor();
                if (!tensor.defined()) continue;
                if (changes && m_values.contains(tensor.unsafeGetTensorImpl())) m_values[tensor.unsafeGetTensorImpl()].runtime |= runtime;
                else keep(tensor, value, runtime && !isFilled(kind));
                continue;
            }
            value->setType(c10::ListType::ofTensors());
            const auto parts = results[i].toTensorVector();
            jit::Node* unpack = m_graph->insertNode(m_graph->createListUnpack(value, parts.size()));
            for (size_t k = 0; k < parts.size(); ++k)
                if (parts[k].defined()) keep(parts[k], unpack->output(k), runtime);
        }
    }

    const std::set<std::string>& m_known;
    std::shared_ptr<jit::Graph> m_graph = std::make_shared<jit::Graph>();
    std::unordered_map<const void*, Held> m_values;
    std::vector<at::Tensor> m_alive;
    size_t m_steps = 0;
    bool m_failed = false;
};

thread_local Asked* t_asked = nullptr;

void seen(const c10::OperatorHandle& op, c10::DispatchKeySet keys, jit::Stack* stack) {
    if (t_asked != nullptr) return t_asked->ask(op, keys, stack);
    op.redispatchBoxed(keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kFirst), stack);
}

/// The item with stand-ins of its own for all tensors in it.
Item withStandIns(const Item& item, Asked& asked, const std::function<void(jit::Value*, const Item&)>& bind) {
    if (item.isMany()) {
        std::vector<Item> parts;
        for (const Item& part : *item.parts)
            parts.push_back(withStandIns(part, asked, bind));
        Item many = Item::many(std::move(parts));
        many.keys = item.keys;
        return many;
    }
    const at::Tensor tensor = item.isRuntime() ? item.meta : item.constant.isTensor() ? item.constant.toTensor() : at::Tensor();
    if (!tensor.defined()) return item;
    jit::Value* value = nullptr;
    Item own = Item::runtime(item.name, asked.standIn(tensor, item.isRuntime(), value));
    bind(value, item);
    return own;
}

} // namespace

bool Walker::inParts(const Node* node, const std::string& kind) {
    if (m_known.contains(kind) || !kind.starts_with("aten::") || node->maybeSchema() == nullptr || !node->blocks().empty() || node->outputs().empty()) return false;
    if (m_known.contains(plainKind(node->schema()))) return false;
    const auto inputs = node->inputs();
    if (!std::all_of(inputs.begin(), inputs.end(), [&](const jit::Value* v) { return item(v).isKnown(); })) return false;
    Asked asked(m_known);
    std::vector<std::pair<const jit::Value*, Item>> bound;
    jit::Stack stack;
    for (const jit::Value* input : inputs)
        stack.push_back(toIValue(withStandIns(item(input), asked, [&](jit::Value* value, const Item& of) { bound.emplace_back(value, of); }), input->type()));
    try {
        const c10::impl::IncludeDispatchKeyGuard first(kFirst);
        t_asked = &asked;
        node->getOperation()(stack);
    } catch (const std::exception&) { // it asked for numbers
        stack.clear();
    }
    t_asked = nullptr;
    if (asked.failed() || stack.size() != node->outputs().size()) return false;
    std::vector<std::vector<jit::Value*>> results;
    for (const c10::IValue& result : stack) {
        std::vector<jit::Value*>& parts = results.emplace_back();
        if (result.isTensor()) parts.push_back(asked.valueOf(result.toTensor()));
        else if (result.isTensorList())
            for (const at::Tensor& part : result.toTensorVector())
                parts.push_back(asked.valueOf(part));
        else return false;
        if (std::find(parts.begin(), parts.end(), nullptr) != parts.end()) return false;
    }
    for (auto& [value, of] : bound)
        bind(value, std::move(of));
    m_graphs.push_back(asked.taken());
    const std::string top = node->outputs().front()->debugName();
    for (size_t i = 0; i < results.size(); ++i) // the last steps have the results' own names
        if (stack[i].isTensor()) m_given[results[i].front()] = node->output(i)->debugName();
    size_t serial = 0;
    for (const Node* each : asked.graph().nodes())
        for (const jit::Value* value : each->outputs())
            if (!m_given.contains(value)) m_given[value] = top + "_" + each->kind().toUnqualString() + std::to_string(serial++);
    run(asked.graph().block());
    for (size_t i = 0; i < results.size(); ++i) {
        std::vector<Item> parts;
        for (const jit::Value* value : results[i])
            parts.push_back(item(value));
        bind(node->output(i), stack[i].isTensor() ? parts.front() : Item::many(std::move(parts)));
    }
    return true;
}

} // namespace wb::torchscript

TORCH_LIBRARY_IMPL(_, TESTING_ONLY_GenericMode, m) {
    m.fallback(torch::CppFunction::makeFromBoxedFunction<&wb::torchscript::seen>());
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Goes through a TorchScript graph in its order. What depends on constants and shapes only (sizes, lists,
// branches, loops of a known length) is computed by libtorch's own operators; what is left is written as plain nodes
// under the graph's own value names, with the shapes that libtorch finds for the results.
#pragma once

#include "compiler/import/torchscript/plugin/item.h"
#include "compiler/import/torchscript/plugin/stream_writer.h"

#include <ATen/core/function_schema.h>

#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace torch::jit {
struct Block;
struct Graph;
struct Node;
struct Value;
} // namespace torch::jit

namespace wb::torchscript {

/// An operator whose result depends on shapes and types alone, whatever the numbers are.
bool isFilled(const std::string& kind);
/// An operator whose result has sizes that follow from numbers, not from shapes.
bool dependsOnNumbers(const std::string& kind);

class Walker {
public:
    /// `known`: the kinds that the importer has rules for.
    Walker(StreamWriter& writer, std::set<std::string> known) : m_writer(writer), m_known(std::move(known)) {}

    void bind(const torch::jit::Value* value, Item item) { m_items[value] = std::move(item); }
    void run(const torch::jit::Block* block);
    /// Names of the tensors in a value, in order; constants are written. For the network's outputs.
    std::vector<std::string> tensorNames(const torch::jit::Value* value);

private:
    using Node = torch::jit::Node;

    const Item& item(const torch::jit::Value* value) const;
    std::string resultName(const torch::jit::Value* value) const;
    void step(const Node* node);
    bool structure(const Node* node, const std::string& kind); ///< lists, tuples, attributes: no arithmetic
    bool listWork(const Node* node, const std::string& kind);
    bool dictionaryWork(const Node* node, const std::string& kind, const Item& dict, size_t index);
    bool knownAnswer(const Node* node, const std::string& kind); ///< what is known of a tensor without its shape
    void branch(const Node* node);
    void loop(const Node* node);
    void unpack(const Node* node);
    bool inParts(const Node* node, const std::string& kind); ///< an operator without a rule, as those that it is made of

    bool isPure(const Node* node) const;
    bool isConstantAnyway(const Node* node, const std::string& kind) const;
    void computeConstant(const Node* node);
    std::vector<c10::IValue> shapesOf(const Node* node, const std::string& kind);
    void emit(const Node* node, const std::string& kind, const std::vector<c10::IValue>& shapes);
    void addArgument(OutputNode& out, const c10::Argument* argument, const Item& item, const std::string& hint);
    void addResults(const Node* node, OutputNode& out, const std::vector<c10::IValue>& shapes);
    std::string changeInPlace(const Node* node, const std::string& kind);
    void changeConstant(const at::Tensor& changed, const Item& result);
    void writeBack(std::string view, std::string value);
    std::string newest(std::string name) const;
    void writeNode(OutputNode& out, const at::Tensor& meta);
    std::string operandName(const Item& item, const std::string& hint);
    std::string constantName(const at::Tensor& tensor, std::string hint);
    void noteView(const Node* node);

    StreamWriter& m_writer;
    std::set<std::string> m_known;
    std::vector<std::shared_ptr<torch::jit::Graph>> m_graphs; ///< of operators in parts: values are known by their addresses
    std::unordered_map<const torch::jit::Value*, std::string> m_given; ///< names of values in them
    std::unordered_map<const torch::jit::Value*, Item> m_items;
    std::map<std::pair<const void*, std::string>, Item> m_attributes; ///< set by the graph itself
    std::map<const void*, std::string> m_constants; ///< tensors written, by their implementation
    std::vector<at::Tensor> m_alive;                ///< keeps those addresses taken
    std::set<std::string> m_names;
    std::map<std::string, std::string> m_current; ///< name → name after a change in place
    /// A part of a tensor: a range of one axis or one place of it. Other parts (reshaped, turned) have no `kind`.
    struct View {
        std::string base, kind;
        std::vector<std::pair<std::string, int64_t>> place; ///< attributes of the node that puts a part back
        at::Tensor meta;                                    ///< the base's
    };
    std::map<std::string, View> m_viewOf;
    std::vector<at::Tensor> m_overwritten; ///< constants that were changed to something computed
    std::map<std::string, std::string> m_stale; ///< name → the view or base through which it was changed
    std::string m_suffix;                       ///< tells rounds of a loop apart
    int64_t m_steps = 0;
};

} // namespace wb::torchscript

// SPDX-License-Identifier: GPL-3.0-or-later
// How an operator is spelt in source frameworks. Format readers turn a file into SourceNodes; the rules
// here turn a SourceNode into top nodes. Rules never see protobuf or flatbuffers.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace wb::ops {

enum class Framework : uint8_t { Onnx, TFLite, Caffe, Torch };

/// One node of the source file. Operands are names; "" stands for an absent optional operand.
struct SourceNode {
    using Value = std::variant<int64_t, double, std::string, std::vector<int64_t>,
                               std::vector<double>, std::vector<std::string>, ir::Tensor>;

    Framework framework = Framework::Onnx;
    std::string kind;               ///< "Conv"
    std::string domain;             ///< "" for the standard operators
    std::string name;               ///< node name in the file, may be empty
    int version = 0;                ///< opset of the file for this domain
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::map<std::string, Value, std::less<>> attributes;

    int64_t integer(std::string_view key, int64_t otherwise) const;
    double real(std::string_view key, double otherwise) const;
    std::string string(std::string_view key, std::string otherwise) const;
    std::optional<std::vector<int64_t>> integers(std::string_view key) const;
    std::optional<std::vector<double>> reals(std::string_view key) const;
    bool has(std::string_view key) const { return attributes.contains(key); }
};

/// What a rule works with: the graph being built, and the source names seen so far.
class ImportBuilder {
public:
    explicit ImportBuilder(ir::Graph& graph) : m_graph(graph) {}
    virtual ~ImportBuilder() = default;

    ir::Graph& graph() { return m_graph; }
    /// The value for a source name; a constant becomes a top.Weight on first use. kNoValue for "".
    virtual ir::ValueId operand(const std::string& sourceName) = 0;
    /// The constant behind a source name, or nullptr when it is computed at run time.
    virtual const ir::Tensor* constant(const std::string& sourceName) = 0;
    virtual void bind(const std::string& sourceName, ir::ValueId value) = 0;
    /// Result name for output `index`: "<output name>_<kind>" for ONNX (dossier section 1.1).
    virtual std::string resultName(const SourceNode& node, size_t index) const = 0;
    /// Adds a one-result op, infers its type with the op's shape rule, binds it to output 0.
    virtual Result<ir::ValueId> emit(const SourceNode& node, std::string op,
                                     std::vector<ir::ValueId> operands, ir::AttributeMap attributes) = 0;
    /// The same with a name of its own and without binding, for rules that make several nodes.
    virtual Result<ir::ValueId> emitNamed(std::string op, std::vector<ir::ValueId> operands,
                                          std::string resultName, ir::AttributeMap attributes) = 0;
    /// Adds an op with as many results as its definition says, named after the node's outputs and bound to them.
    virtual Result<std::vector<ir::ValueId>> emitMany(const SourceNode& node, std::string op,
                                                      std::vector<ir::ValueId> operands,
                                                      ir::AttributeMap attributes) = 0;
    virtual ir::ValueId addConstant(std::string name, ir::Tensor data) = 0;
    /// Storage type and scales that the file gives a tensor of codes; null where it says nothing (ONNX, Caffe: always).
    virtual const ir::TensorType* declared(const std::string&) const { return nullptr; }
    /// Element type in the source; values run as F32 whatever it is, but Div, Cast and others compute
    /// otherwise on whole numbers.
    virtual ir::ElementType sourceType(const std::string& sourceName) const = 0;

private:
    ir::Graph& m_graph;
};

using ImportRule = Status (*)(const SourceNode&, ImportBuilder&);

class ImportTable {
public:
    void add(Framework framework, std::string kind, ImportRule rule) {
        m_rows.insert_or_assign({framework, std::move(kind)}, rule);
    }
    ImportRule find(Framework framework, const std::string& kind) const {
        const auto it = m_rows.find({framework, kind});
        return it == m_rows.end() ? nullptr : it->second;
    }
    const std::map<std::pair<Framework, std::string>, ImportRule>& rows() const { return m_rows; }

private:
    std::map<std::pair<Framework, std::string>, ImportRule> m_rows;
};

const ImportTable& importTable();

} // namespace wb::ops

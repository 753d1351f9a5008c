// SPDX-License-Identifier: GPL-3.0-or-later
// The ImportBuilder of all formats: names, constants and shape inference while the graph grows.
#pragma once

#include "compiler/import/source_model.h"

#include <map>
#include <set>
#include <string>

namespace wb::importer {

class GraphBuilder : public ops::ImportBuilder {
public:
    /// `model` must outlive the builder; its constants are the first known ones.
    GraphBuilder(ir::Graph& graph, SourceModel& model, const JobContext& context)
        : ImportBuilder(graph)
        , m_model(model)
        , m_context(context) {}

    ir::ValueId operand(const std::string& sourceName) override;
    const ir::Tensor* constant(const std::string& sourceName) override;
    void bind(const std::string& sourceName, ir::ValueId value) override;
    std::string resultName(const ops::SourceNode& node, size_t index) const override;
    Result<ir::ValueId> emit(const ops::SourceNode& node, std::string op,
                             std::vector<ir::ValueId> operands,
                             ir::AttributeMap attributes) override;
    Result<ir::ValueId> emitNamed(std::string op, std::vector<ir::ValueId> operands,
                                  std::string resultName, ir::AttributeMap attributes) override;
    Result<std::vector<ir::ValueId>> emitMany(const ops::SourceNode& node, std::string op,
                                              std::vector<ir::ValueId> operands,
                                              ir::AttributeMap attributes) override;
    ir::ValueId addConstant(std::string name, ir::Tensor data) override;
    ir::ElementType sourceType(const std::string& sourceName) const override;
    const ir::TensorType* declared(const std::string& sourceName) const override;

    /// Makes a computed constant known under its source name.
    void setConstant(const std::string& sourceName, ir::Tensor data);
    void setSourceType(const std::string& sourceName, ir::ElementType type) { m_types[sourceName] = type; }
    /// Makes `sourceName` another name for what `other` is.
    void alias(const std::string& sourceName, const std::string& other);
    /// Shape of a source value computed at run time; nothing for constants and unknown names.
    std::optional<ir::Shape> runtimeShape(const std::string& sourceName) const;
    /// Adds the top.Input of a declared input.
    ir::ValueId addInput(const std::string& name, ir::Shape shape, ir::AttributeMap attributes);
    /// An error met inside operand(), which itself can only give kNoValue.
    const std::optional<Error>& pendingError() const { return m_pending; }
    const JobContext& context() const { return m_context; }

private:
    std::string unique(std::string name);
    /// Adds the op and types its results by its shape rule.
    Result<ir::NodeId> addNode(std::string op, std::vector<ir::ValueId> operands,
                               std::vector<std::string> names, ir::AttributeMap attributes);

    SourceModel& m_model;
    const JobContext& m_context;
    std::map<std::string, ir::ValueId, std::less<>> m_values;
    std::map<std::string, ir::ElementType, std::less<>> m_types; ///< by source name, where not F32
    std::set<std::string, std::less<>> m_names;
    std::optional<Error> m_pending;
};

} // namespace wb::importer

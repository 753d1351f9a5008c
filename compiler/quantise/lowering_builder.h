// SPDX-License-Identifier: GPL-3.0-or-later
// The target graph while it grows: types from ranges, casts and requants between precisions, and
// the order in which the vendor writes the nodes.
#pragma once

#include "compiler/quantise/lower.h"

#include <map>
#include <vector>

namespace wb::quantise {

class Builder final : public ops::LoweringBuilder {
public:
    /// `mixed`: a precision table was given, which shows in the weight file's name.
    Builder(const ir::Graph& source, const ops::LoweringOptions& options, bool mixed,
            const JobContext& context);

    const ir::Graph& source() const override { return m_source; }
    ir::Graph& target() override { return m_target; }
    const ops::LoweringOptions& options() const override { return m_options; }
    Diagnostics& diagnostics() const override { return m_context.diagnostics(); }
    ir::ValueId lowered(ir::ValueId sourceValue) override;
    ir::ValueId operandAs(ir::ValueId sourceValue, const ir::Node& user,
                          ir::TensorType type) override;
    Result<ir::TensorType> typeFor(ir::ValueId sourceValue, ops::Precision precision) override;
    void bind(ir::ValueId sourceValue, ir::ValueId loweredValue) override;

    void copy(const ir::Node& node);            ///< Weight, Input: as they are
    void keep(const ir::Node& node);            ///< as it is, on float operands: the host runs it (host_part.h)
    void bindPlaceholder(const ir::Node& node); ///< after an error, so that the walk can go on

    /// Casts outputs to F32, sets the module's attributes, orders the nodes, drops unused weights.
    ir::Graph finish(const LowerOptions& options);

private:
    ir::ValueId castTo(ir::ValueId value, const std::string& userName, ir::TensorType type);
    ir::ValueId requantTo(ir::ValueId value, ir::ValueId anchor, const std::string& userName,
                          ir::TensorType type);
    ir::Graph ordered() const;
    void quantiseInputs(ir::Graph& graph, const std::set<size_t>& places) const;

    const ir::Graph& m_source;
    const ops::LoweringOptions m_options;
    const bool m_mixed;
    const JobContext& m_context;
    ir::Graph m_target;
    std::vector<ir::ValueId> m_twins; ///< by source value
    /// A node that stands right behind the producer of `anchor`.
    struct Follower {
        ir::NodeId node;
        ir::ValueId anchor;
    };
    std::vector<Follower> m_casts; ///< in the order made
    std::vector<Follower> m_requants;
};

} // namespace wb::quantise

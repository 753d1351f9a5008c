// SPDX-License-Identifier: GPL-3.0-or-later
// Which emitter runs each node. Nodes that nothing can run are listed in one error.
#pragma once

#include "compiler/codegen/rewrites/fold_rows.h"
#include "compiler/ops/emitter.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace wb::codegen {

/// A value as commands see it.
struct ValueInfo {
    std::array<int64_t, 4> shape{1, 1, 1, 1};
    bm1684x::Precision precision = bm1684x::Precision::Int8;
    bool isSigned = true;
    bool constant = false;      ///< top.Weight
    int64_t bytes = 0;

    bm1684x::Part whole() const { return {{0, shape[0]}, {0, shape[1]}, {0, shape[2]}, {0, shape[3]}}; }
};

enum class Runs : uint8_t {
    Nowhere, ///< top.Input, top.Weight, top.None: no commands
    View,    ///< the result is bytes of operand 0 under another shape
    Local,   ///< slice by slice in local memory
    Global,  ///< DDR to DDR
};

struct Selected {
    Runs how = Runs::Nowhere;
    std::shared_ptr<const ops::LocalEmitter> local;
    std::shared_ptr<const ops::GlobalEmitter> global;
    int64_t viewOffset = 0;     ///< bytes into operand 0, of a View
    std::optional<RowFold> fold; ///< a View that only loads can read

    /// In local memory, and not a join, which may be made in DDR.
    bool onlyLocal() const { return how == Runs::Local && global == nullptr; }
};

struct Selection {
    std::vector<Selected> nodes;    ///< by NodeId
    std::vector<ValueInfo> values;  ///< by ValueId
};

/// Emitters of nodes that several forms of a graph have in common: preparing one may copy large weights. Forms can be
/// selected at the same time.
class PreparedNodes {
public:
    /// What runs a node, or why nothing does (CodegenUnsupported, node = operator).
    Result<Selected> of(const ir::Graph& graph, const ir::Node& node, const ops::EmitterTable& table);

private:
    /// All that an emitter may read.
    struct Entry {
        std::string op;
        ir::AttributeMap attributes;
        std::vector<ir::TensorType> operands, results;
        std::vector<ir::Tensor> weights; ///< by operands; empty for others
        Result<Selected> selected;
    };
    std::mutex m_mutex;
    std::multimap<std::string, Entry> m_entries; ///< by name of the first result
};

/// CodegenUnsupported with all nodes that have no emitter, their operators and the reasons.
Result<Selection> select(const ir::Graph& graph, const ops::EmitterTable& table, PreparedNodes& prepared);

/// Concatenations that can run either way: in local memory with `local` and where all their neighbours run there, else
/// in DDR, where operands are made in their places.
void chooseJoins(const ir::Graph& graph, Selection& selection, bool local);

} // namespace wb::codegen

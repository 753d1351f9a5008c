// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of a top op on a chip at a precision. quantise/ walks the calibrated graph in order, asks
// the operator's rule, and inserts the casts that the rule's operands need.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wb::ops {

/// Precisions of the vendor's quantize tables (dossier section 1.3), those that this program runs.
enum class Precision : uint8_t { Int8, F16, BF16, F32 };
const char* spelling(Precision precision);                       ///< "INT8", "F16", "BF16", "F32"
std::optional<Precision> precisionFromSpelling(std::string_view text); ///< any case

enum class Chip : uint8_t { BM1684X, BM1684, CV183X, CV182X, CV181X, CV180X };
const char* spelling(Chip chip);                                 ///< "bm1684x"
std::optional<Chip> chipFromSpelling(std::string_view text);

struct LoweringOptions {
    Chip chip = Chip::BM1684X;
    Precision module = Precision::Int8;  ///< --quantize
    bool asymmetric = false;
};

/// Given to a rule: the source node and a target graph that grows.
class LoweringBuilder {
public:
    virtual ~LoweringBuilder() = default;
    virtual const ir::Graph& source() const = 0;
    virtual ir::Graph& target() = 0;
    virtual const LoweringOptions& options() const = 0;
    virtual Diagnostics& diagnostics() const = 0;

    /// The lowered operand as it stands, whatever its type.
    virtual ir::ValueId lowered(ir::ValueId sourceValue) = 0;
    /// The lowered operand brought to `type` by a cast, named and shared as the vendor does it
    /// (dossier sections 1.1 "Inserted casts", 5.9 "Mixed"); the same value if it has that type already.
    virtual ir::ValueId operandAs(ir::ValueId sourceValue, const ir::Node& user, ir::TensorType type) = 0;
    /// Storage type of a source value at a precision, from its calibrated range (dossier 5.2).
    virtual Result<ir::TensorType> typeFor(ir::ValueId sourceValue, Precision precision) = 0;
    /// Binds the source value to its lowered twin.
    virtual void bind(ir::ValueId sourceValue, ir::ValueId loweredValue) = 0;
};

/// One rule a top op. `precision` is what the user's table or the module asks for; the rule may use
/// another where the vendor does (dossier 5.8 map) and reports it by returning what it used.
using LoweringRule = Result<Precision> (*)(LoweringBuilder&, const ir::Node& node, Precision precision);

class LoweringTable {
public:
    void add(std::string topOp, LoweringRule rule) { m_rows.insert_or_assign(std::move(topOp), rule); }
    LoweringRule find(std::string_view op) const {
        const auto it = m_rows.find(op);
        return it == m_rows.end() ? nullptr : it->second;
    }
    const std::map<std::string, LoweringRule, std::less<>>& rows() const { return m_rows; }

private:
    std::map<std::string, LoweringRule, std::less<>> m_rows;
};

const LoweringTable& loweringTable();
/// The rules for layers whose results the network itself types as codes (module.state TOP_QUANTIZED), where they are not
/// those of other networks: <family>_quantised.cpp.
const LoweringTable& quantisedLoweringTable();

} // namespace wb::ops

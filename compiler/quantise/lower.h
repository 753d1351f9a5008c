// SPDX-License-Identifier: GPL-3.0-or-later
// Top graph + ranges + precision table → tpu graph, as the vendor's convert-top-to-tpu does it.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"
#include "compiler/ops/lowering.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace wb::quantise {

/// threshold, minimum and maximum of a tensor, a row of the calibration table.
struct Range {
    double threshold = 0;
    double min = 0;
    double max = 0;
    std::vector<double> weightScales = {}; ///< of the filter's channels, where the table gives them
    bool operator==(const Range&) const = default;
};
using RangeTable = std::map<std::string, Range, std::less<>>;                ///< by tensor name
using PrecisionTable = std::map<std::string, ops::Precision, std::less<>>;   ///< by tensor name

struct LowerOptions {
    ops::LoweringOptions target;
    bool quantInput = false;   ///< leave out the cast at the inputs, where all that reads one wants the same type
    bool quantOutput = false;  ///< leave out the cast at the outputs
    std::set<size_t> quantInputs = {}, quantOutputs = {}; ///< which of them, by place from 1; empty: all
    /// Preprocessing inside the model (fuse_preprocess.h); the raw format, empty: the network's own.
    std::optional<std::string> fusePreprocess;
};

/// Writes ranges onto values and harmonises them (dossier section 5.3). Names that the table lacks stay
/// float; names that the graph lacks give one warning (TableNamesUnknown).
Result<ir::Graph> importRanges(const ir::Graph& top, const RangeTable& ranges, const LowerOptions& options,
                               const PrecisionTable& precisions, const JobContext& context);

struct LayerOutcome {
    std::string name;               ///< top value name
    ops::Precision requested;       ///< table entry or module precision
    ops::Precision actual;
    std::string reasonCode;         ///< "" or "R01"… (rule T-5)
    std::string reasonText;
};

struct Lowered {
    std::shared_ptr<const ir::Graph> graph;  ///< module.state = TPU_LOWERED
    std::vector<LayerOutcome> layers;
};

/// The ranges that a network's own codes stand for (module.state TOP_QUANTIZED), as rows of a calibration table.
RangeTable carriedRanges(const ir::Graph& top);

/// The whole lowering. NothingToQuantise when INT8 was asked and no tensor has a range, ThresholdMissing,
/// OperatorNotLowered with all layers listed.
Result<Lowered> lower(const ir::Graph& top, const RangeTable& ranges, const PrecisionTable& precisions,
                      const LowerOptions& options, const JobContext& context);

} // namespace wb::quantise

// SPDX-License-Identifier: GPL-3.0-or-later
// Search of a short precision table: which layers must stay float so that the INT8 network's outputs come
// near the float network's (dossier section 4). The vendor's walk through the network, and two ways of
// our own that look for the tensors whose codes spoil the outputs (damage.h): with the fewest float layers, or as a
// knapsack with the fewest extra cycles on the chip.
//
// Similarities are the vendor's: 0.5 + 0.5 · cosine, mean over samples and outputs. Where the network ends on the host
// (quantise/host_part.h), the tensors that the chip hands over count as its outputs.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/execute/executor.h"
#include "compiler/quantise/lower.h"
#include "compiler/quantise/precision_table.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wb::search {

enum class Strategy : uint8_t {
    Walk,        ///< the guide's run_qtable: layers in order, bad ones float with their readers
    Sensitivity, ///< sets of layers ranked by what their tensors' codes cost the outputs, as few as suffice
    Knapsack,    ///< the same by cycles: a set weighs what its layers cost more in float
};
const char* spelling(Strategy strategy); ///< "walk", "ranked", "knapsack"
std::optional<Strategy> strategyFromSpelling(std::string_view text);

struct Options {
    ops::Chip chip = ops::Chip::BM1684X;
    ops::Precision floatType = ops::Precision::F16;
    bool asymmetric = false;        ///< INT8 with zero points
    Strategy strategy = Strategy::Walk;
    double expectedCosine = 0.99;   ///< half-scaled, of the outputs
    double minLayerCosine = 0.99;   ///< half-scaled; Walk only
    int maxFloatLayers = 0;         ///< 0: a quarter of the layers
    std::set<std::string, std::less<>> locked; ///< the search leaves these as they are
    /// Knapsack only: cycles that a layer costs more in float; one that is missing costs one.
    std::map<std::string, double, std::less<>> extraCycles;
    double int8Cycles = 0; ///< of the whole network, for shares; 0: not known
    quantise::PrecisionTable fixed; ///< entries that every candidate has (the user's locked rows)
};

struct Outcome {
    std::vector<std::string> floatLayers;   ///< found, in the order of switching; without `fixed`
    std::vector<quantise::LossRow> loss;    ///< similarity of the layers visited, worst first
    double int8Cosine = 0;
    double mixedCosine = 0;                 ///< of the best table
    double extraCycles = 0;                 ///< Knapsack: that its layers cost more, by Options::extraCycles
    bool int8IsEnough = false;              ///< no float layer is needed: a success
    bool goalReached = false;
    bool cancelled = false;                 ///< stopped; the best so far was kept
    int candidates = 0;                     ///< tables tried
    double seconds = 0;
};

/// The chip's usual float type: F16 on bm1684x, F32 on bm1684, BF16 on the CV18xx.
ops::Precision floatTypeOf(ops::Chip chip);

/// Inputs of sample `index` by name; called several times for each, from any thread.
using SampleLoader = std::function<Result<execute::TensorMap>(size_t index)>;

/// A stop request ends the search with the best table so far, once the INT8 network was measured; before that
/// it is Cancelled. A goal that is not reached is a warning (SearchGoalNotReached), not an error. Emits
/// "search-candidate" and "search-layer" (compiler/jobs/events.h), a knapsack
/// also "search-front": {"int8_cycles", "points": [{"float_layers", "extra_cycles", "predicted_cosine"}]}. Prints the success line when INT8 is
/// enough. Errors of lower() and Executor; DatasetEmpty.
Result<Outcome> searchTable(const ir::Graph& top, const quantise::RangeTable& ranges, size_t samples,
                            const SampleLoader& load, const Options& options, const JobContext& context);

/// The last lines of run_qtable, word for word: both similarities, the table's name, the time.
std::vector<std::string> summaryLines(const Outcome& outcome, const std::string& tableName);

} // namespace wb::search

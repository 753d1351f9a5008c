// SPDX-License-Identifier: GPL-3.0-or-later
// Rewrites the weights of convolutions for the quantised input that they will see, layer by layer in the order of
// execution: each is fitted to what the layers before it, rewritten and quantised already, really give.
//
// The weights fit one table and one precision plan. `planKey` names these: weights made for another key are stale.
#pragma once

#include "compiler/improve/ranges.h"
#include "compiler/improve/solve.h"

namespace wb::improve {

struct ReweightOptions {
    SolveOptions solve;
    int64_t patches = 8192;      ///< most places a layer is looked at; more where a patch is long
    int64_t floatBudget = int64_t{24} << 20; ///< of the patches of one layer, elements
    uint64_t seed = 1;           ///< of the places
    quantise::LowerOptions form; ///< how the network is quantised
};

struct LayerMove {
    std::string name;
    double moved = 0;   ///< |new − old| / |old| of the weights
    int64_t places = 0; ///< patches used
    std::string kept;   ///< why the weights stayed as they were; empty where they moved
};

struct Reweighted {
    std::shared_ptr<const ir::Graph> top; ///< with new filters and biases; everything else as before
    std::map<std::string, std::vector<double>, std::less<>> scales; ///< of each rewritten layer's channels
    std::vector<LayerMove> layers;
    std::string planKey;
};

/// Names what weights are fitted to: the thresholds, signs and precisions, with zero points the ranges. Hexadecimal.
std::string planKey(const quantise::RangeTable& ranges, const quantise::PrecisionTable& precisions, bool asymmetric);

/// DatasetEmpty without pictures; errors of the lowering and of runs.
Result<Reweighted> reweight(const ir::Graph& top, const quantise::RangeTable& ranges,
                            const quantise::PrecisionTable& precisions, const Inputs& pictures,
                            const ReweightOptions& options, const JobContext& context);

/// The table with the scales of rewritten weights. ProjectModelChanged when the weights were made for other thresholds.
Result<quantise::RangeTable> withScales(const quantise::RangeTable& ranges, const quantise::PrecisionTable& precisions,
                                        bool asymmetric, const Reweighted& weights);

} // namespace wb::improve

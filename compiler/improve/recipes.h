// SPDX-License-Identifier: GPL-3.0-or-later
// Several ways to better INT8 than the vendor's, at the same cost on the chip: run, measured on pictures that none of
// them has seen, the best one kept. The vendor's own table is always among them, so nothing gets worse.
//
// Two modes that never mix: "vendor-exact" is the vendor's table and the network's own weights; "improved" is anything
// else, and every file made from it says so and names the recipe.
#pragma once

#include "compiler/improve/equalise.h"
#include "compiler/improve/measure.h"
#include "compiler/improve/reweight.h"

#include <optional>

namespace wb::improve {

/// What is changed: nothing, the ranges, the weights, both; Auto tries them.
enum class Recipe : uint8_t { Vendor, Ranges, Weights, Both, Auto };
const char* spelling(Recipe recipe); ///< "vendor", "ranges", "weights", "ranges+weights", "auto"
std::optional<Recipe> recipeFromSpelling(std::string_view text);

/// A table, weights, and how they fared.
struct Candidate {
    std::string name;                     ///< "vendor", "ranges", "ranges+weights, ridge 4" …
    Recipe recipe = Recipe::Vendor;
    quantise::RangeTable ranges;          ///< with the scales of rewritten weights
    std::shared_ptr<const ir::Graph> top; ///< the network, with its own or with rewritten weights
    bool asymmetric = false;              ///< with zero points
    bool marked = false;                  ///< results come from sums in float32 (quantise/sum_activations.h)
    std::string planKey;                  ///< of rewritten weights, else empty
    size_t table = 0;                     ///< of rewritten weights: the candidate whose table they are fitted to
    SolveOptions solve;                   ///< of rewritten weights: how they were fitted
    std::vector<LayerMove> layers;        ///< of rewritten weights
    std::vector<PickedRange> picked;      ///< of chosen ranges
    std::vector<EqualisedTensor> equalised; ///< tensors that were tried, if any is scaled
    std::optional<BandedAgreement> validation;
    double seconds = 0;
    std::string reason;                   ///< why it was kept or not

    const char* mode() const { return recipe == Recipe::Vendor ? "vendor-exact" : "improved"; }
    /// Who can use it: "table" (an ordinary calibration table), "weights" (table and top weights), "code" (our code
    /// generator: operators are marked to be written in another way).
    const char* level() const { return marked ? "code" : planKey.empty() && equalised.empty() ? "table" : "weights"; }
    bool ownNetwork() const { return marked || !planKey.empty() || !equalised.empty(); } ///< `top` is not the network as it came
};

struct PortfolioOptions {
    Recipe recipe = Recipe::Auto;
    int repeats = 3;              ///< runs a measurement on validation pictures; the test's has two more
    double ridge = 4;             ///< see SolveOptions
    bool searchRanges = true;     ///< try the worst tensors' thresholds one by one
    bool asymmetric = true;       ///< try zero points, where they send no layer to float
    bool equalise = true;         ///< try equalised channels of the worst tensors, where weights may change
    ops::Chip chip = ops::Chip::BM1684X;
    quantise::PrecisionTable precisions; ///< layers of the plan that weights are fitted to and all is measured with
};

struct Portfolio {
    std::vector<Candidate> candidates;    ///< the vendor's first, in the order in which they were tried
    size_t best = 0;
    std::optional<BandedAgreement> testVendor, testBest; ///< on pictures used for nothing else
    std::vector<Error> notes;             ///< what was not possible, and why; reported to the job as well
    bool cancelled = false;               ///< stopped; the best so far is kept
    size_t calibrationPictures = 0, validationPictures = 0, testPictures = 0;

    const Candidate& chosen() const { return candidates[best]; }
};

/// Pictures as the network takes them; the three share none.
struct PictureSets {
    Inputs calibration, validation, test;
};

/// `vendor`: the vendor's table, made from the calibration pictures. A stop keeps the best so far, once the vendor's
/// was measured.
Result<Portfolio> runPortfolio(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& vendor,
                               const PictureSets& pictures, const PortfolioOptions& options, const JobContext& context);

/// By which candidates are compared: the outputs' SQNR, with a known head the mean of that and the scores'.
Banded figureOf(const BandedAgreement& agreement);

} // namespace wb::improve

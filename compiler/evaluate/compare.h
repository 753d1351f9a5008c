// SPDX-License-Identifier: GPL-3.0-or-later
// How alike two results are, by the vendor's measures, tolerances and verdicts (npz_tool compare), with
// one difference: a comparison with nothing in common fails.
//
// Sums are taken in double over float32 differences and rounded to float32 where the vendor's are;
// they agree with it in the six printed decimals save where its own float32 sums drift.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/tensor.h"

#include <filesystem>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wb::evaluate {

enum class Level : uint8_t { NotMatch, Equal, NotEqual, Close, Similar, NotSimilar };
const char* spelling(Level level); ///< the vendor's words: "EQUAL", "NOT_SIMLIAR" …

/// A layer is similar if cosine and euclid are both above these, strictly.
struct Tolerance {
    double cosine = 0.99;
    double euclid = 0.99;
};
/// "0.99,0.90"; one number stands for both. UsageError.
Result<Tolerance> parseTolerance(const std::string& text);

struct CompareOptions {
    Tolerance tolerance;
    bool int8MustEqual = true; ///< int8 data that differ fail at once
    int perAxis = -1;          ///< slices of this axis (and those before it) are tested one by one
    int top = 0;               ///< how many of the largest values to keep of a failed layer
};

struct TopValue {
    int64_t targetIndex = 0, referenceIndex = 0;
    double target = 0, reference = 0;
};

struct LayerComparison {
    std::string name;
    bool passed = false;
    Level level = Level::NotMatch;
    int closeOrder = 0;        ///< of Close: equal to a relative 10^-order
    /// Always computed unless the shapes do not fit (then 0, 0, -infinity); exactly 1, 1, infinity for
    /// equal arrays. euclid may be far below 0.
    double cosine = 0;         ///< plain cosine, -1 … 1; 0 if either is all zero
    double euclid = 0;         ///< 1 − |a−b| / |(a+b)/2|
    double sqnrDb = -std::numeric_limits<double>::infinity();
    double maxAbs = 0;         ///< largest |a − b|
    int64_t maxAbsIndex = 0;   ///< where, counted in the compared elements
    int64_t slice = 0;         ///< with perAxis: the slice that the numbers are of
    int axis = -1;             ///< and the axis; -1 when the whole was compared
    ir::Shape targetShape, referenceShape;
    std::string elementName;   ///< of the target in NumPy's words: "float32"
    std::vector<std::string> notes; ///< the vendor's lines about shapes, if any
    bool wholeNumbers = false; ///< compared as int8 or int32
    std::vector<TopValue> top;
    bool int8 = false;
    int64_t saturatedHigh = 0, saturatedLow = 0, zeros = 0, small = 0; ///< of an int8 target: 127, −128, 0, |x| ≤ 8
};

/// Shapes are made to fit as the vendor does: equal element counts are compared in order; of equal rank
/// and one inside the other the larger is cropped; else NotMatch. Types: int8 if either is int8, else int32
/// if either is, else float32 (uint16 holds bfloat16).
LayerComparison compareTensors(const ir::Tensor& target, const ir::Tensor& reference,
                               const CompareOptions& options = {});

/// The measure of the vendor's searches: 0.5 + 0.5 · cosine, 0.5 if either is zero or not finite.
/// Tensors of unequal size give 0.5.
double similarity(const ir::Tensor& a, const ir::Tensor& b);

struct Comparison {
    std::vector<LayerComparison> layers; ///< in the reference's order
    std::vector<std::string> onlyInTarget, onlyInReference;
    std::string target, reference;       ///< files, as given

    size_t count(Level level) const;
    size_t passed() const;
    size_t failed() const { return layers.size() - passed(); }
    /// Of the similar and not similar layers only: 1, 1, infinity if there are none.
    double minCosine() const, minEuclid() const, minSqnrDb() const;
    /// The first that failed, in order.
    const LayerComparison* firstBad() const;
};

struct CompareNpzOptions : CompareOptions {
    std::set<std::string, std::less<>> excepts;
    std::string key;       ///< only this one, if not empty
    bool forAll = true;    ///< false: of more than 200 only every n/200-th and the last nine, as the vendor
};

/// Compares what both have. NothingCompared if that is nothing; errors of the files.
Result<Comparison> compareNpz(const std::filesystem::path& target, const std::filesystem::path& reference,
                              const CompareNpzOptions& options, const JobContext& context);
/// The same on values in memory.
Result<Comparison> compareSets(const std::vector<ir::NamedTensor>& target,
                               const std::vector<ir::NamedTensor>& reference, const CompareNpzOptions& options,
                               const JobContext& context);

/// BelowTolerance naming the first layer that failed, or nothing.
Status verdict(const Comparison& comparison);

/// The vendor's printed lines; notes about shapes come first. Verbosity as its -v, -vv: 0 names and levels, 1 shapes and measures,
/// 2 the largest values of failed layers (if kept).
/// A shape as Python prints it: "(1, 3, 640, 640)", "(5,)".
std::string pythonTuple(const ir::Shape& shape);
std::vector<std::string> layerLines(const LayerComparison& layer, int verbosity);
std::vector<std::string> reportLines(const Comparison& comparison, int verbosity);
/// "name, op, quant, pass, sim_cos, sim_euc, sqnr", op and quant "-".
std::string reportCsv(const Comparison& comparison);

/// For each target the reference of equal shape with the best cosine.
struct FuzzyMatch {
    std::string target, reference;
    double cosine = 0, euclid = 0;
    bool equal = false;
};
Result<std::vector<FuzzyMatch>> fuzzyMatch(const std::filesystem::path& target, const std::filesystem::path& reference,
                                           const JobContext& context);

} // namespace wb::evaluate

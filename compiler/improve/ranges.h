// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges chosen by what their errors cost the outputs: error × gradient, in the vendor's arithmetic: a threshold a
// tensor, or with zero points a minimum and a maximum. The result is an ordinary calibration table.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/improve/spread.h"
#include "compiler/quantise/lower.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wb::execute {
using TensorMap = std::map<std::string, ir::Tensor, std::less<>>;
}

namespace wb::improve {

/// How a tensor's own rounding shows.
enum class Rounding : uint8_t {
    Plain,
    Through,  ///< it is only read by an activation: what counts is that one's result
    Negative, ///< a leaky activation rounds again below zero only, above it passes codes on
};

struct ClassMember {
    ir::ValueId value = ir::kNoValue;
    Rounding rounding = Rounding::Plain;
    kernels::UnaryOp through; ///< of Rounding::Through
    bool isSigned = true;
    /// Minimum over maximum where the range is not free to have both: −1 of a threshold.
    std::optional<double> fixedShare;
};

/// Tensors that end up with one threshold after the vendor's harmonisation, whatever the table says.
struct RangeClass {
    std::string owner;                ///< the row of the table that decides
    std::vector<std::string> rows;    ///< all rows of the class
    std::vector<ClassMember> members; ///< that round; movers do not
};

inline constexpr double kLeastWritten = 1e-7; ///< a table's file keeps seven decimals

/// INT8 for BM1684X, with or without zero points.
quantise::LowerOptions int8Options(bool asymmetric = false);

/// The classes of the rows of `ranges`, found by lowering a table whose thresholds are all different.
Result<std::vector<RangeClass>> rangeClasses(const ir::Graph& top, const quantise::RangeTable& ranges,
                                             const quantise::LowerOptions& form, const JobContext& context);

/// Costs of the members of all classes, by value.
struct Spreads {
    std::map<ir::ValueId, Spread> byValue;
    std::map<std::string, std::string> stopped; ///< operators without gradient, and why
    size_t withoutGradient = 0;                 ///< members that no gradient reached: all errors count alike
    size_t pictures = 0;
};

using Inputs = std::vector<execute::TensorMap>;

/// One forward and one backward pass a picture. `ranges` holds the extents (min, max) of the tensors.
Result<Spreads> collectSpreads(std::shared_ptr<const ir::Graph> top, const quantise::RangeTable& ranges,
                               const std::vector<RangeClass>& classes, const Inputs& pictures,
                               const JobContext& context);

struct RangeOptions {
    double least = 0.15;          ///< of the largest magnitude
    int steps = 52;               ///< thresholds tried between that and the whole
    /// By how much errors below zero of leaky activations count, against what the gradient says: first order overrates
    /// one-sided clipping.
    double negativeWeight = 1.0;
};

/// Cost of a threshold to a class.
double distortionOf(const RangeClass& tensors, const Spreads& spreads, double threshold, const RangeOptions& options);
/// Of a range, with or without zero points.
double distortionOf(const RangeClass& tensors, const Spreads& spreads, const quantise::Range& range, bool asymmetric);

/// The codes of a member under its class's range.
CodeGrid gridOf(const ClassMember& member, const quantise::Range& range, bool asymmetric);

struct PickedRange {
    std::string owner;
    double before = 0, after = 0;         ///< thresholds; with zero points the largest of a range
    double costBefore = 0, costAfter = 0; ///< distortions
};

/// The table with thresholds of least cost; minima and maxima stay. Classes that nothing reaches stay.
quantise::RangeTable pickRanges(const quantise::RangeTable& ranges, const std::vector<RangeClass>& classes,
                                const Spreads& spreads, const RangeOptions& options,
                                std::vector<PickedRange>* picked = nullptr);

/// The same with zero points: minima and maxima of least cost; where a range has none, its threshold.
quantise::RangeTable pickSpans(const quantise::RangeTable& ranges, const std::vector<RangeClass>& classes,
                               const Spreads& spreads, const RangeOptions& options,
                               std::vector<PickedRange>* picked = nullptr);

/// Sets the threshold of every row of a class.
void setThreshold(quantise::RangeTable& ranges, const RangeClass& tensors, double threshold);

} // namespace wb::improve

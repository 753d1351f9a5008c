// SPDX-License-Identifier: GPL-3.0-or-later
// How near a quantised network comes to the float network on pictures, in numbers a decision can rest on: error
// energy of the outputs, of the scores, agreement of the boxes, each with the band within which it moves by itself.
#pragma once

#include "compiler/evaluate/detect.h"
#include "compiler/evaluate/match.h"
#include "compiler/improve/ranges.h"

#include <optional>
#include <string>
#include <vector>

namespace wb::improve {

/// Agreement with the float network, not accuracy: there are no annotations.
struct Agreement {
    double sqnr = 0;         ///< dB, mean over outputs and pictures of 10 log10(|y|² / |y' − y|²)
    double cosine = 0;       ///< plain, the same mean
    double similarity = 0;   ///< the vendor's 0.5 + 0.5 · cosine
    double leastSqnr = 0;    ///< of the worst picture
    size_t pictures = 0;
    // With a known detection head only:
    bool detects = false;
    double scoreSqnr = 0;    ///< dB, of all scores (objectness × class)
    double f1 = 0;           ///< of boxes, same class, IoU ≥ 0.5, score ≥ 0.25
    double scoreShift = 0;   ///< mean |score difference| of the float network's boxes, a lost one with its score
    double topShift = 0;     ///< mean signed difference of the highest 0.1 % of scores: below 0 is clipping
    size_t objects = 0;      ///< the float network's boxes
    std::vector<double> pictureSqnr; ///< of each picture
};

/// Mean and deviation over repeated runs.
struct Banded {
    double mean = 0, deviation = 0;
};
struct BandedAgreement {
    Banded sqnr, cosine, scoreSqnr, f1, scoreShift;
    std::vector<Agreement> runs;
    const Agreement& first() const { return runs.front(); } ///< without jitter
};

enum class Verdict : uint8_t { Better, Worse, Same };
/// Whether `b` is better than `a` by more than twice the band of their difference, in a number that should be large.
Verdict compare(const Banded& a, const Banded& b);
/// "better", "worse", "no measurable difference".
const char* spelling(Verdict verdict);

/// The float network's results on some pictures, and what is needed to read its scores.
class Reference {
public:
    static Result<Reference> create(std::shared_ptr<const ir::Graph> top, Inputs pictures, const JobContext& context);

    const Inputs& pictures() const { return m_pictures; }
    bool detects() const { return m_plan.has_value(); }
    /// Why there are no detection figures; empty if there are.
    const std::string& noHead() const { return m_noHead; }
    const ir::Graph& top() const { return *m_top; }

    /// Runs a lowered graph. Its outputs stand in the order of the top graph's.
    Result<Agreement> measure(std::shared_ptr<const ir::Graph> lowered, const JobContext& context) const;

private:
    std::shared_ptr<const ir::Graph> m_top;
    Inputs m_pictures;
    std::vector<execute::TensorMap> m_outputs; ///< by picture, under the top graph's names
    std::optional<evaluate::DetectPlan> m_plan;
    std::string m_noHead;
};

/// What a table and weights give: the lowered network with all scales as they are, and with `repeats` − 1 jitters of
/// 0.2 % on them. Which of its neighbours a scale is does not matter, so what that changes is noise. (Rewritten weights
/// fit the scales as they are: withBandOf.)
Result<BandedAgreement> measureBanded(const Reference& reference, const ir::Graph& weights,
                                      const quantise::RangeTable& ranges, const quantise::PrecisionTable& precisions,
                                      const quantise::LowerOptions& form, int repeats, const JobContext& context);

/// One run of rewritten weights with the band of the table that they were fitted to: other scales would be other
/// weights, and these with those are worse than either.
BandedAgreement withBandOf(BandedAgreement one, const BandedAgreement& table);

inline constexpr double kJitter = 0.002;
inline constexpr double kScoreThreshold = 0.25;

/// All scores of a head, objectness × class, in a fixed order; for tests and the optimiser.
std::vector<float> scoresOf(const evaluate::DetectPlan& plan, const evaluate::Outputs& outputs);

} // namespace wb::improve

// SPDX-License-Identifier: GPL-3.0-or-later
// What became of the reference's boxes in another variant of the network (rules M-2, M-3).
#pragma once

#include "compiler/evaluate/detect_box.h"

#include <cstdint>
#include <span>
#include <vector>

namespace wb::evaluate {

enum class MatchState : uint8_t {
    Match,        ///< same class, IoU >= sameIou and |Δscore| <= sameScore
    Shifted,      ///< same class, overlaps, but place or score differ more
    ClassChanged, ///< overlaps, other class
    Missed,       ///< in the reference only
    Extra,        ///< in the variant only
};
const char* spelling(MatchState state); ///< "match", "shifted", "class changed", "missed", "extra"

struct MatchOptions {
    double iou = 0.50;       ///< least overlap of a pair
    double sameIou = 0.90;
    double sameScore = 0.05;
};

struct MatchRow {
    MatchState state = MatchState::Missed;
    int reference = -1;      ///< index into the reference's boxes, −1 for Extra
    int variant = -1;        ///< index into the variant's boxes, −1 for Missed
    double iou = 0;          ///< of the pair
    double scoreDelta = 0;   ///< variant − reference, of the pair
};

struct MatchResult {
    /// Pairs, changed and missed boxes in the order of the reference's score, then the extra ones.
    std::vector<MatchRow> rows;
    int matched = 0;         ///< Match and Shifted
    int shifted = 0, classChanged = 0, missed = 0, extra = 0;
    double meanIou = 0;      ///< over the matched; 0 when there are none
    double meanAbsScoreDelta = 0;
    double precision = 1;    ///< matched / boxes of the variant; 1 when it has none
    double recall = 1;       ///< matched / boxes of the reference; 1 when it has none
    double f1 = 1;           ///< 1 when neither has a box
};

/// Greedy by score: the variant's boxes, best first, each take the free reference box of their class that
/// overlaps most. Boxes left over on both sides that overlap are "class changed" (neither matched nor
/// missed nor extra in the counts, but lacking in precision and recall).
MatchResult matchBoxes(std::span<const Box> reference, std::span<const Box> variant,
                       const MatchOptions& options = {});

/// The sums of several pictures: counts added, means weighted by the number of pairs, F1 from the counts.
MatchResult addMatches(std::span<const MatchResult> results);

} // namespace wb::evaluate

// SPDX-License-Identifier: GPL-3.0-or-later
// Matching of two sets of boxes (match.h).
#include "compiler/evaluate/match.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace wb::evaluate {
namespace {

std::vector<int> byScore(std::span<const Box> boxes) {
    std::vector<int> order(boxes.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return boxes[static_cast<size_t>(a)].score > boxes[static_cast<size_t>(b)].score;
    });
    return order;
}

/// partner[v] of a variant's box is set to the free reference box that overlaps most.
void pairUp(std::span<const Box> reference, std::span<const Box> variant, double least, bool sameClass,
            std::vector<int>& partnerOfVariant, std::vector<int>& partnerOfReference) {
    for (const int v : byScore(variant)) {
        if (partnerOfVariant[static_cast<size_t>(v)] >= 0)
            continue;
        const Box& box = variant[static_cast<size_t>(v)];
        int best = -1;
        double bestIou = least;
        for (size_t r = 0; r < reference.size(); ++r) {
            if (partnerOfReference[r] >= 0 || (reference[r].classId == box.classId) != sameClass)
                continue;
            const double overlap = iou(reference[r], box);
            if (overlap > bestIou || (best < 0 && overlap >= least)) {
                best = static_cast<int>(r);
                bestIou = overlap;
            }
        }
        if (best >= 0) {
            partnerOfVariant[static_cast<size_t>(v)] = best;
            partnerOfReference[static_cast<size_t>(best)] = v;
        }
    }
}

void setRates(MatchResult& result) {
    const int reference = result.matched + result.classChanged + result.missed;
    const int variant = result.matched + result.classChanged + result.extra;
    result.precision = variant > 0 ? static_cast<double>(result.matched) / variant : 1;
    result.recall = reference > 0 ? static_cast<double>(result.matched) / reference : 1;
    result.f1 = reference + variant > 0 ? 2.0 * result.matched / (reference + variant) : 1;
}

} // namespace

const char* spelling(MatchState state) {
    switch (state) {
    case MatchState::Match: return "match";
    case MatchState::Shifted: return "shifted";
    case MatchState::ClassChanged: return "class changed";
    case MatchState::Missed: return "missed";
    case MatchState::Extra: return "extra";
    }
    return "";
}

MatchResult matchBoxes(std::span<const Box> reference, std::span<const Box> variant,
                       const MatchOptions& options) {
    std::vector<int> ofVariant(variant.size(), -1), ofReference(reference.size(), -1);
    pairUp(reference, variant, options.iou, true, ofVariant, ofReference);
    pairUp(reference, variant, options.iou, false, ofVariant, ofReference);

    MatchResult result;
    for (const int r : byScore(reference)) {
        const Box& box = reference[static_cast<size_t>(r)];
        MatchRow row{MatchState::Missed, r, ofReference[static_cast<size_t>(r)]};
        if (row.variant < 0) {
            ++result.missed;
            result.rows.push_back(row);
            continue;
        }
        const Box& other = variant[static_cast<size_t>(row.variant)];
        row.iou = iou(box, other);
        row.scoreDelta = other.score - box.score;
        if (other.classId != box.classId) {
            row.state = MatchState::ClassChanged;
            ++result.classChanged;
        } else {
            const bool same =
                row.iou >= options.sameIou && std::abs(row.scoreDelta) <= options.sameScore;
            row.state = same ? MatchState::Match : MatchState::Shifted;
            ++result.matched;
            result.shifted += same ? 0 : 1;
            result.meanIou += row.iou;
            result.meanAbsScoreDelta += std::abs(row.scoreDelta);
        }
        result.rows.push_back(row);
    }
    for (const int v : byScore(variant))
        if (ofVariant[static_cast<size_t>(v)] < 0) {
            ++result.extra;
            result.rows.push_back({MatchState::Extra, -1, v});
        }
    if (result.matched > 0) {
        result.meanIou /= result.matched;
        result.meanAbsScoreDelta /= result.matched;
    }
    setRates(result);
    return result;
}

MatchResult addMatches(std::span<const MatchResult> results) {
    MatchResult sum;
    for (const MatchResult& one : results) {
        sum.matched += one.matched;
        sum.shifted += one.shifted;
        sum.classChanged += one.classChanged;
        sum.missed += one.missed;
        sum.extra += one.extra;
        sum.meanIou += one.meanIou * one.matched;
        sum.meanAbsScoreDelta += one.meanAbsScoreDelta * one.matched;
    }
    if (sum.matched > 0) {
        sum.meanIou /= sum.matched;
        sum.meanAbsScoreDelta /= sum.matched;
    }
    setRates(sum);
    return sum;
}

} // namespace wb::evaluate

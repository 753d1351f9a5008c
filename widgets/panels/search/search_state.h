// SPDX-License-Identifier: GPL-3.0-or-later
// What a search has told so far, and the front of its candidates. Plain values.
#pragma once

#include "widgets/document/document.h"

#include <QVector>
#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace wb::panels {

struct SearchCandidate {
    int floatLayers = 0;
    double floatShare = 0;             ///< of the multiply-accumulates, 0…1
    double cosine = 0;                 ///< (1 + cosine) / 2 of the outputs, as the vendor's search prints it
    QStringList layers;                ///< those in float
    bool best = false;
    std::optional<double> extraCycles{}; ///< share of the INT8 network's cycles; only a knapsack knows
    /// What the plot's axis shows: extra cycles where they are known, else the float share.
    double price() const { return extraCycles.value_or(floatShare); }
};

/// A point that a knapsack promises from its tensors' damages, before anything is measured.
struct PredictedPoint {
    int floatLayers = 0;
    double extraCycles = 0;            ///< share of the INT8 network's cycles
    double cosine = 0;
};

struct SearchStep {
    QString name;
    double cosine = 0, gain = 0;
    bool kept = false;
    QString text;
};

/// Nothing when the payload is not of that kind.
std::optional<SearchCandidate> candidateFrom(const nlohmann::json& payload);
std::optional<SearchStep> stepFrom(const nlohmann::json& payload);
/// The event "search-front" (compiler/search/search.h); empty when it is not one.
QVector<PredictedPoint> predictedFrom(const nlohmann::json& payload);

/// Indices of the candidates that no other beats in both price and accuracy, by rising price.
QVector<int> frontOf(const QVector<SearchCandidate>& candidates);
/// The one marked best last; else the most accurate, with the lower price of equals. −1 without any.
int bestOf(const QVector<SearchCandidate>& candidates);

struct TableDifference {
    QStringList added, removed;        ///< float layers against the project as it is
};
/// Locked layers keep their precision and are in neither list.
TableDifference differenceTo(const jobs::Project& project, const SearchCandidate& candidate);
/// Writes the candidate into the project: its layers in `floatType`, other unlocked ones automatic.
void applyCandidate(jobs::Project& project, const SearchCandidate& candidate);

} // namespace wb::panels

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

/// Indices of the candidates that no other beats in both share and accuracy, by rising share.
QVector<int> frontOf(const QVector<SearchCandidate>& candidates);
/// The one marked best last; else the most accurate, with the smaller share of equals. −1 without any.
int bestOf(const QVector<SearchCandidate>& candidates);

struct TableDifference {
    QStringList added, removed;        ///< float layers against the project as it is
};
/// Locked layers keep their precision and are in neither list.
TableDifference differenceTo(const jobs::Project& project, const SearchCandidate& candidate);
/// Writes the candidate into the project: its layers in `floatType`, other unlocked ones automatic.
void applyCandidate(jobs::Project& project, const SearchCandidate& candidate);

} // namespace wb::panels

// SPDX-License-Identifier: GPL-3.0-or-later
// Which layer of the open network a name in somebody's table means (rules C-3, T-8). Pure functions.
#pragma once

#include <QString>
#include <QStringList>
#include <QVector>

namespace wb::models {

enum class MatchKind { Exact, Suffix, Order, None };

struct NameMatch {
    QString theirs;
    QString ours;                      ///< a suggestion unless `kind` is Exact; empty for None
    MatchKind kind = MatchKind::None;
};

/// Exact names first; then names that differ in a prefix or in what an exporter appended, when only one
/// layer fits; then, between two matched neighbours with as many free layers as free names, by position.
/// No layer is given twice.
QVector<NameMatch> matchNames(const QStringList& theirs, const QStringList& ours);

} // namespace wb::models

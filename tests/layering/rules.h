// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of the source tree as functions on one file's path and text; each returns what is wrong,
// one line a problem, or nothing. Paths are relative to the root, with '/'.
#pragma once

#include <QMap>
#include <QSet>
#include <QString>
#include <QStringList>

namespace wb::layering {

/// "compiler/ir", "widgets/theme", "visualizer", "app/cli"; empty outside of the modules.
QString moduleOf(const QString& path);

/// Which modules each module may include besides itself.
const QMap<QString, QSet<QString>>& allowedEdges();
/// A module of the table that reaches itself, if there is one.
QString cycleIn(const QMap<QString, QSet<QString>>& edges);

/// Targets of the #include lines, without quotes or brackets.
QStringList includesOf(const QString& text);

QStringList includeProblems(const QString& path, const QString& text);  ///< edges, Qt and third parties
QStringList lengthProblems(const QString& path, const QString& text);   ///< more than 400 lines
QStringList headerProblems(const QString& path, const QString& text);   ///< SPDX line, #pragma once
QStringList colourProblems(const QString& path, const QString& text);   ///< colour literals outside the theme
QStringList wordProblems(const QString& path, const QString& text);     ///< places of one machine, tools of the making

} // namespace wb::layering

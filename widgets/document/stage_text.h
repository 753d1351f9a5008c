// SPDX-License-Identifier: GPL-3.0-or-later
// Words for stages, results and errors in the language shown.
#pragma once

#include "compiler/base/error.h"
#include "compiler/jobs/stages.h"
#include "widgets/document/document.h"

#include <QString>

namespace wb::document {

QString stageName(jobs::Stage stage);      ///< "Reference FP32"
QString stateName(StageState state);       ///< "Out of date"
/// The facts of a finished stage in one line of about 160 px; the whole line for tool tips.
QString stageSummary(const jobs::StageResult& result);
QString stageSummaryLong(const jobs::StageResult& result);
QString secondsText(double seconds);       ///< "<0.1 s", "6.4 s", "2 min 05 s"
QString requestTitle(const QString& job);  ///< of a small job, for the list of jobs

/// What happened, as a sentence. Known codes are translated; the exact English text follows where a
/// translation would lose its numbers.
QString errorText(const Error& error);
QString errorCode(const Error& error);     ///< "E4002"

} // namespace wb::document

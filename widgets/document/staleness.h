// SPDX-License-Identifier: GPL-3.0-or-later
// Why a stored result no longer fits the project: which settings differ, in words (rule F-1).
#pragma once

#include <QString>
#include <QStringList>

#include <nlohmann/json_fwd.hpp>

namespace wb::document {

/// Paths of the leaves that differ ("preprocess/scale", "layers"), in the order of the first document.
QStringList changedSettings(const nlohmann::json& before, const nlohmann::json& now);

/// One translated phrase: "scale changed", "precisions changed", "the model file changed".
QString stalenessReason(const nlohmann::json& before, const nlohmann::json& now);

} // namespace wb::document

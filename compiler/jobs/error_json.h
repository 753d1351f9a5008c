// SPDX-License-Identifier: GPL-3.0-or-later
// Errors and problems as JSON, for `--json`, the worker and stage.json.
#pragma once

#include "compiler/base/error.h"

#include <nlohmann/json_fwd.hpp>

namespace wb::jobs {

nlohmann::json errorToJson(const Error& error);
Error errorFromJson(const nlohmann::json& j);

} // namespace wb::jobs

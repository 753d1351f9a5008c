// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/error_json.h"

#include "compiler/jobs/json_fields.h"

namespace wb::jobs {

nlohmann::json errorToJson(const Error& error) {
    constexpr const char* kSeverity[] = {"note", "warning", "error"};
    return {{"code", static_cast<unsigned>(error.code)},
            {"severity", kSeverity[static_cast<size_t>(error.severity)]},
            {"what", error.what},
            {"why", error.why},
            {"file", error.file},
            {"node", error.node},
            {"remedies", error.remedies},
            {"fields", error.fields}};
}

Error errorFromJson(const nlohmann::json& j) {
    Error error;
    unsigned code = static_cast<unsigned>(Code::Internal);
    readField(j, "code", code);
    error.code = static_cast<Code>(code);
    std::string severity;
    readField(j, "severity", severity);
    error.severity = severity == "note"      ? Severity::Note
                     : severity == "warning" ? Severity::Warning
                                             : Severity::Error;
    readField(j, "what", error.what);
    readField(j, "why", error.why);
    readField(j, "file", error.file);
    readField(j, "node", error.node);
    readField(j, "remedies", error.remedies);
    readField(j, "fields", error.fields);
    return error;
}

} // namespace wb::jobs

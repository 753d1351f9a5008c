// SPDX-License-Identifier: GPL-3.0-or-later
// stage.json of a result, and finding it again.
#include "compiler/jobs/stages.h"

#include "compiler/base/file.h"
#include "compiler/jobs/json_fields.h"

namespace wb::jobs {
namespace {
constexpr std::array kWords{"import",   "preprocess", "reference", "calibrate",
                            "quantise", "precision",  "mixed",     "deploy"};
} // namespace

const char* spelling(Stage stage) { return kWords[static_cast<size_t>(stage)]; }

std::optional<Stage> stageFromSpelling(const std::string& text) {
    for (Stage stage : kStages)
        if (text == spelling(stage)) return stage;
    return {};
}

void to_json(nlohmann::json& j, const StageResult& v) {
    j = {{"stage", spelling(v.stage)}, {"key", v.key},     {"done", v.done},
         {"state", v.state},           {"summary", v.summary}, {"seconds", v.seconds},
         {"files", v.files}};
    if (!v.settings.is_null()) j["settings"] = v.settings;
    if (!v.error.is_null()) j["error"] = v.error;
}

void from_json(const nlohmann::json& j, StageResult& v) {
    std::string word;
    readField(j, "stage", word);
    v.stage = stageFromSpelling(word).value_or(Stage::Import);
    readField(j, "key", v.key);
    readField(j, "done", v.done);
    readField(j, "state", v.state);
    readField(j, "summary", v.summary);
    readField(j, "seconds", v.seconds);
    readField(j, "files", v.files);
    readField(j, "settings", v.settings);
    readField(j, "error", v.error);
}

std::filesystem::path stageFolder(const std::filesystem::path& projectFile, Stage stage,
                                  const std::string& key) {
    return resultsFolder(projectFile) / (std::string(spelling(stage)) + '-' + key);
}

std::optional<StageResult> loadStage(const std::filesystem::path& projectFile, Stage stage,
                                     const std::string& key) {
    const auto text = readTextFile(stageFolder(projectFile, stage, key) / "stage.json");
    if (!text) return {};
    const auto j = nlohmann::json::parse(*text, nullptr, false);
    if (!j.is_object()) return {};
    StageResult result;
    from_json(j, result);
    if (result.key != key) return {};
    return result;
}

} // namespace wb::jobs

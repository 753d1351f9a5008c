// SPDX-License-Identifier: GPL-3.0-or-later
// The eight stages of a project, their content-addressed results, and the function that runs them. The
// window (through the worker) and `tpuwb project run` call the same runStages().
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/jobs/project.h"
#include "compiler/jobs/snapshot.h"

#include <array>
#include <filesystem>
#include <optional>
#include <string>

namespace wb::jobs {

enum class Stage : uint8_t {
    Import, Preprocess, Reference, Calibrate, Quantise, Precision, Mixed, Deploy
};
inline constexpr std::array kStages{Stage::Import,   Stage::Preprocess, Stage::Reference, Stage::Calibrate,
                                    Stage::Quantise, Stage::Precision,  Stage::Mixed,     Stage::Deploy};
const char* spelling(Stage stage); ///< "import", "preprocess", "reference", …
std::optional<Stage> stageFromSpelling(const std::string& text);

/// What one stage left behind: NAME.tpuwb.d/<stage>-<key>/stage.json and the files that it names.
struct StageResult {
    Stage stage = Stage::Import;
    std::string key;                       ///< hash of inputs, options and code version (first 16 hex digits)
    bool done = false;                     ///< complete; otherwise failed or cancelled
    std::string state;                     ///< "done", "failed", "cancelled", "skipped"
    std::map<std::string, std::string> summary; ///< facts for the one-line result, see stages.md
    double seconds = 0;
    std::map<std::string, std::string> files;   ///< role → file name in the stage's folder
    nlohmann::json settings;               ///< what the key is the hash of (stage_keys.h)
    nlohmann::json error;                  ///< error as JSON when failed
};
void to_json(nlohmann::json& j, const StageResult& v);
void from_json(const nlohmann::json& j, StageResult& v);

/// Key of each stage for this project as it is now. A stage is done if its folder with that key holds
/// a complete stage.json; stale if only other keys have one (rules F-1, F-2). Cheap: hashes settings and
/// the SHA-256 of files (cached by path, size and time).
std::array<std::string, 8> stageKeys(const Project& project, const std::filesystem::path& projectFile);

std::filesystem::path stageFolder(const std::filesystem::path& projectFile, Stage stage,
                                  const std::string& key);
/// Reads stage.json; nothing if the folder has none.
std::optional<StageResult> loadStage(const std::filesystem::path& projectFile, Stage stage,
                                     const std::string& key);

/// Runs what is missing up to and including `last`, in order. Emits the events of events.h as results
/// come. A stage that fails ends the run with its error; finished stages stay.
Status runStages(const Project& project, const std::filesystem::path& projectFile, Stage last,
                 JobContext& context);

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the missing stages of a project in order; each result is complete or absent.
#include "compiler/jobs/stages.h"

#include "compiler/base/file.h"
#include "compiler/jobs/error_json.h"
#include "compiler/jobs/events.h"
#include "compiler/jobs/stage_run.h"

#include <chrono>
#include <nlohmann/json.hpp>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;

/// Written last: a stage without stage.json does not count, whatever files lie there.
Status writeResult(const StageResult& result, const fs::path& folder) {
    return writeTextAtomically(folder / "stage.json", nlohmann::json(result).dump(2) + '\n');
}

/// Sends again what a finished stage holds, so that a window that opens the project later sees it all.
void replay(const StageResult& result, const fs::path& folder, const JobContext& context) {
    for (const auto& [role, file] : result.files) {
        if (role != "network") continue;
        const auto text = readTextFile(folder / file);
        if (!text) continue;
        const auto j = nlohmann::json::parse(*text, nullptr, false);
        if (!j.is_discarded()) context.event(event::kNetwork, j);
    }
    context.event(event::kStageFinished, result);
}

} // namespace

Status runStages(const Project& project, const fs::path& projectFile, Stage last, JobContext& context) {
    const auto settings = stageSettings(project, projectFile);
    const auto keys = stageKeys(project, projectFile);
    StageRun run(project, projectFile, context);
    for (const Stage stage : kStages) {
        if (stage > last) break;
        const auto index = static_cast<size_t>(stage);
        const fs::path folder = stageFolder(projectFile, stage, keys[index]);
        if (const auto present = loadStage(projectFile, stage, keys[index]); present && present->done) {
            replay(*present, folder, context);
            if (stage == Stage::Deploy) WB_TRY(run.deliver(*present, folder));
            continue;
        }
        WB_TRY(context.checkStop());
        context.event(event::kStageStarted, {{"stage", spelling(stage)}, {"key", keys[index]}});
        StageResult result;
        result.stage = stage;
        result.key = keys[index];
        result.settings = settings[index];
        const auto begin = std::chrono::steady_clock::now();
        std::error_code ec;
        fs::create_directories(folder, ec);
        const Status status = run.run(stage, result, folder);
        result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        if (!status) {
            result.done = false;
            result.state = isCancelled(status.error()) ? "cancelled" : "failed";
            result.error = errorToJson(status.error());
            context.event(event::kStageFinished, result);
            // Best effort: the reason is worth keeping, and its own failure must not hide it.
            if (!isCancelled(status.error())) static_cast<void>(writeResult(result, folder));
            return status;
        }
        result.done = true;
        if (result.state.empty()) result.state = "done";
        WB_TRY(writeResult(result, folder));
        context.event(event::kStageFinished, result);
    }
    return {};
}

} // namespace wb::jobs

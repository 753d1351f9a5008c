// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs that the window asks its worker for (events.h).
#include "compiler/jobs/worker.h"

#include "compiler/base/file.h"
#include "compiler/jobs/bmodel_profile.h"
#include "compiler/jobs/events.h"
#include "compiler/jobs/json_fields.h"
#include "compiler/jobs/network_snapshot.h"
#include "compiler/jobs/previews.h"
#include "compiler/jobs/search_job.h"
#include "compiler/jobs/stage_keys.h"
#include "compiler/target/bmodel/reader.h"

#include <thread>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct ProjectPayload {
    Project project;
    fs::path file;
};

Result<ProjectPayload> projectOf(const json& request) {
    ProjectPayload payload;
    std::string file;
    if (!readField(request, "file", file) || !request.contains("project"))
        return Error{Code::UsageError, "the request has no project"};
    payload.file = file;
    WB_ASSIGN(payload.project, projectFromJson(request.at("project").dump()));
    return payload;
}

Result<json> stagesJob(const json& request, JobContext& context) {
    WB_ASSIGN(const ProjectPayload payload, projectOf(request));
    std::string last = "deploy";
    readField(request, "last", last);
    const auto stage = stageFromSpelling(last);
    if (!stage) return Error{Code::UsageError, "there is no stage '" + last + "'"};
    WB_TRY(runStages(payload.project, payload.file, *stage, context));
    return json::object();
}

/// The search of a project: runs what it needs (calibration), then the search on the project's data.
Result<json> searchJob(const json& request, JobContext& context) {
    WB_ASSIGN(const ProjectPayload payload, projectOf(request));
    WB_TRY(runStages(payload.project, payload.file, Stage::Calibrate, context));
    const auto keys = stageKeys(payload.project, payload.file);
    const auto folderOf = [&](Stage stage) {
        return stageFolder(payload.file, stage, keys[static_cast<size_t>(stage)]);
    };
    auto network = loadStage(payload.file, Stage::Preprocess, keys[static_cast<size_t>(Stage::Preprocess)]);
    auto calibrated = loadStage(payload.file, Stage::Calibrate, keys[static_cast<size_t>(Stage::Calibrate)]);
    if (!network || !calibrated) return Error{Code::Internal, "the calibrated network is not there"};
    SearchRequest search;
    search.mlir = folderOf(Stage::Preprocess) / network->files["top"];
    search.calibrationTable = folderOf(Stage::Calibrate) / calibrated->files["table"];
    search.chip = payload.project.target.chip;
    search.floatType = payload.project.target.floatType;
    search.settings = payload.project.search;
    readField(request, "method", search.method);
    if (!payload.project.calibration.dataList.empty())
        search.dataList = resolvePath(payload.file, payload.project.calibration.dataList).string();
    else
        search.dataset = resolvePath(payload.file, payload.project.calibration.dataset).string();
    for (const auto& [name, choice] : payload.project.layers)
        if (choice.locked) {
            search.locked.push_back(name);
            if (!choice.precision.empty()) search.fixed[name] = choice.precision;
        }
    const fs::path folder = resultsFolder(payload.file) / "search";
    search.table = folder / "qtable";
    search.lossTable = folder / "full_loss_table.txt";
    WB_ASSIGN(const SearchResult result, searchTable(search, context));
    return json(result);
}

/// The commands of a bmodel on the axis of time, as a file: a hundred thousand are too many for a message.
Result<json> timelineJob(const json& request, JobContext& context) {
    std::string file, to;
    if (!readField(request, "file", file) || !readField(request, "to", to))
        return Error{Code::UsageError, "the request names no file"};
    WB_ASSIGN(const bmodel::File opened, bmodel::read(file));
    WB_TRY(context.checkStop());
    auto timeline = timelineOf(opened);
    if (!timeline) return Error(timeline.error()).inFile(file);
    WB_TRY(writeTextAtomically(to, json(*timeline).dump()));
    return json{{"to", to}};
}

/// Says back what it was told, in steps that can be cancelled: for tests of the protocol.
Result<json> echoJob(const json& request, JobContext& context) {
    int steps = 1;
    int stepMs = 0;
    readField(request, "steps", steps);
    readField(request, "step_ms", stepMs);
    for (int i = 0; i < steps; ++i) {
        WB_TRY(context.checkStop());
        context.progress({"echo", i + 1.0, static_cast<double>(steps), {}});
        std::this_thread::sleep_for(std::chrono::milliseconds(stepMs));
    }
    return request;
}

} // namespace

std::map<std::string, WorkerJob> workerJobs() {
    return {{"stages", stagesJob},
            {"search", searchJob},
            {"import-preview", importPreview},
            {"preprocess-preview", preprocessPreview},
            {"tensor-statistics", tensorStatistics},
            {"bmodel-timeline", timelineJob},
            {"echo", echoJob}};
}

} // namespace wb::jobs

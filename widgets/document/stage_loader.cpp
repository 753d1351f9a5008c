// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/document/stage_loader.h"

#include "compiler/base/file.h"
#include "compiler/jobs/stage_keys.h"

namespace wb::document {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The newest complete result of a stage with whatever key.
std::optional<jobs::StageResult> newestResult(const fs::path& projectFile, jobs::Stage stage) {
    const std::string prefix = std::string(jobs::spelling(stage)) + '-';
    std::optional<jobs::StageResult> newest;
    fs::file_time_type newestTime{};
    std::error_code ec;
    for (fs::directory_iterator it(jobs::resultsFolder(projectFile), ec), end; !ec && it != end;
         it.increment(ec)) {
        const std::string name = it->path().filename().string();
        if (!name.starts_with(prefix)) continue;
        std::error_code missing;
        const auto time = fs::last_write_time(it->path() / "stage.json", missing);
        if (missing || (newest && time <= newestTime)) continue;
        auto result = jobs::loadStage(projectFile, stage, name.substr(prefix.size()));
        if (!result || !result->done) continue;
        newest = std::move(result);
        newestTime = time;
    }
    return newest;
}

/// A file that holds an array, or an object with one array in it.
json arrayIn(const fs::path& file) {
    const auto text = readTextFile(file);
    if (!text) return json::array();
    json j = json::parse(*text, nullptr, false);
    if (j.is_array()) return j;
    if (j.is_object())
        for (auto& item : j.items())
            if (item.value().is_array()) return item.value();
    return json::array();
}

template <class T> void readAll(const fs::path& file, std::vector<T>& out) {
    const json list = arrayIn(file);
    out.reserve(list.size());
    for (const json& entry : list) {
        if (!entry.is_object()) continue;
        try {
            out.push_back(entry.get<T>());
        } catch (const json::exception&) {
            // One damaged entry costs itself; the stage can be run again.
        }
    }
}

bool isRole(const std::string& role, const char* wanted) {
    return role == wanted || role.starts_with(std::string(wanted) + '-') ||
           role.starts_with(std::string(wanted) + '_');
}

} // namespace

StageData readStageData(const fs::path& projectFile, const jobs::StageResult& result) {
    StageData data;
    const fs::path folder = jobs::stageFolder(projectFile, result.stage, result.key);
    for (const auto& [role, name] : result.files) {
        const fs::path file = folder / name;
        if (isRole(role, "network")) {
            const auto text = readTextFile(file);
            if (!text) continue;
            const json j = json::parse(*text, nullptr, false);
            try {
                if (j.is_object()) data.network = j.get<jobs::NetworkSnapshot>();
            } catch (const json::exception&) {
            }
        } else if (isRole(role, "samples") || isRole(role, "isolated")) {
            readAll(file, data.samples);
        } else if (isRole(role, "precisions")) {
            readAll(file, data.precisions);
        } else if (isRole(role, "detections")) {
            readAll(file, data.detections);
        } else if (isRole(role, "deploy")) {
            const auto text = readTextFile(file);
            if (!text) continue;
            const json j = json::parse(*text, nullptr, false);
            if (j.is_object()) data.deploy = deployReportFromJson(j);
            if (data.deploy && result.files.contains("bmodel"))
                data.deploy->stored = QString::fromStdString((folder / result.files.at("bmodel")).string());
        }
    }
    return data;
}

FoundStages findStages(const jobs::Project& project, const fs::path& projectFile,
                       const KnownKeys& known) {
    FoundStages found;
    const auto settings = jobs::stageSettings(project, projectFile);
    const auto keys = jobs::stageKeys(project, projectFile);
    for (size_t i = 0; i < found.size(); ++i) {
        FoundStage& entry = found[i];
        const jobs::Stage stage = jobs::kStages[i];
        entry.key = keys[i];
        entry.settings = settings[i];
        entry.result = jobs::loadStage(projectFile, stage, keys[i]);
        entry.current = entry.result.has_value();
        if (!entry.result) entry.result = newestResult(projectFile, stage);
        if (entry.result && entry.result->done && entry.result->key != known[i])
            entry.data = readStageData(projectFile, *entry.result);
        // The pictures are the same by content; the project says where they lie now.
        const auto& images = project.testImages;
        if (entry.data && entry.current && !images.empty() && entry.data->detections.size() % images.size() == 0)
            for (size_t k = 0; k < entry.data->detections.size(); ++k)
                entry.data->detections[k].picture = images[k % images.size()];
    }
    return found;
}

} // namespace wb::document

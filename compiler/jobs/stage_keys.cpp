// SPDX-License-Identifier: GPL-3.0-or-later
// What each stage depends on, written as JSON; its hash is the stage's key. The same JSON is stored with the
// result ("settings"), so that the window can say what changed (rule F-1).
#include "compiler/jobs/stage_keys.h"

#include "compiler/base/file.h"

#include <algorithm>
#include <mutex>
#include <set>

namespace wb::jobs {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// Raised whenever results of the same settings change; part of every key.
constexpr int kCodeVersion = 2;

/// Above this, data set files are told apart by size and time instead of content.
constexpr uintmax_t kHashLimitBytes = uintmax_t{64} << 20;

struct FileStamp {
    uintmax_t size = 0;
    fs::file_time_type time;
    auto operator<=>(const FileStamp&) const = default;
};

/// Content hash of a file, computed again only when its size or time changed; "missing" if unreadable.
std::string fingerprint(const fs::path& path) {
    static std::mutex mutex;
    static std::map<std::string, std::pair<FileStamp, std::string>> cache;
    std::error_code ec;
    FileStamp stamp;
    stamp.size = fs::file_size(path, ec);
    if (ec) return "missing";
    stamp.time = fs::last_write_time(path, ec);
    {
        std::lock_guard lock(mutex);
        const auto it = cache.find(path.string());
        if (it != cache.end() && it->second.first == stamp) return it->second.second;
    }
    std::string hash = sha256OfFile(path).valueOr("missing");
    std::lock_guard lock(mutex);
    cache[path.string()] = {stamp, hash};
    return hash;
}

json datasetFingerprint(const fs::path& folder) {
    std::vector<fs::path> files;
    uintmax_t total = 0;
    std::error_code ec;
    for (fs::recursive_directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
        if (!it->is_regular_file(ec)) continue;
        files.push_back(it->path());
        total += it->file_size(ec);
    }
    std::sort(files.begin(), files.end());
    json list = json::array();
    for (const fs::path& file : files) {
        const std::string name = fs::relative(file, folder, ec).generic_string();
        if (total <= kHashLimitBytes)
            list.push_back({name, fingerprint(file)});
        else
            list.push_back({name, fs::file_size(file, ec),
                            fs::last_write_time(file, ec).time_since_epoch().count()});
    }
    // A long list is kept as its hash: the settings are for reading, not for restoring.
    return json{{"files", files.size()}, {"content", sha256(list.dump()).substr(0, 16)}};
}

/// Contents in order, without names: the same pictures in another place give the same results.
json filesFingerprint(const std::vector<std::string>& files, const fs::path& projectFile) {
    json list = json::array();
    for (const std::string& file : files)
        list.push_back(fingerprint(resolvePath(projectFile, file)).substr(0, 16));
    return list;
}

std::string keyOf(const json& settings) {
    return sha256(json{{"version", kCodeVersion}, {"settings", settings}}.dump()).substr(0, 16);
}

} // namespace

fs::path resolvePath(const fs::path& projectFile, const std::string& path) {
    const fs::path p(path);
    if (path.empty() || p.is_absolute()) return p;
    return projectFile.parent_path() / p;
}

std::array<nlohmann::json, 8> stageSettings(const Project& project, const fs::path& projectFile) {
    const json all = json::parse(toJsonText(project));
    json model = all.at("model");
    model["sha256"] = fingerprint(resolvePath(projectFile, project.model.path));
    if (!project.model.dataPath.empty())
        model["data_sha256"] = fingerprint(resolvePath(projectFile, project.model.dataPath));
    model.erase("path"); // the same bytes under another name give the same results
    model.erase("data_path");

    const json images = filesFingerprint(project.testImages, projectFile);
    json calibration = all.at("calibration");
    if (!project.calibration.importedTable.empty()) {
        calibration = json{{"imported_table",
                            fingerprint(resolvePath(projectFile, project.calibration.importedTable))}};
    } else if (!project.calibration.dataList.empty()) {
        calibration["data"] = fingerprint(resolvePath(projectFile, project.calibration.dataList));
    } else {
        calibration["data"] = datasetFingerprint(resolvePath(projectFile, project.calibration.dataset));
    }
    for (const char* place : {"dataset", "data_list"}) calibration.erase(place); // "data" is their content
    json target = all.at("target");
    target.erase("tolerance_cosine");
    target.erase("tolerance_euclid");
    target.erase("float_type");
    json heads{{"family", project.detect.family}, {"anchors", project.detect.anchors}};
    json precisions = json::object();
    for (const auto& [name, choice] : project.layers)
        if (!choice.precision.empty()) precisions[name] = choice.precision;

    const json import{{"model", model}};
    const json preprocess{{"model", model}, {"preprocess", all.at("preprocess")}, {"test_images", images}};
    json reference = preprocess;
    reference["detect"] = heads;
    const json calibrate{{"model", model}, {"preprocess", all.at("preprocess")}, {"calibration", calibration}};
    json quantise = reference;
    quantise["calibration"] = calibration;
    quantise["target"] = target;
    const json precision{{"model", model}, {"layers", precisions}};
    json mixed = quantise;
    mixed["layers"] = precisions;
    json deploy = project.deploy.precision == "mixed" ? mixed : quantise;
    deploy["deploy"] = json{{"precision", project.deploy.precision},
                            {"quant_input", project.deploy.quantInput},
                            {"quant_output", project.deploy.quantOutput}};
    if (project.deploy.fusePreprocess) deploy["deploy"]["raw_input"] = project.deploy.customizationFormat;
    deploy["tolerance"] = {project.target.toleranceCosine, project.target.toleranceEuclid};
    return {import, preprocess, reference, calibrate, quantise, precision, mixed, deploy};
}

std::array<std::string, 8> stageKeys(const Project& project, const fs::path& projectFile) {
    const auto settings = stageSettings(project, projectFile);
    std::array<std::string, 8> keys;
    for (size_t i = 0; i < keys.size(); ++i)
        keys[i] = keyOf(settings[i]);
    return keys;
}

} // namespace wb::jobs

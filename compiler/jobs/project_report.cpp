// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/project_report.h"

#include "compiler/base/file.h"
#include "compiler/evaluate/match.h"
#include "compiler/jobs/json_fields.h"
#include "compiler/jobs/number_text.h"

#include <algorithm>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string fact(const StageResult& result, const char* key) {
    const auto it = result.summary.find(key);
    return it == result.summary.end() ? std::string() : it->second;
}

std::string padded(std::string text, size_t width) {
    // Counts code points, so that "·" and "×" are one column.
    const auto columns = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
    if (static_cast<size_t>(columns) < width) text.append(width - static_cast<size_t>(columns), ' ');
    return text;
}

std::vector<DetectionCandidates> readDetections(const StageResult& result, const fs::path& folder,
                                                const char* role) {
    std::vector<DetectionCandidates> list;
    const auto it = result.files.find(role);
    if (it == result.files.end()) return list;
    const auto text = readTextFile(folder / it->second);
    if (!text) return list;
    const json j = json::parse(*text, nullptr, false);
    if (!j.is_array()) return list;
    for (const json& item : j)
        list.push_back(item.get<DetectionCandidates>());
    return list;
}

std::vector<evaluate::Box> keptBoxes(const DetectionCandidates& candidates, const DetectSettings& settings) {
    std::vector<evaluate::Box> boxes;
    for (const DetectionBox& b : candidates.boxes)
        boxes.push_back({b.classId, b.score, b.x, b.y, b.w, b.h});
    return evaluate::nonMaximumSuppression(std::move(boxes), settings.nmsIou, settings.scoreThreshold);
}

/// F1, missed and extra of one variant against FP32, over all pictures.
evaluate::MatchResult matchAll(const std::vector<DetectionCandidates>& reference,
                               const std::vector<DetectionCandidates>& variant, const DetectSettings& settings) {
    std::vector<evaluate::MatchResult> results;
    evaluate::MatchOptions options;
    options.iou = settings.matchIou;
    for (size_t i = 0; i < std::min(reference.size(), variant.size()); ++i) {
        const auto a = keptBoxes(reference[i], settings);
        const auto b = keptBoxes(variant[i], settings);
        results.push_back(evaluate::matchBoxes(a, b, options));
    }
    return evaluate::addMatches(results);
}

} // namespace

std::string oneLine(const StageResult& r) {
    if (r.state == "failed") {
        std::string what;
        readField(r.error, "what", what);
        return what;
    }
    if (r.stage == Stage::Calibrate && r.state == "skipped") return fact(r, "method");
    switch (r.stage) {
    case Stage::Import: {
        std::string text = fact(r, "format");
        if (fact(r, "opset") != "0") text += " opset " + fact(r, "opset");
        return text + " · " + fact(r, "layers") + " layers · in " + fact(r, "input") + " · " +
               fact(r, "outputs") + " outputs";
    }
    case Stage::Preprocess:
        if (fact(r, "kind") == "none") return "no test image yet";
        if (fact(r, "kind") == "tensor") return "tensors from npz · " + fact(r, "images") + " samples";
        return fact(r, "pixel_format") + " · " + fact(r, "resize") + ' ' + fact(r, "size") + " · " +
               fact(r, "formula") + " · pad " + fact(r, "pad");
    case Stage::Reference: return "matches the source network: min cos " + fact(r, "min_cosine");
    case Stage::Calibrate:
        if (fact(r, "method") == "imported") return "imported · " + fact(r, "thresholds") + " thresholds";
        return fact(r, "images") + " images · " + fact(r, "method") + " · " + fact(r, "thresholds") + " thresholds";
    case Stage::Quantise:
        return "output cos " + fact(r, "output_cosine") + " · worst " + fact(r, "worst_layer") + ' ' +
               fact(r, "worst_cosine");
    case Stage::Precision: return fact(r, "entries") + " of " + fact(r, "layers") + " layers set";
    case Stage::Mixed:
        return "output cos " + fact(r, "output_cosine") + " · " + fact(r, "float_layers") + " float layers";
    case Stage::Deploy:
        if (fact(r, "bytes").empty()) return "waits: " + fact(r, "waits_for");
        return fact(r, "precision") + ", " + fact(r, "bytes") + " bytes, least cosine " + fact(r, "min_cosine") +
               (fact(r, "passed") == "no" ? ", below the tolerance" : "");
    }
    return {};
}

ProjectReport makeReport(const Project& project, const fs::path& projectFile) {
    ProjectReport report;
    report.content = {{"project", projectFile.string()}, {"stages", json::array()}};
    const auto keys = stageKeys(project, projectFile);
    std::string& text = report.text;
    text = padded("stage", 12) + padded("state", 11) + padded("time", 9) + "result\n";
    std::map<Stage, StageResult> results;
    for (const Stage stage : kStages) {
        const std::string& key = keys[static_cast<size_t>(stage)];
        const auto result = loadStage(projectFile, stage, key);
        json row = result ? json(*result) : json{{"stage", spelling(stage)}, {"state", "not run"}};
        row.erase("settings");
        row["folder"] = stageFolder(projectFile, stage, key).string();
        report.content["stages"].push_back(std::move(row));
        text += padded(spelling(stage), 12) + padded(result ? result->state : "not run", 11) +
                padded(result ? fixedText(result->seconds, 2) + " s" : "", 9) +
                (result ? oneLine(*result) : "") + '\n';
        if (result) results[stage] = *result;
    }
    const auto detections = [&](Stage stage) {
        const auto it = results.find(stage);
        if (it == results.end()) return std::vector<DetectionCandidates>();
        return readDetections(it->second, stageFolder(projectFile, stage, it->second.key), "detections");
    };
    const auto reference = detections(Stage::Reference);
    if (!reference.empty()) {
        report.content["detections"] = json::array();
        text += "\ndetections at score >= " + fixedText(project.detect.scoreThreshold, 2) + ", against FP32\n";
        text += padded("variant", 12) + padded("boxes", 8) + padded("matched", 9) + padded("missed", 8) +
                padded("extra", 7) + padded("changed", 9) + "F1\n";
        for (const Stage stage : {Stage::Reference, Stage::Quantise, Stage::Mixed}) {
            const auto variant = detections(stage);
            if (variant.empty()) continue;
            const auto match = matchAll(reference, variant, project.detect);
            size_t boxes = 0;
            for (const DetectionCandidates& c : variant)
                boxes += keptBoxes(c, project.detect).size();
            const char* name = spelling(variant.front().variant);
            report.content["detections"].push_back({{"variant", name}, {"boxes", boxes}, {"matched", match.matched},
                                                    {"missed", match.missed}, {"extra", match.extra},
                                                    {"class_changed", match.classChanged}, {"f1", match.f1},
                                                    {"mean_iou", match.meanIou},
                                                    {"mean_abs_score_delta", match.meanAbsScoreDelta}});
            text += padded(name, 12) + padded(std::to_string(boxes), 8) + padded(std::to_string(match.matched), 9) +
                    padded(std::to_string(match.missed), 8) + padded(std::to_string(match.extra), 7) +
                    padded(std::to_string(match.classChanged), 9) + fixedText(match.f1, 3) + '\n';
        }
    }
    text += "\nfiles in " + resultsFolder(projectFile).string() + '\n';
    for (const auto& [stage, result] : results)
        for (const auto& [role, file] : result.files)
            text += "  " + padded(role, 18) + stageFolder("", stage, result.key).filename().string() + '/' + file + '\n';
    text.pop_back();
    return report;
}

std::string exportScript(const Project& p, const fs::path& projectFile) {
    const std::string name = fs::path(p.model.path).stem().string();
    const auto list = [](const auto& values) {
        std::string text;
        for (const auto& value : values) {
            if (!text.empty()) text += ',';
            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>)
                text += std::to_string(value);
            else
                text += value;
        }
        return text;
    };
    const auto quoted = [](const std::string& word) {
        std::string text = "'";
        for (const char c : word)
            text += c == '\'' ? std::string("'\\''") : std::string(1, c);
        return text + "'";
    };
    std::string s = "#!/bin/sh\n# " + projectFile.filename().string() + " as commands\nset -e\n";
    s += "tpuwb transform --model_name " + quoted(name) + " --model_def " + quoted(p.model.path);
    if (!p.model.dataPath.empty()) s += " --model_data " + quoted(p.model.dataPath);
    if (!p.model.inputShapes.empty()) {
        s += " --input_shapes '[";
        for (size_t i = 0; i < p.model.inputShapes.size(); ++i)
            s += (i == 0 ? "[" : ",[") + list(p.model.inputShapes[i]) + "]";
        s += "]'";
    }
    if (!p.model.outputNames.empty()) s += " --output_names " + quoted(list(p.model.outputNames));
    s += " --pixel_format " + p.preprocess.pixelFormat + " --mean=" + list(p.preprocess.mean) +
         " --scale=" + list(p.preprocess.scale);
    if (p.preprocess.keepAspectRatio)
        s += " --keep_aspect_ratio --keep_ratio_mode " + p.preprocess.keepRatioMode + " --pad_type " +
             p.preprocess.padType + " --pad_value " + std::to_string(p.preprocess.padValue);
    if (p.preprocess.resizeDims[0] > 0) s += " --resize_dims " + list(p.preprocess.resizeDims);
    if (!p.testImages.empty())
        s += " --test_input " + quoted(p.testImages.front()) + " --test_result " + quoted(name + "_top_outputs.npz");
    s += " --mlir " + quoted(name + ".mlir") + '\n';
    std::string rows;
    for (const auto& [layer, choice] : p.layers)
        if (!choice.precision.empty()) rows += layer + ' ' + choice.precision + '\n';
    const bool mixed = p.deploy.precision == "mixed";
    const std::string precision = mixed ? "INT8" : p.deploy.precision;
    if (!mixed) rows.clear();
    if (!rows.empty()) s += "cat > " + quoted(name + "_qtable") + " <<'END'\n" + rows + "END\n";
    if (p.calibration.importedTable.empty()) {
        s += "tpuwb calibrate " + quoted(name + ".mlir");
        s += p.calibration.dataList.empty() ? " --dataset " + quoted(p.calibration.dataset)
                                            : " --data_list " + quoted(p.calibration.dataList);
        s += " --input_num " + std::to_string(p.calibration.inputNum) + " --cali_method " + p.calibration.method +
             " --tune_num " + std::to_string(p.calibration.tuneNum);
        if (!p.calibration.recipe.empty()) {
            s += " --recipe " + p.calibration.recipe;
            if (!rows.empty()) s += " --quantize_table " + quoted(name + "_qtable"); // weights for this plan
        }
        s += " -o " + quoted(name + "_cali_table") + '\n';
    }
    const std::string table = p.calibration.importedTable.empty() ? name + "_cali_table" : p.calibration.importedTable;
    std::string network = quoted(name + ".mlir");
    if (precision == "INT8" && p.calibration.importedTable.empty() && !p.calibration.recipe.empty()) {
        s += "network=" + network + "\nif [ -e " + quoted(name + "_improved.mlir") + " ]; then network=" +
             quoted(name + "_improved.mlir") + "; fi\n"; // where the recipe has rewritten weights
        network = "\"$network\"";
    }
    s += "tpuwb deploy --mlir " + network + " --quantize " + precision + " --chip " + p.target.chip;
    if (precision == "INT8") s += " --calibration_table " + quoted(table);
    if (p.deploy.quantInput) s += " --quant_input";
    if (p.deploy.quantOutput) s += " --quant_output";
    if (p.deploy.fusePreprocess) s += " --fuse_preprocess";
    if (p.deploy.fusePreprocess && !p.deploy.customizationFormat.empty()) s += " --customization_format " + p.deploy.customizationFormat;
    if (!rows.empty()) s += " --quantize_table " + quoted(name + "_qtable");
    if (!p.testImages.empty())
        s += " --test_input " + quoted(p.deploy.fusePreprocess ? p.testImages.front() : name + "_in_f32.npz") + " --test_reference " + quoted(name + "_top_outputs.npz") +
             " --tolerance " + fixedText(p.target.toleranceCosine, 2) + ',' + fixedText(p.target.toleranceEuclid, 2);
    const std::string file = p.deploy.file.empty() ? name + '_' + p.target.chip + ".bmodel" : p.deploy.file;
    return s + " --model " + quoted(file) + '\n';
}

} // namespace wb::jobs

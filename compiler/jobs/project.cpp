// SPDX-License-Identifier: GPL-3.0-or-later
// The project file: JSON with sorted keys (nlohmann's default map), two-space indent, a closing newline.
#include "compiler/jobs/project.h"

#include "compiler/base/file.h"
#include "compiler/jobs/json_fields.h"

#include <algorithm>
#include <cctype>

namespace wb::jobs {

using nlohmann::json;

static void to_json(json& j, const ModelReference& v) {
    j = json{{"path", v.path},
             {"data_path", v.dataPath},
             {"sha256", v.sha256},
             {"input_shapes", v.inputShapes},
             {"output_names", v.outputNames}};
}

static void from_json(const json& j, ModelReference& v) {
    readField(j, "path", v.path);
    readField(j, "data_path", v.dataPath);
    readField(j, "sha256", v.sha256);
    readField(j, "input_shapes", v.inputShapes);
    readField(j, "output_names", v.outputNames);
}

static void to_json(json& j, const PreprocessSettings& v) {
    j = json{{"pixel_format", v.pixelFormat},
             {"channel_format", v.channelFormat},
             {"resize_dims", v.resizeDims},
             {"keep_aspect_ratio", v.keepAspectRatio},
             {"keep_ratio_mode", v.keepRatioMode},
             {"pad_value", v.padValue},
             {"pad_type", v.padType},
             {"mean", v.mean},
             {"scale", v.scale},
             {"tensor_input", v.tensorInput}};
}

static void from_json(const json& j, PreprocessSettings& v) {
    readField(j, "pixel_format", v.pixelFormat);
    readField(j, "channel_format", v.channelFormat);
    readField(j, "resize_dims", v.resizeDims);
    readField(j, "keep_aspect_ratio", v.keepAspectRatio);
    readField(j, "keep_ratio_mode", v.keepRatioMode);
    readField(j, "pad_value", v.padValue);
    readField(j, "pad_type", v.padType);
    readField(j, "mean", v.mean);
    readField(j, "scale", v.scale);
    readField(j, "tensor_input", v.tensorInput);
}

static void to_json(json& j, const CalibrationSettings& v) {
    j = json{{"dataset", v.dataset},
             {"data_list", v.dataList},
             {"input_num", v.inputNum},
             {"method", v.method},
             {"histogram_bins", v.histogramBins},
             {"tune_num", v.tuneNum},
             {"imported_table", v.importedTable}};
    if (!v.recipe.empty()) j["recipe"] = v.recipe;
}

static void from_json(const json& j, CalibrationSettings& v) {
    readField(j, "dataset", v.dataset);
    readField(j, "data_list", v.dataList);
    readField(j, "input_num", v.inputNum);
    readField(j, "method", v.method);
    readField(j, "histogram_bins", v.histogramBins);
    readField(j, "tune_num", v.tuneNum);
    readField(j, "imported_table", v.importedTable);
    readField(j, "recipe", v.recipe);
}

static void to_json(json& j, const TargetSettings& v) {
    j = json{{"chip", v.chip},
             {"asymmetric", v.asymmetric},
             {"float_type", v.floatType},
             {"tolerance_cosine", v.toleranceCosine},
             {"tolerance_euclid", v.toleranceEuclid}};
}

static void from_json(const json& j, TargetSettings& v) {
    readField(j, "chip", v.chip);
    readField(j, "asymmetric", v.asymmetric);
    readField(j, "float_type", v.floatType);
    readField(j, "tolerance_cosine", v.toleranceCosine);
    readField(j, "tolerance_euclid", v.toleranceEuclid);
}

static void to_json(json& j, const DeploySettings& v) {
    j = json{{"precision", v.precision},
             {"quant_input", v.quantInput},
             {"quant_output", v.quantOutput},
             {"fuse_preprocess", v.fusePreprocess},
             {"customization_format", v.customizationFormat},
             {"file", v.file},
             {"keep_both", v.keepBoth}};
}

static void from_json(const json& j, DeploySettings& v) {
    readField(j, "precision", v.precision);
    readField(j, "quant_input", v.quantInput);
    readField(j, "quant_output", v.quantOutput);
    readField(j, "fuse_preprocess", v.fusePreprocess);
    readField(j, "customization_format", v.customizationFormat);
    readField(j, "file", v.file);
    readField(j, "keep_both", v.keepBoth);
}

static void to_json(json& j, const LayerChoice& v) {
    j = json::object();
    if (!v.precision.empty()) j["precision"] = v.precision;
    if (v.locked) j["locked"] = true;
    if (!v.note.empty()) j["note"] = v.note;
}

static void from_json(const json& j, LayerChoice& v) {
    readField(j, "precision", v.precision);
    readField(j, "locked", v.locked);
    readField(j, "note", v.note);
}

static void to_json(json& j, const SearchSettings& v) {
    j = json{{"expected_cosine", v.expectedCosine},
             {"min_layer_cosine", v.minLayerCosine},
             {"input_num", v.inputNum},
             {"max_float_layers", v.maxFloatLayers}};
}

static void from_json(const json& j, SearchSettings& v) {
    readField(j, "expected_cosine", v.expectedCosine);
    readField(j, "min_layer_cosine", v.minLayerCosine);
    readField(j, "input_num", v.inputNum);
    readField(j, "max_float_layers", v.maxFloatLayers);
}

static void to_json(json& j, const DetectSettings& v) {
    j = json{{"family", v.family},
             {"anchors", v.anchors},
             {"class_names", v.classNames},
             {"score_threshold", v.scoreThreshold},
             {"nms_iou", v.nmsIou},
             {"match_iou", v.matchIou}};
}

static void from_json(const json& j, DetectSettings& v) {
    readField(j, "family", v.family);
    readField(j, "anchors", v.anchors);
    readField(j, "class_names", v.classNames);
    readField(j, "score_threshold", v.scoreThreshold);
    readField(j, "nms_iou", v.nmsIou);
    readField(j, "match_iou", v.matchIou);
}

std::string toJsonText(const Project& project) {
    json layers = json::object();
    for (const auto& [name, choice] : project.layers)
        if (!(choice == LayerChoice{})) layers[name] = choice;
    const json j{{"schema", kProjectSchema},
                 {"model", project.model},
                 {"preprocess", project.preprocess},
                 {"calibration", project.calibration},
                 {"target", project.target},
                 {"layers", layers},
                 {"search", project.search},
                 {"detect", project.detect},
                 {"deploy", project.deploy},
                 {"test_images", project.testImages},
                 {"goals", project.goals},
                 {"view", project.view}};
    return j.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

Result<Project> projectFromJson(const std::string& text) {
    json j;
    try {
        j = json::parse(text);
    } catch (const json::exception& e) {
        return Error{Code::ProjectDamaged, "the project is not valid JSON"}
            .because(e.what())
            .remedy("open the automatically saved copy");
    }
    if (!j.is_object()) return Error{Code::ProjectDamaged, "the project is not a JSON object"};
    int schema = 0;
    if (!readField(j, "schema", schema) || schema < 1)
        return Error{Code::ProjectDamaged, "the project has no schema number"};
    if (schema > kProjectSchema)
        return Error{Code::ProjectNewer, "the project has schema " + std::to_string(schema) +
                                             ", this version reads up to " +
                                             std::to_string(kProjectSchema)}
            .remedy("open it with a newer version of the program");
    Project project;
    readField(j, "model", project.model);
    readField(j, "preprocess", project.preprocess);
    readField(j, "calibration", project.calibration);
    readField(j, "target", project.target);
    readField(j, "layers", project.layers);
    readField(j, "search", project.search);
    readField(j, "detect", project.detect);
    readField(j, "deploy", project.deploy);
    readField(j, "test_images", project.testImages);
    readField(j, "goals", project.goals);
    if (const auto it = j.find("view"); it != j.end() && it->is_object()) project.view = *it;
    return project;
}

Result<Project> loadProject(const std::filesystem::path& file) {
    WB_ASSIGN(const std::string text, readTextFile(file, uint64_t{64} << 20));
    auto project = projectFromJson(text);
    if (!project) return std::move(std::move(project).error()).inFile(file.string());
    return project;
}

Status saveProject(const Project& project, const std::filesystem::path& file) {
    return writeTextAtomically(file, toJsonText(project));
}

std::filesystem::path bmodelFile(const Project& project, const std::filesystem::path& projectFile) {
    if (!project.deploy.file.empty()) {
        const std::filesystem::path named(project.deploy.file);
        return named.is_absolute() ? named : projectFile.parent_path() / named;
    }
    std::string precision = project.deploy.precision;
    std::transform(precision.begin(), precision.end(), precision.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return projectFile.parent_path() /
           (projectFile.stem().string() + "_" + project.target.chip + "_" + precision + ".bmodel");
}

std::filesystem::path resultsFolder(const std::filesystem::path& projectFile) {
    return projectFile.string() + ".d";
}

} // namespace wb::jobs

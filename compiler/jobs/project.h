// SPDX-License-Identifier: GPL-3.0-or-later
// The project: everything the user decided, in one text file (rules K-1…K-4). Results are not in it; they
// lie beside it in NAME.tpuwb.d/, addressed by the hash of what made them (stages.h).
#pragma once

#include "compiler/base/result.h"
#include "compiler/ir/type.h"

#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace wb::jobs {

inline constexpr int kProjectSchema = 1;

struct ModelReference {
    std::string path;                     ///< relative to the project file where possible
    std::string dataPath;                 ///< caffemodel; empty otherwise
    std::string sha256;                   ///< of the file when it was last imported; empty before
    std::vector<ir::Shape> inputShapes;   ///< empty: the model's own
    std::vector<std::string> outputNames; ///< source tensor names; empty: the model's own
    bool operator==(const ModelReference&) const = default;
};

/// Preprocessing as the vendor's model_transform names it (dossier sections 2, 8.1).
/// Numbers are kept as the user typed them ("1/255"), so that nothing is lost by rounding.
struct PreprocessSettings {
    std::string pixelFormat = "bgr";      ///< rgb, bgr, gray, rgba
    std::string channelFormat = "nchw";   ///< nchw, nhwc, none
    std::array<int64_t, 2> resizeDims{0, 0}; ///< height, width; 0: the network's
    bool keepAspectRatio = false;
    std::string keepRatioMode = "letterbox"; ///< or short_side_scale
    int padValue = 0;
    std::string padType = "center";       ///< or normal
    std::vector<std::string> mean{"0", "0", "0"};
    std::vector<std::string> scale{"1", "1", "1"};
    bool tensorInput = false;             ///< inputs are npz files, no preprocessing
    bool operator==(const PreprocessSettings&) const = default;
};

struct CalibrationSettings {
    std::string dataset;                  ///< folder; or
    std::string dataList;                 ///< list file
    int inputNum = 100;                   ///< 0: all
    std::string method = "kl";            ///< kl, mse, percentile9999, max
    int histogramBins = 2048;
    int tuneNum = 5;                      ///< 0: no tuning
    std::string importedTable;            ///< a table to use instead of calibrating
    std::string recipe;                   ///< better INT8 (improve_job.h): auto, ranges, weights, ranges+weights; empty: none
    bool operator==(const CalibrationSettings&) const = default;
};

struct TargetSettings {
    std::string chip = "bm1684x";
    bool asymmetric = false;
    std::string floatType = "F16";        ///< what "float" means in the precision table
    double toleranceCosine = 0.90, toleranceEuclid = 0.80;
    bool operator==(const TargetSettings&) const = default;
};

/// What is written for the chip. The tolerances of its check are TargetSettings'.
struct DeploySettings {
    std::string precision = "mixed";      ///< mixed: INT8 with the precision table; INT8, F16, BF16, F32: without
    bool quantInput = false, quantOutput = false; ///< inputs, outputs as integers, no casts in the file
    bool fusePreprocess = false;          ///< inputs are pictures, the rest of their preprocessing is in the file
    std::string customizationFormat;      ///< how these lie ("BGR_PACKED"); empty: the network's own order
    std::string file;                     ///< empty: bmodelFile() names it
    bool keepBoth = false;                ///< a file of that name stays; the new one gets a number
    bool operator==(const DeploySettings&) const = default;
};

/// What the user wants for one layer; a layer without an entry is automatic.
struct LayerChoice {
    std::string precision;                ///< "" (automatic), "INT8", "F16", "BF16", "F32"
    bool locked = false;                  ///< the search leaves it alone
    std::string note;
    bool operator==(const LayerChoice&) const = default;
};

struct SearchSettings {
    double expectedCosine = 0.99;         ///< the vendor's half-scaled similarity (dossier 4.1)
    double minLayerCosine = 0.99;
    int inputNum = 10;
    int maxFloatLayers = 0;               ///< 0: a quarter of the layers
    bool operator==(const SearchSettings&) const = default;
};

struct DetectSettings {
    std::string family = "auto";          ///< auto, yolov5, yolov3, none
    std::vector<double> anchors;          ///< pixels w,h …, empty: the family's own
    std::vector<std::string> classNames;  ///< empty: COCO when there are 80 classes, else numbers
    double scoreThreshold = 0.5, nmsIou = 0.6, matchIou = 0.5;
    bool operator==(const DetectSettings&) const = default;
};

struct Project {
    ModelReference model;
    PreprocessSettings preprocess;
    CalibrationSettings calibration;
    TargetSettings target;
    std::map<std::string, LayerChoice> layers;  ///< by layer name
    SearchSettings search;
    DetectSettings detect;
    DeploySettings deploy;
    std::vector<std::string> testImages;        ///< files; the first is the test input of comparisons
    std::map<std::string, double> goals;        ///< "output", "layer", "detections"
    nlohmann::json view = nlohmann::json::object(); ///< the window's own; ignored by the command line
    bool operator==(const Project&) const = default;
};

/// JSON with sorted keys and two-space indent; equal projects give equal bytes.
std::string toJsonText(const Project& project);
/// ProjectDamaged with line and column, ProjectNewer for a later schema. Unknown keys are kept in
/// nothing and reported as notes by loadProject.
Result<Project> projectFromJson(const std::string& text);
Result<Project> loadProject(const std::filesystem::path& file);
Status saveProject(const Project& project, const std::filesystem::path& file);

/// Where the bmodel goes: as the settings say, else beside the project, named after it, chip and precision.
std::filesystem::path bmodelFile(const Project& project, const std::filesystem::path& projectFile);

/// NAME.tpuwb → NAME.tpuwb.d
std::filesystem::path resultsFolder(const std::filesystem::path& projectFile);

} // namespace wb::jobs

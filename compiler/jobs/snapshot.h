// SPDX-License-Identifier: GPL-3.0-or-later
// What views show: plain copyable values, with a JSON form that the worker sends and the results folder
// keeps. Layer indices run over the layers of the top graph (no weights, no constants) in order.
#pragma once

#include "compiler/ir/type.h"

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace wb::jobs {

/// One row of the layer table, one node of the graph view.
struct LayerInfo {
    int index = 0;
    std::string name;                  ///< tensor name, the key of every table
    std::string type;                  ///< "Conv", without dialect
    std::string block;                 ///< name prefix that groups it, e.g. "/model.8/m.0"; may be empty
    std::vector<int> inputs;           ///< layers whose results it reads
    std::vector<int> outputs;          ///< layers that read it
    ir::Shape shape;                   ///< of the result
    int64_t macs = 0;                  ///< multiply-accumulates of one run
    int64_t parameters = 0;            ///< number of weights
    bool isInput = false;
    bool isOutput = false;             ///< returned by the network
    bool followsInput = false;         ///< moves data, no arithmetic ("~" chip)
    std::map<std::string, std::string> attributes; ///< for the inspector, as text
};

struct NetworkSnapshot {
    std::string name;                  ///< module name
    std::string format;                ///< "ONNX"
    int opset = 0;                     ///< 0 when the format has none
    std::vector<LayerInfo> layers;     ///< topological order, inputs first
    std::vector<std::string> outputNames; ///< layer names, in the order returned
};

/// Which computation a number belongs to.
enum class Variant : uint8_t { Source, Fp32, Int8, Mixed };
const char* spelling(Variant variant); ///< "source", "fp32", "int8", "mixed"

/// Comparison of one layer's result with the reference (FP32 top graph), mean over the images.
/// Not compared: `compared == false` and `reason` says why; a gap in the plot, never a number (P-1).
struct LayerSample {
    int index = 0;
    std::string name;
    Variant variant = Variant::Int8;
    bool isolated = false;             ///< fed with reference inputs, else accumulated error
    bool compared = false;
    std::string reason;
    double cosine = 0;
    double cosineMin = 0, cosineMax = 0; ///< over the images
    int worstImage = 0;                ///< index of the test image with cosineMin
    double sqnrDb = 0;
    double euclid = 0;                 ///< the vendor's euclidean similarity (dossier section 7)
    double timeUs = 0;                 ///< run time of the layer in this program
};

/// Quantisation facts of one layer after lowering, one for each variant.
struct LayerPrecision {
    int index = 0;
    std::string name;
    std::string requested;             ///< "auto", "INT8", "F16", …
    std::string actual;                ///< "INT8", "F16", "BF16", "F32", or "" when it vanished
    std::string reasonCode;            ///< "", "R01"…"R07" of rule T-5
    std::string reasonText;            ///< English, with the name or chip meant
    std::optional<double> threshold, min, max, scale;
    std::optional<int64_t> zeroPoint;
};

struct DetectionBox {
    int classId = 0;
    double score = 0;                  ///< 0…1
    double x = 0, y = 0, w = 0, h = 0; ///< pixels of the picture, top left corner and size
};

/// All candidates above a low score for one picture and variant, before NMS: the window applies score
/// and NMS sliders itself (rule M-4).
struct DetectionCandidates {
    std::string picture;               ///< path
    Variant variant = Variant::Fp32;
    int width = 0, height = 0;         ///< of the picture, pixels
    std::vector<DetectionBox> boxes;
};

/// Values of one tensor for the inspector: histogram over [low, high] and statistics, over all values.
struct TensorStatistics {
    std::string name;
    Variant variant = Variant::Fp32;
    int64_t count = 0;
    double min = 0, max = 0, mean = 0, sigma = 0, zeroShare = 0;
    int64_t nanCount = 0, infCount = 0;
    double low = 0, high = 0;
    std::vector<int64_t> bins;
};

void to_json(nlohmann::json& j, const LayerInfo& v);
void from_json(const nlohmann::json& j, LayerInfo& v);
void to_json(nlohmann::json& j, const NetworkSnapshot& v);
void from_json(const nlohmann::json& j, NetworkSnapshot& v);
void to_json(nlohmann::json& j, const LayerSample& v);
void from_json(const nlohmann::json& j, LayerSample& v);
void to_json(nlohmann::json& j, const LayerPrecision& v);
void from_json(const nlohmann::json& j, LayerPrecision& v);
void to_json(nlohmann::json& j, const DetectionBox& v);
void from_json(const nlohmann::json& j, DetectionBox& v);
void to_json(nlohmann::json& j, const DetectionCandidates& v);
void from_json(const nlohmann::json& j, DetectionCandidates& v);
void to_json(nlohmann::json& j, const TensorStatistics& v);
void from_json(const nlohmann::json& j, TensorStatistics& v);

} // namespace wb::jobs

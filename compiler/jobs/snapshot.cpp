// SPDX-License-Identifier: GPL-3.0-or-later
// JSON forms of the value structs that views show.
#include "compiler/jobs/snapshot.h"

#include "compiler/jobs/json_fields.h"

#include <array>
#include <limits>

namespace wb::jobs {
namespace {

using nlohmann::json;
constexpr std::array kVariants{"source", "fp32", "int8", "mixed"};

void readVariant(const json& j, Variant& variant) {
    std::string word;
    readField(j, "variant", word);
    for (size_t i = 0; i < kVariants.size(); ++i)
        if (word == kVariants[i]) variant = static_cast<Variant>(i);
}

} // namespace

const char* spelling(Variant variant) { return kVariants[static_cast<size_t>(variant)]; }

void to_json(json& j, const LayerInfo& v) {
    j = json{{"index", v.index},       {"name", v.name},
             {"type", v.type},         {"block", v.block},
             {"inputs", v.inputs},     {"outputs", v.outputs},
             {"shape", v.shape},       {"macs", v.macs},
             {"parameters", v.parameters}, {"is_input", v.isInput},
             {"is_output", v.isOutput}, {"follows_input", v.followsInput},
             {"attributes", v.attributes}};
}

void from_json(const json& j, LayerInfo& v) {
    readField(j, "index", v.index);
    readField(j, "name", v.name);
    readField(j, "type", v.type);
    readField(j, "block", v.block);
    readField(j, "inputs", v.inputs);
    readField(j, "outputs", v.outputs);
    readField(j, "shape", v.shape);
    readField(j, "macs", v.macs);
    readField(j, "parameters", v.parameters);
    readField(j, "is_input", v.isInput);
    readField(j, "is_output", v.isOutput);
    readField(j, "follows_input", v.followsInput);
    readField(j, "attributes", v.attributes);
}

void to_json(json& j, const NetworkSnapshot& v) {
    j = json{{"name", v.name},
             {"format", v.format},
             {"opset", v.opset},
             {"layers", v.layers},
             {"output_names", v.outputNames}};
}

void from_json(const json& j, NetworkSnapshot& v) {
    readField(j, "name", v.name);
    readField(j, "format", v.format);
    readField(j, "opset", v.opset);
    readField(j, "layers", v.layers);
    readField(j, "output_names", v.outputNames);
}

void to_json(json& j, const LayerSample& v) {
    j = json{{"index", v.index},       {"name", v.name},     {"variant", spelling(v.variant)},
             {"isolated", v.isolated}, {"compared", v.compared}, {"time_us", v.timeUs}};
    if (!v.compared) {
        j["reason"] = v.reason;
        return;
    }
    j["cosine"] = v.cosine;
    j["cosine_min"] = v.cosineMin;
    j["cosine_max"] = v.cosineMax;
    j["worst_image"] = v.worstImage;
    j["sqnr_db"] = v.sqnrDb; // infinite for equal tensors: null in JSON
    j["euclid"] = v.euclid;
}

void from_json(const json& j, LayerSample& v) {
    readField(j, "index", v.index);
    readField(j, "name", v.name);
    readVariant(j, v.variant);
    readField(j, "isolated", v.isolated);
    readField(j, "compared", v.compared);
    readField(j, "reason", v.reason);
    readField(j, "time_us", v.timeUs);
    readField(j, "cosine", v.cosine);
    readField(j, "cosine_min", v.cosineMin);
    if (!readField(j, "cosine_max", v.cosineMax)) v.cosineMax = v.cosine;
    readField(j, "worst_image", v.worstImage);
    if (!readField(j, "sqnr_db", v.sqnrDb) && v.compared)
        v.sqnrDb = std::numeric_limits<double>::infinity();
    readField(j, "euclid", v.euclid);
}

void to_json(json& j, const LayerPrecision& v) {
    j = json{{"index", v.index},   {"name", v.name},          {"requested", v.requested},
             {"actual", v.actual}, {"reason_code", v.reasonCode}, {"reason_text", v.reasonText}};
    writeField(j, "threshold", v.threshold);
    writeField(j, "min", v.min);
    writeField(j, "max", v.max);
    writeField(j, "scale", v.scale);
    writeField(j, "zero_point", v.zeroPoint);
}

void from_json(const json& j, LayerPrecision& v) {
    readField(j, "index", v.index);
    readField(j, "name", v.name);
    readField(j, "requested", v.requested);
    readField(j, "actual", v.actual);
    readField(j, "reason_code", v.reasonCode);
    readField(j, "reason_text", v.reasonText);
    readField(j, "threshold", v.threshold);
    readField(j, "min", v.min);
    readField(j, "max", v.max);
    readField(j, "scale", v.scale);
    readField(j, "zero_point", v.zeroPoint);
}

void to_json(json& j, const DetectionBox& v) {
    j = json{{"class", v.classId}, {"score", v.score}, {"x", v.x}, {"y", v.y}, {"w", v.w}, {"h", v.h}};
}

void from_json(const json& j, DetectionBox& v) {
    readField(j, "class", v.classId);
    readField(j, "score", v.score);
    readField(j, "x", v.x);
    readField(j, "y", v.y);
    readField(j, "w", v.w);
    readField(j, "h", v.h);
}

void to_json(json& j, const DetectionCandidates& v) {
    j = json{{"picture", v.picture},
             {"variant", spelling(v.variant)},
             {"width", v.width},
             {"height", v.height},
             {"boxes", v.boxes}};
}

void from_json(const json& j, DetectionCandidates& v) {
    readField(j, "picture", v.picture);
    readVariant(j, v.variant);
    readField(j, "width", v.width);
    readField(j, "height", v.height);
    readField(j, "boxes", v.boxes);
}

void to_json(json& j, const TensorStatistics& v) {
    j = json{{"name", v.name},   {"variant", spelling(v.variant)}, {"count", v.count},
             {"min", v.min},     {"max", v.max},                   {"mean", v.mean},
             {"sigma", v.sigma}, {"zero_share", v.zeroShare},      {"nan_count", v.nanCount},
             {"inf_count", v.infCount}, {"low", v.low},            {"high", v.high},
             {"bins", v.bins}};
}

void from_json(const json& j, TensorStatistics& v) {
    readField(j, "name", v.name);
    readVariant(j, v.variant);
    readField(j, "count", v.count);
    readField(j, "min", v.min);
    readField(j, "max", v.max);
    readField(j, "mean", v.mean);
    readField(j, "sigma", v.sigma);
    readField(j, "zero_share", v.zeroShare);
    readField(j, "nan_count", v.nanCount);
    readField(j, "inf_count", v.infCount);
    readField(j, "low", v.low);
    readField(j, "high", v.high);
    readField(j, "bins", v.bins);
}

} // namespace wb::jobs

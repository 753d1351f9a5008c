// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/previews.h"

#include "compiler/base/file.h"
#include "compiler/evaluate/detect.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/jobs/json_fields.h"
#include "compiler/jobs/network_snapshot.h"
#include "compiler/jobs/stage_keys.h"
#include "compiler/jobs/stage_run.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Located {
    Project project;
    fs::path file;
};

Result<Located> located(const json& request) {
    Located result;
    std::string file;
    if (!readField(request, "file", file) || !request.contains("project"))
        return Error{Code::UsageError, "the request has no project"};
    result.file = file;
    WB_ASSIGN(result.project, projectFromJson(request.at("project").dump()));
    return result;
}

/// The tensors that feed a decoder: a YOLO's raw convolutions [1, anchors·(5+classes), h, w] on two or
/// more grids. Offered as outputs when the network decodes inside.
json rawHeads(const ir::Graph& graph) {
    std::map<int64_t, std::vector<const ir::Value*>> byChannels;
    for (const ir::Node& node : graph.nodes()) {
        if (node.op != "top.Conv") continue;
        const ir::Value& value = graph.value(node.results.front());
        const auto kernel = node.attributes.integers("kernel_shape");
        const auto& shape = value.type.shape;
        const bool pointwise = std::all_of(kernel.begin(), kernel.end(), [](int64_t k) { return k == 1; });
        if (shape.size() == 4 && pointwise && shape[1] % 3 == 0 && shape[1] / 3 > 5 &&
            !node.attributes.boolean("do_relu"))
            byChannels[shape[1]].push_back(&value);
    }
    json best = json::array();
    for (const auto& [channels, values] : byChannels) {
        // The heads are the last convolutions of that width, each on a grid of its own.
        std::vector<const ir::Value*> heads;
        for (auto it = values.rbegin(); it != values.rend(); ++it) {
            const auto sameGrid = [&](const ir::Value* v) { return v->type.shape[2] == (*it)->type.shape[2]; };
            if (std::none_of(heads.begin(), heads.end(), sameGrid)) heads.insert(heads.begin(), *it);
        }
        if (heads.size() < 2 || heads.size() > 5 || heads.size() <= best.size()) continue;
        best = json::array();
        for (const ir::Value* head : heads)
            best.push_back({{"name", head->name}, {"shape", head->type.shape}});
    }
    return best;
}

TensorStatistics statisticsOf(const ir::Tensor& tensor) {
    TensorStatistics s;
    const auto values = tensor.span<float>();
    s.count = tensor.elementCount();
    double sum = 0, squares = 0;
    int64_t zeros = 0, finite = 0;
    s.min = std::numeric_limits<double>::infinity();
    s.max = -s.min;
    for (const float v : values) {
        if (std::isnan(v)) {
            ++s.nanCount;
            continue;
        }
        if (std::isinf(v)) {
            ++s.infCount;
            continue;
        }
        ++finite;
        zeros += v == 0 ? 1 : 0;
        sum += v;
        squares += static_cast<double>(v) * v;
        s.min = std::min(s.min, static_cast<double>(v));
        s.max = std::max(s.max, static_cast<double>(v));
    }
    if (finite == 0) s.min = s.max = 0;
    const auto n = static_cast<double>(std::max<int64_t>(1, finite));
    s.mean = sum / n;
    s.sigma = std::sqrt(std::max(0.0, squares / n - s.mean * s.mean));
    s.zeroShare = static_cast<double>(zeros) / n;
    return s;
}

void fillBins(TensorStatistics& s, const ir::Tensor& tensor, double low, double high, int bins) {
    s.low = low;
    s.high = high;
    s.bins.assign(static_cast<size_t>(bins), 0);
    const double factor = high > low ? bins / (high - low) : 0;
    for (const float v : tensor.span<float>()) {
        if (!std::isfinite(v)) continue;
        const auto bin = static_cast<int64_t>((v - low) * factor);
        ++s.bins[static_cast<size_t>(std::clamp<int64_t>(bin, 0, bins - 1))];
    }
}

/// How often each pair (reference value, variant's value) occurs, over [low, high]² in a grid, row 0 at the least
/// reference value; and the differences variant − reference. Null for tensors of different size.
json pairCounts(const ir::Tensor& reference, const ir::Tensor& variant, double low, double high) {
    if (reference.elementCount() != variant.elementCount() || !(high > low)) return nullptr;
    constexpr int64_t kGrid = 64, kBins = 129;
    const auto x = reference.span<float>(), y = variant.span<float>();
    double most = 0;
    for (size_t i = 0; i < x.size(); ++i)
        if (std::isfinite(x[i]) && std::isfinite(y[i])) most = std::max(most, std::abs(double{y[i]} - x[i]));
    std::vector<int64_t> grid(kGrid * kGrid, 0), differences(kBins, 0);
    const auto place = [](double value, double from, double to, int64_t count) {
        return std::clamp(static_cast<int64_t>((value - from) * static_cast<double>(count) / (to - from)), int64_t{0}, count - 1);
    };
    for (size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
        ++grid[static_cast<size_t>(place(x[i], low, high, kGrid) * kGrid + place(y[i], low, high, kGrid))];
        ++differences[static_cast<size_t>(most > 0 ? place(double{y[i]} - x[i], -most, most, kBins) : kBins / 2)];
    }
    return {{"size", kGrid}, {"low", low}, {"high", high}, {"counts", grid},
            {"differences", {{"most", most}, {"counts", differences}}}};
}

/// The stored value of a layer on the first test image.
Result<ir::Tensor> storedTensor(const Located& at, Stage stage, const std::string& key, const std::string& layer) {
    auto result = loadStage(at.file, stage, key);
    if (!result || !result->files.contains("tensors"))
        return Error{Code::FileNotFound, std::string("the stage ") + spelling(stage) + " has not run"};
    WB_ASSIGN(const NpzReader reader, NpzReader::open(stageFolder(at.file, stage, key) / result->files["tensors"]));
    const auto index = reader.find(layer);
    if (!index) return Error{Code::InputNameUnknown, "there is no value of this layer"}.atNode(layer);
    WB_ASSIGN(NpzArray array, reader.read(*index));
    return ir::toTensor(std::move(array));
}

} // namespace

Result<json> importPreview(const json& request, JobContext& context) {
    Project project;
    if (const auto it = request.find("model"); it != request.end()) {
        readField(*it, "path", project.model.path);
        readField(*it, "data_path", project.model.dataPath);
        readField(*it, "input_shapes", project.model.inputShapes);
        readField(*it, "output_names", project.model.outputNames);
    }
    OpenOptions options;
    options.inputShapes = project.model.inputShapes;
    options.outputNames = project.model.outputNames;
    options.weights = project.model.dataPath;
    WB_ASSIGN(const OpenedModel model, openModel(project.model.path, options, context));
    json answer = makeSnapshot(*model.graph, model.format, model.opset);
    answer["inputs"] = json::array();
    for (const ir::ValueId id : model.graph->inputs())
        answer["inputs"].push_back({{"name", model.graph->value(id).name}, {"shape", model.graph->value(id).type.shape}});
    answer["candidates"] = rawHeads(*model.graph);
    return answer;
}

Result<json> preprocessPreview(const json& request, JobContext& context) {
    WB_ASSIGN(const Located at, located(request));
    std::string picture;
    if (!readField(request, "picture", picture)) return Error{Code::UsageError, "the request names no picture"};
    OpenOptions options;
    options.inputShapes = at.project.model.inputShapes;
    options.outputNames = at.project.model.outputNames;
    options.preprocess = at.project.preprocess;
    if (!at.project.model.dataPath.empty()) options.weights = resolvePath(at.file, at.project.model.dataPath);
    WB_ASSIGN(const OpenedModel model, openModel(resolvePath(at.file, at.project.model.path), options, context));
    const auto settings = settingsOf(*model.graph);
    if (!settings) return Error{Code::PreprocessInvalid, "the network takes no pictures"};
    const ir::Value& input = model.graph->value(model.graph->inputs().front());
    WB_ASSIGN(const auto prepared,
              preprocess::prepareFile(resolvePath(at.file, picture), *settings, input.type.shape));
    WB_ASSIGN(const ir::Tensor tensorPicture, preprocess::tensorPreview(prepared.tensor, *settings));
    const fs::path folder = resultsFolder(at.file) / "preview";
    WB_TRY(preprocess::writePicture(folder / "resized.png", prepared.resized));
    WB_TRY(preprocess::writePicture(folder / "tensor.png", tensorPicture));
    json channels = json::array();
    for (const auto& c : preprocess::channelStatistics(prepared.tensor, *settings))
        channels.push_back({{"name", c.name}, {"min", c.min}, {"mean", c.mean}, {"max", c.max}, {"std", c.std}});
    return json{{"resized", (folder / "resized.png").string()},
                {"tensor", (folder / "tensor.png").string()},
                {"channels", channels},
                {"formula", preprocess::formula(*settings)},
                {"shape", input.type.shape}};
}

Result<json> tensorStatistics(const json& request, JobContext& context) {
    WB_ASSIGN(const Located at, located(request));
    std::string layer;
    std::vector<std::string> variants{"fp32", "int8"};
    int bins = 512;
    readField(request, "layer", layer);
    readField(request, "variants", variants);
    readField(request, "bins", bins);
    bins = std::clamp(bins, 16, 4096);
    const auto keys = stageKeys(at.project, at.file);
    std::vector<std::pair<TensorStatistics, ir::Tensor>> list;
    for (const std::string& word : variants) {
        WB_TRY(context.checkStop());
        const Stage stage = word == "int8" ? Stage::Quantise : word == "mixed" ? Stage::Mixed : Stage::Reference;
        auto tensor = storedTensor(at, stage, keys[static_cast<size_t>(stage)], layer);
        if (!tensor) continue; // a variant that has not run has no histogram
        TensorStatistics s = statisticsOf(*tensor);
        s.name = layer;
        s.variant = word == "int8" ? Variant::Int8 : word == "mixed" ? Variant::Mixed : Variant::Fp32;
        list.emplace_back(std::move(s), std::move(*tensor));
    }
    if (list.empty()) return Error{Code::FileNotFound, "there are no values of this layer yet"}.atNode(layer);
    double low = list.front().first.min;
    double high = list.front().first.max;
    for (const auto& [s, tensor] : list) {
        low = std::min(low, s.min);
        high = std::max(high, s.max);
    }
    json answer = json::array();
    for (auto& [s, tensor] : list) {
        fillBins(s, tensor, low, high, bins);
        answer.push_back(s);
        if (s.variant != Variant::Fp32 && list.front().first.variant == Variant::Fp32)
            answer.back()["pairs"] = pairCounts(list.front().second, tensor, low, high);
    }
    return answer;
}

} // namespace wb::jobs

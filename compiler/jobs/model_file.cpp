// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/model_file.h"

#include "compiler/base/file.h"
#include "compiler/ir/npz_tensor.h"
#include "compiler/ir/text/text.h"
#include "compiler/jobs/bmodel_run.h"
#include "compiler/jobs/stored_values.h"
#include "compiler/passes/pipeline.h"
#include "compiler/passes/vendor_forms.h"
#include "compiler/preprocess/number.h"

#include <algorithm>
#include <cctype>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;
using TensorMap = std::map<std::string, ir::Tensor, std::less<>>;

std::string lowerExtension(const fs::path& path) {
    std::string text = path.extension().string();
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

Result<OpenedModel> openMlir(const fs::path& path) {
    WB_ASSIGN(ir::Graph graph, ir::readMlir(path));
    if (const Status typed = passes::fromVendorForms(graph); !typed) return Error(typed.error()).inFile(path.string());
    OpenedModel model;
    const std::string state = graph.attributes.string("module.state");
    model.stage = state.starts_with("TPU_") ? GraphStage::Lowered : GraphStage::Top;
    model.format = "MLIR";
    model.graph = std::make_shared<const ir::Graph>(std::move(graph));
    return model;
}

Error noCvimodel(const fs::path& path) {
    return Error{Code::CodegenMissing, "cvimodel files cannot be run in this version"}
        .inFile(path.string())
        .because("the instructions of the CV18xx are not in this version")
        .remedy("use the <prefix>_tpu.mlir that deploy wrote beside it");
}

Result<ir::Tensor> asFloat(ir::Tensor tensor) {
    if (tensor.type() == ir::ElementType::F32) return tensor;
    ir::Tensor out(ir::ElementType::F32, tensor.shape());
    auto* values = out.mutableData<float>();
    const auto convert = [&]<class T>(const T* in) {
        for (int64_t i = 0; i < tensor.elementCount(); ++i)
            values[i] = static_cast<float>(in[i]);
    };
    switch (tensor.type()) {
    case ir::ElementType::F64: convert(tensor.data<double>()); break;
    case ir::ElementType::I8: case ir::ElementType::Si8: convert(tensor.data<int8_t>()); break;
    case ir::ElementType::Ui8: case ir::ElementType::I1: convert(tensor.data<uint8_t>()); break;
    case ir::ElementType::I16: case ir::ElementType::Si16: convert(tensor.data<int16_t>()); break;
    case ir::ElementType::I32: case ir::ElementType::Si32: convert(tensor.data<int32_t>()); break;
    case ir::ElementType::I64: case ir::ElementType::Si64: convert(tensor.data<int64_t>()); break;
    default:
        return Error{Code::InputShapeWrong, std::string("an input array holds ") + ir::spelling(tensor.type()) +
                                                ", float32 is needed"};
    }
    return out;
}

/// Codes as they are, numbers as float32.
Result<ir::Tensor> codesOrNumbers(ir::Tensor array, const ir::TensorType& type) {
    if (auto codes = asCodes(array, type)) return std::move(*codes);
    return asFloat(std::move(array));
}

/// Batch files repeat one sample; a missing batch axis is added.
Result<ir::Tensor> fitted(ir::Tensor tensor, const ir::Value& input) {
    if (tensor.elementCount() == input.type.elementCount()) return tensor.reshaped(input.type.shape);
    return Error{Code::InputShapeWrong, "input '" + input.name + "' has shape " + ir::toText(tensor.shape()) +
                                            ", the network takes " + ir::toText(input.type.shape)};
}

/// The input takes pictures as they come: its preprocessing is inside the model.
bool isRaw(const ir::Graph& graph, ir::ValueId input) {
    return graph.producer(input) != nullptr && graph.producer(input)->attributes.has("customization_format");
}

Result<TensorMap> fromArrays(const ir::Graph& graph, const fs::path& file) {
    WB_ASSIGN(const auto arrays, ir::readNpz(file));
    const auto inputs = graph.inputs();
    TensorMap map;
    for (const ir::ValueId id : inputs) {
        const ir::Value& input = graph.value(id);
        auto it = arrays.find(input.name);
        if (it == arrays.end() && inputs.size() == 1 && arrays.size() == 1) it = arrays.begin();
        if (it == arrays.end())
            return Error{Code::InputNameUnknown, "the file has no array '" + input.name + "'"}
                .inFile(file.string())
                .because("it has " + std::to_string(arrays.size()) + " arrays, the network " +
                         std::to_string(inputs.size()) + " inputs");
        if (isRaw(graph, id) && ir::isFloat(it->second.type()))
            return Error{Code::InputShapeWrong, "the array '" + it->first + "' holds preprocessed numbers, the input takes the picture itself"}
                .inFile(file.string())
                .because("the preprocessing is inside the model")
                .remedy("give a picture, or <name>_in_ori.npz");
        WB_ASSIGN(ir::Tensor values, codesOrNumbers(it->second, input.type));
        auto tensor = fitted(std::move(values), input);
        if (!tensor) return std::move(std::move(tensor).error()).inFile(file.string());
        WB_ASSIGN(map[input.name], toStored(*tensor, graph, id));
    }
    return map;
}

} // namespace

Result<importer::PreprocessAttributes> toAttributes(const PreprocessSettings& settings) {
    importer::PreprocessAttributes attributes;
    attributes.pixelFormat = settings.pixelFormat;
    attributes.channelFormat = settings.tensorInput ? "none" : settings.channelFormat;
    if (settings.resizeDims[0] > 0) attributes.resizeDims = {settings.resizeDims[0], settings.resizeDims[1]};
    attributes.keepAspectRatio = settings.keepAspectRatio;
    attributes.keepRatioMode = settings.keepRatioMode;
    attributes.padValue = settings.padValue;
    attributes.padType = settings.padType;
    const auto numbers = [](const std::vector<std::string>& texts) -> Result<std::vector<double>> {
        std::vector<double> values;
        for (const std::string& text : texts) {
            WB_ASSIGN(const double value, preprocess::parseNumber(text));
            values.push_back(static_cast<float>(value));
        }
        return values;
    };
    WB_ASSIGN(attributes.mean, numbers(settings.mean));
    WB_ASSIGN(attributes.scale, numbers(settings.scale));
    return attributes;
}

Result<OpenedModel> openModel(const fs::path& path, const OpenOptions& options, const JobContext& context) {
    const std::string extension = lowerExtension(path);
    if (extension == ".mlir") return openMlir(path);
    if (extension == ".bmodel") return openBmodel(path, options);
    if (extension == ".cvimodel") return noCvimodel(path);
    importer::ImportOptions import;
    import.modelName = options.modelName.empty() ? path.stem().string() : options.modelName;
    import.inputShapes = options.inputShapes;
    import.outputNames = options.outputNames;
    import.weights = options.weights;
    WB_ASSIGN(import.preprocess, toAttributes(options.preprocess));
    WB_ASSIGN(importer::ImportedModel imported, importer::importModel(path, import, context));
    OpenedModel model;
    model.stage = GraphStage::Source;
    model.format = imported.format;
    model.opset = imported.opset;
    ir::Graph top = imported.origin;
    WB_TRY(passes::optimiseTop(top, context));
    passes::nameFoldedNorms(imported.origin, top);
    model.origin = std::make_shared<const ir::Graph>(std::move(imported.origin));
    model.graph = std::make_shared<const ir::Graph>(std::move(top));
    return model;
}

std::optional<preprocess::Settings> settingsOf(const ir::Graph& graph) {
    const auto inputs = graph.inputs();
    if (inputs.empty()) return {};
    return preprocess::settingsFromAttributes(graph.producer(inputs.front())->attributes);
}

Result<TensorMap> loadInputs(const ir::Graph& graph, const std::vector<fs::path>& files) {
    const auto inputs = graph.inputs();
    if (inputs.empty()) return Error{Code::ModelEmpty, "the network has no input"};
    if (files.empty()) return Error{Code::UsageError, "no input file was given"};
    const std::string extension = lowerExtension(files.front());
    if (extension == ".npz") return fromArrays(graph, files.front());
    TensorMap map;
    if (extension == ".npy") {
        if (files.size() != inputs.size())
            return Error{Code::InputNameUnknown, "there are " + std::to_string(files.size()) +
                                                     " npy files for " + std::to_string(inputs.size()) + " inputs"};
        for (size_t i = 0; i < files.size(); ++i) {
            WB_ASSIGN(NpzArray array, readNpy(files[i]));
            WB_ASSIGN(ir::Tensor tensor, ir::toTensor(std::move(array)));
            const ir::Value& input = graph.value(inputs[i]);
            WB_ASSIGN(tensor, codesOrNumbers(std::move(tensor), input.type));
            WB_ASSIGN(tensor, fitted(std::move(tensor), input));
            WB_ASSIGN(map[input.name], toStored(tensor, graph, inputs[i]));
        }
        return map;
    }
    const auto settings = settingsOf(graph);
    if (inputs.size() != 1 || !settings)
        return Error{Code::PreprocessInvalid, "this network does not take pictures"}
            .inFile(files.front().string())
            .remedy("give an npz with its " + std::to_string(inputs.size()) + " input arrays");
    const ir::Value& input = graph.value(inputs.front());
    WB_ASSIGN(const ir::Tensor prepared, preprocess::prepareBatch(files, *settings, input.type.shape));
    WB_ASSIGN(map[input.name], toStored(prepared, graph, inputs.front()));
    return map;
}

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
// The road from a source model to a graph: shapes assigned, outputs cut, constants folded, nodes
// converted.
#include "compiler/import/import.h"

#include "compiler/base/file.h"
#include "compiler/import/builder.h"
#include "compiler/import/caffe/caffe_reader.h"
#include "compiler/import/convert.h"
#include "compiler/import/kind.h"
#include "compiler/import/onnx/onnx_reader.h"
#include "compiler/import/tflite/tflite_reader.h"
#include "compiler/import/torchscript/torch_reader.h"
#include "compiler/ops/tflite_help.h"

#include <algorithm>
#include <map>
#include <new>

namespace wb::importer {
namespace {

std::string listText(const ir::Shape& shape, const std::vector<std::string>& symbols) {
    std::string text = "[";
    for (size_t i = 0; i < shape.size(); ++i) {
        const bool named = i < symbols.size() && !symbols[i].empty();
        text += (i == 0 ? "" : ",") + (shape[i] >= 0 ? std::to_string(shape[i])
                                       : named       ? symbols[i]
                                                     : std::string("?"));
    }
    return text + "]";
}

bool isFree(const SourceInput& input) {
    return !input.shapeKnown || std::any_of(input.shape.begin(), input.shape.end(), [](int64_t d) { return d < 0; });
}

/// What a user could type: free dimensions become 1 (batch), 3 (channels of pictures), 640 (their sides) or 128 (places in a
/// sequence); one name has one number in all inputs.
std::vector<ir::Shape> suggestions(const std::vector<SourceInput>& inputs) {
    std::vector<ir::Shape> shapes;
    std::map<std::string, int64_t> named;
    for (const SourceInput& input : inputs) {
        ir::Shape shape = input.shapeKnown ? input.shape : ir::Shape{-1, -1, -1, -1};
        for (size_t i = 0; i < shape.size(); ++i) {
            if (shape[i] >= 0) continue;
            const int64_t usual = i == 0 ? 1 : shape.size() < 4 ? 128 : i == 1 ? 3 : 640;
            const bool hasName = i < input.symbols.size() && !input.symbols[i].empty();
            shape[i] = hasName ? named.emplace(input.symbols[i], usual).first->second : usual;
        }
        shapes.push_back(shape.empty() ? ir::Shape{1} : std::move(shape));
    }
    return shapes;
}

/// Names every input with its sizes: the window asks for all of them at once.
Error freeDimensions(const SourceModel& model, const SourceInput& input) {
    std::string names, shapes, proposals, option;
    const std::vector<ir::Shape> suggested = suggestions(model.inputs);
    for (size_t i = 0; i < model.inputs.size(); ++i) {
        const std::string end = i == 0 ? "" : "\n", proposal = listText(suggested[i], {});
        names += end + model.inputs[i].name;
        shapes += end + (model.inputs[i].shapeKnown ? listText(model.inputs[i].shape, model.inputs[i].symbols) : std::string("?"));
        proposals += end + proposal;
        option += (i == 0 ? "" : ",") + proposal;
    }
    return Error{Code::FreeDimensions, "input '" + input.name + "' has free dimensions: " +
                                         (input.shapeKnown ? listText(input.shape, input.symbols) : std::string("not even their number is declared"))}
        .because("the chip runs networks of fixed shapes")
        .remedy("give the " + std::string(model.inputs.size() == 1 ? "shape" : "shapes of all inputs") + ": --input_shapes [" + option + "]")
        .field("inputs", names)
        .field("shapes", shapes)
        .field("proposals", proposals);
}

Status assignShapes(SourceModel& model, const std::vector<ir::Shape>& shapes) {
    if (!shapes.empty() && shapes.size() != model.inputs.size()) {
        Error error{Code::InputShapeWrong, std::to_string(shapes.size()) +
                                               " input shapes are given, the network has " +
                                               std::to_string(model.inputs.size()) + " inputs"};
        for (const SourceInput& input : model.inputs)
            error.remedies.push_back(input.name + " " + listText(input.shape, input.symbols));
        return error;
    }
    for (size_t i = 0; i < model.inputs.size(); ++i) {
        SourceInput& input = model.inputs[i];
        if (!shapes.empty()) {
            const bool scalar = input.shape.empty() && shapes[i] == ir::Shape{1};
            const bool fits = !input.shapeKnown || scalar || shapes[i].size() == input.shape.size();
            const bool positive =
                std::all_of(shapes[i].begin(), shapes[i].end(), [](int64_t d) { return d > 0; });
            if (!fits || !positive || !ir::checkedElementCount(shapes[i]))
                return Error{Code::InputShapeWrong, "input '" + input.name + "' is declared as " +
                                                        listText(input.shape, input.symbols) +
                                                        ", given is " + listText(shapes[i], {})}
                    .field("input", input.name);
            input.shape = shapes[i].empty() ? ir::Shape{1} : shapes[i];
            continue;
        }
        if (isFree(input)) return freeDimensions(model, input);
        if (!ir::checkedElementCount(input.shape))
            return Error{Code::ModelDamaged,
                         "input '" + input.name + "' has the shape " + ir::toText(input.shape)};
        if (input.shape.empty()) input.shape = {1};
    }
    return {};
}

bool looksLikePicture(const ir::Shape& shape, const std::string& channelFormat) {
    if (shape.size() == 3) return true;
    return shape.size() == 4 && shape[channelFormat == "nhwc" ? 3 : 1] <= 4;
}

ir::AttributeMap inputAttributes(const ir::Shape& shape, const PreprocessAttributes& p) {
    ir::AttributeMap a;
    a.set("do_preprocess", true);
    if (p.channelFormat == "none" || !looksLikePicture(shape, p.channelFormat)) return a;
    const bool channelsLast = p.channelFormat == "nhwc";
    const ir::Shape network = shape.size() == 4 ? (channelsLast ? ir::Shape{shape[1], shape[2]}
                                                                : ir::Shape{shape[2], shape[3]})
                                                : ir::Shape{shape[1], shape[2]};
    a.set("channel_format", p.channelFormat);
    a.set("do_preprocess", true);
    a.set("keep_aspect_ratio", p.keepAspectRatio);
    a.set("keep_ratio_mode", p.keepRatioMode);
    a.set("mean", ir::Attribute::floats(p.mean));
    a.set("pad_type", p.padType);
    a.set("pad_value", p.padValue);
    a.set("pixel_format", p.pixelFormat);
    a.set("resize_dims", ir::Attribute::ints(p.resizeDims.empty() ? network : p.resizeDims));
    a.set("scale", ir::Attribute::floats(p.scale));
    a.set("yuv_type", p.yuvType);
    return a;
}

Error atSource(Error error, const ops::SourceNode& node) {
    if (error.node.empty())
        error.node = !node.name.empty()     ? node.name
                     : node.outputs.empty() ? ""
                                            : node.outputs.front();
    return error;
}

/// Whether pictures of TensorFlow Lite become channels first, as the vendor's importer has them; with other formats they
/// stay as the file has them.
bool channelsFirst(const ImportOptions& options) { return options.preprocess.channelFormat == "nchw"; }

void bindTfliteInput(GraphBuilder& builder, const std::string& name, ir::ValueId id, bool channelsFirst) {
    ir::TensorType& type = builder.graph().value(id).type;
    if (const ir::TensorType* declared = builder.declared(name)) {
        type.element = declared->element;
        type.quant = declared->quant;
    }
    if (!channelsFirst || type.shape.size() != 4) return;
    builder.bind(ops::pictureName(name), id);
    builder.bind(name, ir::kNoValue);
}

Result<ImportedModel> build(SourceModel model, const ImportOptions& options,
                            const JobContext& context) {
    WB_TRY(sortNodes(model));
    WB_TRY(assignShapes(model, options.inputShapes));
    WB_TRY(cutAt(model, options.outputNames.empty() ? model.outputs : options.outputNames));
    if (model.outputs.empty()) return Error{Code::ModelEmpty, "the network has no outputs"};
    WB_TRY(checkSupported(model));

    ImportedModel result;
    result.format = model.format;
    result.opset = model.opset;
    result.producer = model.producer;
    result.outputNames = model.outputs;
    ir::Graph& graph = result.origin;
    graph.name = options.modelName;
    GraphBuilder builder(graph, model, context);
    for (const SourceInput& input : model.inputs) {
        result.inputNames.push_back(input.name);
        const ir::ValueId id =
            builder.addInput(input.name, input.shape, inputAttributes(input.shape, options.preprocess));
        builder.setSourceType(input.name, input.type);
        if (model.framework == ops::Framework::TFLite) bindTfliteInput(builder, input.name, id, channelsFirst(options));
    }
    Converter converter(model, builder);
    for (size_t n = 0; n < model.nodes.size(); ++n) {
        if (n % 64 == 0) {
            WB_TRY(context.checkStop());
            context.progress(
                {"import", static_cast<double>(n), static_cast<double>(model.nodes.size())});
        }
        if (auto status = converter.convert(model.nodes[n]); !status)
            return atSource(std::move(status).error(), model.nodes[n]);
    }
    for (const std::string& output : model.outputs) {
        ir::ValueId id = ir::kNoValue;
        if (converter.isSequence(output))
            return Error{Code::UnsupportedOperators, "the output '" + output + "' is a sequence of arrays"}
                .atNode(output)
                .because("a network for the chip gives arrays, each with a name")
                .remedy("name the arrays that you need with --output_names");
        if (model.framework == ops::Framework::TFLite) {
            WB_ASSIGN(id, ops::tfliteOutput(builder, output, channelsFirst(options)));
        } else {
            id = builder.operand(output);
        }
        if (id == ir::kNoValue)
            return Error{Code::ModelDamaged, "nothing gives the output '" + output + "'"};
        graph.outputs.push_back(id);
    }
    graph.attributes.set("module.chip", "ALL");
    graph.attributes.set("module.platform", model.format);
    graph.attributes.set("module.top_run_mode", "STATIC");
    graph.eraseDead();
    const bool codes = std::any_of(graph.values().begin(), graph.values().end(),
                                   [](const ir::Value& v) { return v.type.uniform() != nullptr; });
    graph.attributes.set("module.state", codes ? "TOP_QUANTIZED" : "TOP_F32");
    graph.attributes.set("module.weight_file",
                         graph.name + (codes ? "_top_quantized_all_origin_weight.npz" : "_top_f32_all_origin_weight.npz"));
    return result;
}

/// The text file of a Caffe network whose weights were opened.
Result<std::filesystem::path> prototxtBeside(std::filesystem::path weights) {
    std::filesystem::path text = weights.replace_extension(".prototxt");
    std::error_code code;
    if (std::filesystem::exists(text, code)) return text;
    return Error{Code::FileUnknownKind, "this file holds the weights of a Caffe network, not the network"}
        .because("there is no .prototxt of the same name beside it")
        .remedy("open the .prototxt, with this file as --model_data");
}

Result<SourceModel> read(const std::filesystem::path& path, const ImportOptions& options,
                         const JobContext& context) {
    const std::filesystem::path& weights = options.weights;
    WB_ASSIGN(const std::vector<std::byte> bytes, readFile(path));
    if (bytes.empty()) return Error{Code::FileTruncated, "the file is empty"};
    switch (kindOf(bytes)) {
    case FileKind::Onnx:
        return readOnnx(path, bytes, context);
    case FileKind::TFLite:
        return readTflite(bytes, channelsFirst(options), context);
    case FileKind::CaffeText:
        return readCaffe(path, bytes, weights, context);
    case FileKind::CaffeModel: {
        WB_ASSIGN(const std::filesystem::path text, prototxtBeside(path));
        WB_ASSIGN(const std::vector<std::byte> network, readFile(text));
        return readCaffe(text, network, path, context);
    }
    case FileKind::TorchScript:
        return readTorchScript(bytes, options.inputShapes, context);
    case FileKind::Pickle:
        return Error{Code::NotTorchScript,
                     "this file holds Python objects, not a traced network"}
            .because("it is a pickled checkpoint: the computation itself is not in it")
            .remedy("export it with torch.jit.trace or to ONNX");
    case FileKind::Unknown:
        break;
    }
    return Error{Code::FileUnknownKind, "the file is no network of a known format"}.remedy(
        "open an .onnx, .tflite, .pt or .prototxt file");
}

} // namespace

Result<ImportedModel> importModel(const std::filesystem::path& path, const ImportOptions& options,
                                  const JobContext& context) {
    ImportOptions named = options;
    if (named.modelName.empty()) named.modelName = path.stem().string();
    const auto run = [&]() -> Result<ImportedModel> {
        // Large arrays and protobuf's own containers report a lack of memory by exception.
        try {
            WB_ASSIGN(SourceModel model, read(path, options, context));
            return build(std::move(model), named, context);
        } catch (const std::bad_alloc&) {
            return Error{Code::OutOfMemory, "there is not enough memory to open the network"};
        } catch (const std::exception& e) {
            return Error{Code::ModelDamaged,
                         std::string("the network cannot be read: ") + e.what()};
        }
    };
    auto result = run();
    if (!result && result.error().file.empty()) result.error().file = path.string();
    return result;
}

} // namespace wb::importer

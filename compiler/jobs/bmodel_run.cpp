// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/bmodel_run.h"

#include "compiler/jobs/stored_values.h"
#include "compiler/target/bm1684x/simulator/runner.h"
#include "compiler/target/bmodel/reader.h"

#include <algorithm>
#include <cstring>

namespace wb::jobs {
namespace {

namespace fs = std::filesystem;

ir::ElementType elementOf(bmodel::DataType type) {
    using D = bmodel::DataType;
    using E = ir::ElementType;
    switch (type) {
    case D::F32: return E::F32;
    case D::F16: return E::F16;
    case D::Bf16: return E::BF16;
    case D::Int8: return E::I8;
    case D::UInt8: return E::Ui8;
    case D::Int16: return E::I16;
    case D::UInt16: return E::Ui16;
    case D::Int32: return E::I32;
    case D::UInt32: return E::Ui32;
    default: return E::None;
    }
}

/// BmodelDamaged unless shape, type and size belong together.
Result<ir::TensorType> typeOf(const bmodel::Tensor& tensor) {
    ir::TensorType type;
    type.element = elementOf(tensor.dataType);
    if (type.element == ir::ElementType::None)
        return Error{Code::BmodelDamaged, std::string("tensor '") + tensor.name + "' has the type " + bmodel::spelling(tensor.dataType)};
    if (!tensor.shapes.empty())
        for (uint64_t d : tensor.shapes.front())
            type.shape.push_back(static_cast<int64_t>(std::min<uint64_t>(d, INT64_MAX)));
    const auto count = ir::checkedElementCount(type.shape);
    if (!count || static_cast<uint64_t>(*count) * ir::sizeInBytes(type.element) != tensor.size)
        return Error{Code::BmodelDamaged, "tensor '" + tensor.name + "' of shape " + ir::toText(type.shape) + " has " +
                                              std::to_string(tensor.size) + " bytes"};
    if (!ir::isFloat(type.element) && (tensor.scale != 1.0F || tensor.zeroPoint != 0)) {
        ir::UniformQuant quant;
        quant.scales = {static_cast<double>(tensor.scale)};
        quant.zeroPoints = {tensor.zeroPoint};
        type.quant = quant;
    }
    return type;
}

/// The vendor's compiler and ours call a fused model's input `<x>_raw`; it holds a picture's codes as they come.
bool isRaw(const bmodel::Tensor& tensor) {
    return tensor.dataType == bmodel::DataType::UInt8 && tensor.name.ends_with("_raw");
}

/// A raw picture is packed if its channels are last. Which colour is first, the file does not say: `pixelFormat`.
void describeRaw(ir::AttributeMap& a, const ir::Shape& shape, const std::string& pixelFormat) {
    const bool packed = shape[3] <= 4 && shape[1] > 4;
    const int64_t channels = packed ? shape[3] : shape[1];
    const std::string order = channels == 1 ? "gray" : pixelFormat;
    a.set("channel_format", packed ? "nhwc" : "nchw");
    a.set("customization_format", order == "gray" ? "GRAYSCALE" : std::string(order == "rgb" ? "RGB" : "BGR") + (packed ? "_PACKED" : "_PLANAR"));
    a.set("mean", ir::Attribute::floats(std::vector<double>(static_cast<size_t>(channels), 0.0)));
    a.set("pixel_format", order);
    a.set("resize_dims", ir::Attribute::ints(packed ? ir::Shape{shape[1], shape[2]} : ir::Shape{shape[2], shape[3]}));
    a.set("scale", ir::Attribute::floats(std::vector<double>(static_cast<size_t>(channels), 1.0)));
}

ir::AttributeMap inputAttributes(const ir::Shape& shape, const importer::PreprocessAttributes& p, bool raw) {
    ir::AttributeMap a;
    if (shape.size() != 4 || (shape[1] > 4 && (!raw || shape[3] > 4)) || p.channelFormat == "none") return a;
    a.set("channel_format", p.channelFormat);
    a.set("do_preprocess", true);
    a.set("keep_aspect_ratio", p.keepAspectRatio);
    a.set("keep_ratio_mode", p.keepRatioMode);
    a.set("mean", ir::Attribute::floats(p.mean));
    a.set("pad_type", p.padType);
    a.set("pad_value", p.padValue);
    a.set("pixel_format", p.pixelFormat);
    a.set("resize_dims", ir::Attribute::ints(p.resizeDims.empty() ? ir::Shape{shape[2], shape[3]} : p.resizeDims));
    a.set("scale", ir::Attribute::floats(p.scale));
    a.set("yuv_type", p.yuvType);
    if (raw) describeRaw(a, shape, p.pixelFormat);
    return a;
}

std::vector<bm1684x::BoundTensor> bound(const std::vector<bmodel::Tensor>& tensors) {
    std::vector<bm1684x::BoundTensor> out;
    for (const bmodel::Tensor& t : tensors)
        out.push_back({t.name, t.address, t.size});
    return out;
}

} // namespace

Result<OpenedModel> openBmodel(const fs::path& path, const OpenOptions& options) {
    WB_ASSIGN(const importer::PreprocessAttributes preprocessing, toAttributes(options.preprocess));
    const auto open = [&]() -> Result<OpenedModel> {
        WB_ASSIGN(bmodel::File file, bmodel::read(path));
        if (file.chip != "BM1684X")
            return Error{Code::BmodelWrongChip, "the file is for " + file.chip + ", simulated is the BM1684X"};
        if (file.networks.empty() || file.networks.front().stages.empty())
            return Error{Code::BmodelDamaged, "the file holds no network"};
        const bmodel::Stage& stage = file.networks.front().stages.front();
        for (const bmodel::SubNet& part : stage.subnets)
            if (part.mode != static_cast<int32_t>(bmodel::SubNetMode::Tpu))
                return Error{Code::CommandUnknown, "a part of the network runs on the host's processor, which is not simulated"};
        ir::Graph graph;
        graph.name = file.networks.front().name;
        graph.attributes.set("module.chip", "bm1684x");
        graph.attributes.set("module.state", "TPU_ADDRESSED");
        std::vector<ir::ValueId> operands;
        for (const bmodel::Tensor& tensor : stage.inputs) {
            WB_ASSIGN(ir::TensorType type, typeOf(tensor));
            const ir::AttributeMap a = inputAttributes(type.shape, preprocessing, isRaw(tensor));
            operands.push_back(graph.add("top.Input", {}, tensor.name, std::move(type), a));
        }
        std::vector<std::string> names;
        std::vector<ir::TensorType> types;
        for (const bmodel::Tensor& tensor : stage.outputs) {
            WB_ASSIGN(ir::TensorType type, typeOf(tensor));
            names.push_back(tensor.name);
            types.push_back(std::move(type));
        }
        const ir::NodeId node = graph.addNode("tpu.Compiled", operands, names, types);
        graph.outputs = graph.node(node).results;
        OpenedModel model;
        model.stage = GraphStage::Compiled;
        model.format = "BMODEL";
        model.graph = std::make_shared<const ir::Graph>(std::move(graph));
        model.compiled = std::make_shared<const bmodel::File>(std::move(file));
        return model;
    };
    auto model = open();
    if (!model && model.error().file.empty()) return Error(model.error()).inFile(path.string());
    return model;
}

Result<execute::TensorMap> runBmodel(const OpenedModel& model, const execute::TensorMap& inputs, const JobContext& context) {
    const bmodel::Stage& stage = model.compiled->networks.front().stages.front();
    bm1684x::SimulatedNetwork network;
    if (stage.coefficients) {
        network.coefficientAddress = stage.coefficients->address;
        network.coefficients = stage.coefficients->bytes.bytes();
    }
    network.contextAddress = stage.ctxAddress;
    network.contextBytes = stage.ctxBytes();
    network.inputs = bound(stage.inputs);
    network.outputs = bound(stage.outputs);
    for (const bmodel::CommandGroup& group : stage.groups)
        network.groups.push_back({group.tiu.bytes(), group.gdma.bytes()});
    const ir::Graph& graph = *model.graph;
    bm1684x::TensorBytes bytes;
    for (const ir::ValueId id : graph.inputs()) {
        const ir::Value& input = graph.value(id);
        auto it = inputs.find(input.name);
        if (it == inputs.end() && inputs.size() == 1) it = inputs.begin();
        if (it == inputs.end())
            return Error{Code::InputNameUnknown, "there are no numbers for the input '" + input.name + "'"};
        WB_ASSIGN(const ir::Tensor values, toStored(it->second, graph, id));
        bytes[input.name].assign(values.bytes(), values.bytes() + values.byteSize());
    }
    WB_ASSIGN(const bm1684x::TensorBytes results, bm1684x::simulate(network, bytes, {}, context));
    execute::TensorMap outputs;
    for (const ir::ValueId id : graph.outputs) {
        const ir::Value& value = graph.value(id);
        const auto it = results.find(value.name);
        if (it == results.end()) continue;
        WB_ASSIGN(ir::Tensor tensor, ir::Tensor::allocate(value.type.element, value.type.shape));
        std::memcpy(tensor.mutableBytes(), it->second.data(), std::min(tensor.byteSize(), it->second.size()));
        outputs[value.name] = std::move(tensor);
    }
    return outputs;
}

Result<ModelRun> ModelRun::create(const OpenedModel& model, const execute::Options& options, const JobContext& context) {
    ModelRun run;
    run.m_model = model;
    if (model.stage == GraphStage::Compiled) {
        if (options.observable)
            return Error{Code::UsageError, "a bmodel shows its outputs only"}.remedy("run the <prefix>_tpu.mlir for all layers");
        return run;
    }
    WB_ASSIGN(run.m_executor, execute::Executor::create(model.graph, options, context));
    return run;
}

Result<execute::TensorMap> ModelRun::run(const execute::TensorMap& inputs, const JobContext& context,
                                         const execute::Executor::Observer& observer) const {
    if (m_executor == nullptr) return runBmodel(m_model, inputs, context);
    const ir::Graph& graph = *m_model.graph;
    execute::TensorMap asStored = inputs;
    for (const ir::ValueId id : graph.inputs())
        if (const auto it = asStored.find(graph.value(id).name); it != asStored.end()) {
            WB_ASSIGN(it->second, toStored(it->second, graph, id));
        }
    return m_executor->run(asStored, context, observer);
}

size_t ModelRun::peakBytes() const {
    if (m_executor != nullptr) return m_executor->peakBytes();
    return static_cast<size_t>(m_model.compiled->networks.front().stages.front().ctxBytes());
}

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/quantise/fuse_preprocess.h"

#include <algorithm>
#include <set>

namespace wb::quantise {
namespace {

using ir::Attribute;
using ir::TensorType;
using ir::ValueId;

bool takesPictures(const ir::Graph& graph, const ir::Node& node) {
    if (node.op != "top.Input") return false;
    const auto& type = graph.value(node.results.at(0)).type;
    return node.attributes.has("pixel_format") && node.attributes.string("channel_format", "nchw") != "none" &&
           type.shape.size() == 4 && type.uniform() == nullptr;
}

/// Input channels of every convolution behind `value` in reverse, if such with constant filters are all that reads
/// it: then the swap costs nothing.
bool swapInFilters(ir::Graph& graph, ValueId value) {
    const auto users = graph.users()[static_cast<size_t>(value)];
    const auto suits = [&](ir::NodeId id) {
        const auto& node = graph.node(id);
        const auto* filter = node.operands.size() > 1 ? graph.weight(node.operands[1]) : nullptr;
        return node.op == "top.Conv" && node.operands[0] == value && node.attributes.integer("group", 1) == 1 &&
               filter != nullptr && filter->type() == ir::ElementType::F32 && filter->shape().size() == 4;
    };
    if (users.empty() || graph.isOutput(value) || !std::all_of(users.begin(), users.end(), suits)) return false;
    const std::set<ir::NodeId, std::greater<>> lastFirst(users.begin(), users.end()); // insertions move later ids only
    for (const ir::NodeId id : lastFirst) {
        const ValueId old = graph.node(id).operands[1];
        const ir::Tensor filter = *graph.weight(old);
        const auto& shape = filter.shape();
        const int64_t area = shape[2] * shape[3];
        std::vector<float> swapped(static_cast<size_t>(filter.elementCount()));
        for (int64_t o = 0; o < shape[0]; ++o)
            for (int64_t c = 0; c < shape[1]; ++c)
                std::copy_n(filter.data<float>() + (o * shape[1] + c) * area, area,
                            swapped.begin() + (o * shape[1] + shape[1] - 1 - c) * area);
        const std::string name = graph.value(old).name + "_swap_channel";
        graph.weights.insert_or_assign(name, ir::Tensor::of<float>(ir::ElementType::F32, shape, swapped));
        const auto made = graph.insertNode(id, "top.Weight", {}, {name}, {{ir::ElementType::F32, shape, true, {}}});
        graph.node(id + 1).operands[1] = graph.node(made).results[0];
    }
    return true;
}

/// The input as the host knows it afterwards: resized and padded by it, but neither cropped nor scaled.
void describeRaw(ir::AttributeMap& a, const RawFormat& format, const ir::Shape& resized, int64_t channels) {
    a.set("customization_format", format.name);
    a.set("pixel_format", format.pixelFormat);
    a.set("channel_format", format.packed ? "nhwc" : "nchw");
    a.set("resize_dims", Attribute::ints(resized));
    a.set("mean", Attribute::floats(std::vector<double>(static_cast<size_t>(channels), 0.0)));
    a.set("scale", Attribute::floats(std::vector<double>(static_cast<size_t>(channels), 1.0)));
}

/// y = (x - mean) · scale as x · scale + (-mean · scale), one a channel.
ValueId addScale(ir::Graph& graph, ir::NodeId at, ValueId x, const std::string& name, const TensorType& type,
                 const std::vector<double>& mean, const std::vector<double>& scale) {
    std::vector<float> factors, offsets;
    for (size_t c = 0; c < scale.size(); ++c) {
        factors.push_back(static_cast<float>(scale[c]));
        offsets.push_back(static_cast<float>(-mean[c] * scale[c]));
    }
    const auto weight = [&](const std::string& own, const std::vector<float>& values) {
        const ir::Shape shape{1, static_cast<int64_t>(values.size()), 1, 1};
        graph.weights.insert_or_assign(own, ir::Tensor::of<float>(ir::ElementType::F32, shape, values));
        return graph.node(graph.insertNode(at++, "top.Weight", {}, {own}, {{ir::ElementType::F32, shape, true, {}}})).results[0];
    };
    const ValueId factor = weight(name + "_factor", factors), offset = weight(name + "_offset", offsets);
    ir::AttributeMap a;
    a.set("do_relu", false);
    a.set("relu_limit", -1.0);
    return graph.node(graph.insertNode(at, "top.Scale", {x, factor, offset}, {name}, {type}, std::move(a))).results[0];
}

Status fuseInput(ir::Graph& graph, ir::NodeId input, const std::string& asked, const ops::LoweringOptions& target) {
    const ValueId value = graph.node(input).results[0];
    const std::string name = graph.value(value).name;
    ir::AttributeMap a = graph.node(input).attributes;
    const std::string pixelFormat = a.string("pixel_format", "bgr");
    const bool channelsLast = a.string("channel_format", "nchw") == "nhwc";
    const std::string formatName = asked.empty() ? defaultRawFormat(pixelFormat, a.string("channel_format", "nchw")) : asked;
    const RawFormat* format = findRawFormat(formatName);
    if (format == nullptr || !format->onBm168x)
        return Error{Code::CodegenUnsupported, "the input format " + formatName + " does not exist on " + ops::spelling(target.chip)}
            .because(format == nullptr ? "no such format is known" : "only the video hardware of the CV18xx delivers it")
            .remedy("use RGB_PLANAR, RGB_PACKED, BGR_PLANAR, BGR_PACKED or GRAYSCALE")
            .field("format", formatName)
            .field("chip", ops::spelling(target.chip))
            .atNode(name);
    const TensorType own = graph.value(value).type; // with the range that calibration found
    const ir::Shape shape = own.shape;
    const int64_t channels = channelsLast ? shape[3] : shape[1];
    const ir::Shape size{channelsLast ? shape[1] : shape[2], channelsLast ? shape[2] : shape[3]};
    const bool rawGray = std::string_view(format->pixelFormat) == "gray";
    if (rawGray != (channels == 1) || channels == 2 || channels > 3)
        return Error{Code::PreprocessInvalid, formatName + " has " + (rawGray ? "1 channel" : "3 channels") + ", the network takes " + std::to_string(channels)}
            .remedy("choose a format with as many channels")
            .atNode(name);
    auto mean = a.reals("mean"), scale = a.reals("scale");
    mean.resize(static_cast<size_t>(channels), mean.empty() ? 0 : mean.back());
    scale.resize(static_cast<size_t>(channels), scale.empty() ? 1 : scale.back());
    ir::Shape resized = a.integers("resize_dims");
    if (resized.size() != 2) resized = size;
    for (size_t i = 0; i < 2; ++i) resized[i] = std::max(resized[i], size[i]); // as the vendor raises it

    // The raw input takes the place of the old one; everything that read it reads the last node of the new chain.
    graph.value(value).name = name + "_raw";
    describeRaw(a, *format, resized, channels);
    graph.node(input).attributes = std::move(a);
    ir::UniformQuant codes;
    codes.scales = {1.0};
    codes.zeroPoints = {0};
    const ir::Shape rawShape = format->packed ? ir::Shape{shape[0], resized[0], resized[1], channels}
                                              : ir::Shape{shape[0], channels, resized[0], resized[1]};
    const bool quantised = target.module == ops::Precision::Int8;
    bool swap = channels == 3 && pixelFormat != format->pixelFormat;
    // In codes the filters can take the channels in the order in which they come.
    const bool inFilters = swap && !channelsLast && swapInFilters(graph, value);
    if (inFilters) {
        std::reverse(mean.begin(), mean.end());
        std::reverse(scale.begin(), scale.end());
        swap = false;
    }
    ir::AttributeMap p;
    p.set("channel_order", pixelFormat);
    p.set("customization_format", format->name);
    p.set("mean", Attribute::floats(mean));
    p.set("quant_mode", quantised);
    p.set("resize_dims", Attribute::ints(resized));
    p.set("scale", Attribute::floats(scale));
    p.set("sign", std::any_of(mean.begin(), mean.end(), [](double m) { return m != 0; }));
    p.set("swap_channels", swap);
    TensorType planes = own;
    planes.shape = {shape[0], channels, size[0], size[1]};
    ir::NodeId at = input + 1;
    const ir::NodeId made = graph.insertNode(at++, "top.Preprocess", {ir::kNoValue}, {name + "_preprocess"}, {planes}, std::move(p));
    ValueId last = graph.node(made).results[0];
    if (!quantised) {
        last = addScale(graph, at, last, name + "_preprocess_scale", planes, mean, scale);
        at += 3;
    }
    if (channelsLast) {
        ir::AttributeMap order;
        order.set("order", Attribute::ints({0, 2, 3, 1}));
        last = graph.node(graph.insertNode(at, "top.Permute", {last}, {name + "_preprocess_nhwc"}, {own}, std::move(order))).results[0];
    }
    graph.replaceUses(value, last);
    graph.node(made).operands[0] = value;
    graph.value(value).type = {ir::ElementType::Ui8, rawShape, true, codes};
    return {};
}

} // namespace

const std::vector<RawFormat>& rawFormats() {
    static const std::vector<RawFormat> formats{
        {"RGB_PLANAR", "rgb", false, true},     {"RGB_PACKED", "rgb", true, true},   {"BGR_PLANAR", "bgr", false, true},
        {"BGR_PACKED", "bgr", true, true},      {"GRAYSCALE", "gray", false, true},  {"RGBA_PLANAR", "rgba", false, false},
        {"YUV420_PLANAR", "yuv", false, false}, {"YUV_NV12", "yuv", false, false},   {"YUV_NV21", "yuv", false, false},
    };
    return formats;
}

const RawFormat* findRawFormat(std::string_view name) {
    for (const RawFormat& format : rawFormats())
        if (name == format.name) return &format;
    return nullptr;
}

std::string defaultRawFormat(std::string_view pixelFormat, std::string_view channelFormat) {
    if (pixelFormat == "gray") return "GRAYSCALE";
    if (pixelFormat == "rgba") return "RGBA_PLANAR";
    return std::string(pixelFormat == "rgb" ? "RGB" : "BGR") + (channelFormat == "nhwc" ? "_PACKED" : "_PLANAR");
}

Status fusePreprocess(ir::Graph& graph, const std::string& format, const ops::LoweringOptions& target) {
    bool any = false;
    for (ir::NodeId id = 0; id < static_cast<ir::NodeId>(graph.nodes().size()); ++id) {
        if (!takesPictures(graph, graph.node(id))) continue;
        any = true;
        WB_TRY(fuseInput(graph, id, format, target));
    }
    if (!any)
        return Error{Code::PreprocessInvalid, "no input of the network takes pictures"}
            .because("transform was told of no preprocessing")
            .remedy("give --mean, --scale and --pixel_format to transform")
            .remedy("deploy without --fuse_preprocess");
    graph.eraseDead();
    return {};
}

} // namespace wb::quantise

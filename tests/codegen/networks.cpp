// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/codegen/networks.h"

#include "compiler/calibrate/table.h"
#include "compiler/import/import.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"
#include "compiler/quantise/sum_activations.h"
#include "tests/support/shared_data.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace wb::test {

Result<std::shared_ptr<const ir::Graph>> lowerReference(const std::string& name, ops::Precision precision, bool asymmetric) {
    importer::ImportOptions options;
    options.modelName = name;
    std::string file = name + ".onnx";
    options.preprocess.pixelFormat = "rgb";
    const bool bringsScales = name.ends_with("_quant"); // of TensorFlow Lite
    if (bringsScales) {
        file = name + ".tflite";
    } else if (name == "ultraface") {
        file = "ultraface_rfb320.onnx";
        options.preprocess.mean = {127, 127, 127};
        options.preprocess.scale = {0.0078125, 0.0078125, 0.0078125};
    } else {
        const double scale = static_cast<double>(0.0039216F);
        options.preprocess.keepAspectRatio = true;
        options.preprocess.scale = {scale, scale, scale};
    }
    if (name == "yolov5n")
        options.outputNames = {"/model.24/m.0/Conv_output_0", "/model.24/m.1/Conv_output_0",
                               "/model.24/m.2/Conv_output_0"};
    JobContext context;
    WB_ASSIGN(auto imported, importer::importModel(sharedFolder() / "models" / file, options, context));
    WB_TRY(passes::optimiseTop(imported.origin, context));
    quantise::RangeTable ranges;
    if (precision == ops::Precision::Int8 && !bringsScales) {
        WB_ASSIGN(const auto table, calibrate::readTable(sharedFolder() / "golden" / name / "cali_table"));
        for (const auto& row : table.rows)
            ranges[row.name] = {row.threshold, row.min, row.max};
    }
    quantise::LowerOptions lower;
    lower.target.module = precision;
    lower.target.asymmetric = asymmetric;
    WB_ASSIGN(auto lowered, quantise::lower(imported.origin, ranges, {}, lower, context));
    return lowered.graph;
}

NetBuilder::NetBuilder(ir::Shape input) {
    m_graph.name = "net";
    m_input = m_graph.add("top.Input", {}, "x", {ir::ElementType::F32, std::move(input), true, {}});
}

ir::ValueId NetBuilder::conv(ir::ValueId in, const Conv& conv) {
    Random random(static_cast<uint64_t>(++m_count));
    const ir::Shape from = m_graph.value(in).type.shape;
    const std::string name = "conv" + std::to_string(m_count);
    ir::Tensor filter(ir::ElementType::F32, {conv.channels, from[1] / conv.group, conv.kernel, conv.kernel});
    ir::Tensor bias(ir::ElementType::F32, {conv.channels});
    const float size = 3.0F / std::sqrt(static_cast<float>(from[1] / conv.group * conv.kernel * conv.kernel));
    for (int64_t i = 0; i < filter.elementCount(); ++i)
        filter.mutableData<float>()[i] = random.real(-size, size);
    for (int64_t i = 0; i < bias.elementCount(); ++i)
        bias.mutableData<float>()[i] = random.real(-0.5F, 0.5F);
    const auto w = m_graph.addWeight(name + "_w", filter);
    const auto b = m_graph.addWeight(name + "_b", bias);
    const int64_t h = (from[2] + 2 * conv.pad - conv.kernel) / conv.stride + 1;
    const int64_t width = (from[3] + 2 * conv.pad - conv.kernel) / conv.stride + 1;
    const auto two = [](int64_t v) { return ir::Attribute::ints({v, v}); };
    return add("top.Conv", {in, w, b}, {from[0], conv.channels, h, width},
               {{"dilations", two(1)},
                {"do_relu", conv.relu},
                {"dynweight_reorderd", false},
                {"group", conv.group},
                {"kernel_shape", two(conv.kernel)},
                {"pads", ir::Attribute::ints({conv.pad, conv.pad, conv.pad, conv.pad})},
                {"relu_limit", -1.0},
                {"strides", two(conv.stride)},
                {"weight_is_coeff", 1}});
}

ir::ValueId NetBuilder::add(const std::string& op, std::vector<ir::ValueId> operands, ir::Shape shape,
                            std::initializer_list<std::pair<const char*, ir::Attribute>> attributes) {
    ir::AttributeMap map;
    for (const auto& [key, value] : attributes)
        map.set(key, value);
    return m_graph.add(op, std::move(operands), op.substr(4) + std::to_string(++m_count),
                       {ir::ElementType::F32, std::move(shape), true, {}}, std::move(map));
}

Result<std::shared_ptr<const ir::Graph>> NetBuilder::lower(std::vector<ir::ValueId> outputs, ops::Precision precision, bool ownSums) {
    m_graph.outputs = std::move(outputs);
    if (ownSums) m_graph.attributes.set(quantise::kOwnSumsModule, true);
    quantise::RangeTable ranges;
    if (precision == ops::Precision::Int8)
        for (const ir::Value& value : m_graph.values())
            if (m_graph.weight(m_graph.find(value.name)) == nullptr) ranges[value.name] = {2, -2, 2};
    quantise::LowerOptions options;
    options.target.module = precision;
    JobContext context;
    WB_ASSIGN(auto lowered, quantise::lower(m_graph, ranges, {}, options, context));
    return lowered.graph;
}

ir::Tensor randomTensor(const ir::TensorType& type, uint64_t seed) {
    Random random(seed);
    ir::Tensor out(type.element, type.shape);
    if (type.element == ir::ElementType::F32) {
        const auto* range = type.calibrated();
        const auto low = static_cast<float>(range ? range->min : -1), high = static_cast<float>(range ? range->max : 1);
        for (int64_t i = 0; i < out.elementCount(); ++i)
            out.mutableData<float>()[i] = random.real(low, high);
        return out;
    }
    for (size_t i = 0; i < out.byteSize(); ++i)
        out.mutableBytes()[i] = static_cast<std::byte>(random.next());
    return out;
}

bool computesFloats(const ir::Graph& graph) {
    return std::any_of(graph.nodes().begin(), graph.nodes().end(), [&](const ir::Node& node) {
        return node.op.starts_with("tpu.") && node.op != "tpu.Cast" && ir::isFloat(graph.value(node.results[0]).type.element);
    });
}

double apart(const ir::Tensor& a, const ir::Tensor& b) {
    double dot = 0, aa = 0, bb = 0;
    for (int64_t i = 0; i < a.elementCount(); ++i) {
        const double x = static_cast<double>(a.data<float>()[i]), y = static_cast<double>(b.data<float>()[i]);
        if (!std::isfinite(x) && (x == y || (std::isnan(x) && std::isnan(y)))) continue; // beyond the range of both
        dot += x * y;
        aa += x * x;
        bb += y * y;
    }
    const double least = 1e-10 * static_cast<double>(a.elementCount()); // a root mean square of 1e-5
    if (aa < least && bb < least) return 0;
    return 1 - dot / std::sqrt(aa * bb);
}

Result<execute::TensorMap> runModel(std::shared_ptr<const ir::Graph> graph, const execute::TensorMap& inputs) {
    JobContext context;
    context.setThreads(2);
    WB_ASSIGN(auto executor, execute::Executor::create(graph, {.scalar = false, .observable = true}, context));
    execute::TensorMap all;
    WB_ASSIGN(const auto outputs,
              executor->run(inputs, context, [&](ir::NodeId id, std::span<const ir::Tensor> results, double) -> Status {
                  const ir::Node& node = graph->node(id);
                  for (size_t i = 0; i < results.size(); ++i) {
                      ir::Tensor copy(results[i].type(), results[i].shape());
                      std::memcpy(copy.mutableBytes(), results[i].bytes(), results[i].byteSize());
                      all.insert_or_assign(graph->value(node.results[i]).name, std::move(copy));
                  }
                  return {};
              }));
    return all;
}

} // namespace wb::test

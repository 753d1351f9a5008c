// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/codegen/networks.h"

#include "compiler/calibrate/table.h"
#include "compiler/import/import.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"
#include "tests/support/shared_data.h"

#include <cstring>

namespace wb::test {

Result<std::shared_ptr<const ir::Graph>> lowerReference(const std::string& name, ops::Precision precision) {
    importer::ImportOptions options;
    options.modelName = name;
    std::string file = name + ".onnx";
    options.preprocess.pixelFormat = "rgb";
    if (name == "ultraface") {
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
    if (precision == ops::Precision::Int8) {
        WB_ASSIGN(const auto table, calibrate::readTable(sharedFolder() / "golden" / name / "cali_table"));
        for (const auto& row : table.rows)
            ranges[row.name] = {row.threshold, row.min, row.max};
    }
    quantise::LowerOptions lower;
    lower.target.module = precision;
    WB_ASSIGN(auto lowered, quantise::lower(imported.origin, ranges, {}, lower, context));
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

// SPDX-License-Identifier: GPL-3.0-or-later
// The reference networks of ../shared, from the model file to the top graph, with the ranges of their tables.
#pragma once

#include "compiler/calibrate/table.h"
#include "compiler/import/import.h"
#include "compiler/passes/pipeline.h"
#include "compiler/quantise/lower.h"
#include "tests/support/shared_data.h"

#include <QString>

#include <cmath>
#include <string>
#include <vector>

namespace wb::test {

struct Network {
    const char* name;
    const char* file;
    std::vector<std::string> outputs;
    importer::PreprocessAttributes preprocess;
};

inline Network network(const QString& name) {
    importer::PreprocessAttributes letterbox;
    letterbox.pixelFormat = "rgb";
    letterbox.keepAspectRatio = true;
    const double scale = static_cast<double>(0.0039216F);
    letterbox.scale = {scale, scale, scale};
    importer::PreprocessAttributes faces;
    faces.pixelFormat = "rgb";
    faces.mean = {127, 127, 127};
    faces.scale = {0.0078125, 0.0078125, 0.0078125};
    if (name == "yolov5n")
        return {"yolov5n",
                "yolov5n.onnx",
                {"/model.24/m.0/Conv_output_0", "/model.24/m.1/Conv_output_0",
                 "/model.24/m.2/Conv_output_0"},
                letterbox};
    if (name == "yolo_fastest_xl")
        return {"yolo_fastest_xl", "yolo_fastest_xl.onnx", {}, letterbox};
    return {"ultraface", "ultraface_rfb320.onnx", {}, faces};
}

inline Result<ir::Graph> topOf(const Network& net) {
    importer::ImportOptions options;
    options.modelName = net.name;
    options.outputNames = net.outputs;
    options.preprocess = net.preprocess;
    JobContext context;
    WB_ASSIGN(auto imported,
              importer::importModel(sharedFolder() / "models" / net.file, options, context));
    WB_TRY(passes::optimiseTop(imported.origin, context));
    return std::move(imported.origin);
}

inline Result<quantise::RangeTable> rangesOf(const Network& net) {
    WB_ASSIGN(const auto table,
              calibrate::readTable(sharedFolder() / "golden" / net.name / "cali_table"));
    quantise::RangeTable ranges;
    for (const auto& row : table.rows)
        ranges[row.name] = {row.threshold, row.min, row.max};
    return ranges;
}

inline double cosine(const ir::Tensor& a, const ir::Tensor& b) {
    double ab = 0, aa = 0, bb = 0;
    for (int64_t i = 0; i < a.elementCount(); ++i) {
        const double x = a.data<float>()[i], y = b.data<float>()[i];
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    return aa == 0 || bb == 0 ? 0 : ab / std::sqrt(aa * bb);
}

} // namespace wb::test

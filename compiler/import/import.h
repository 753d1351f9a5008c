// SPDX-License-Identifier: GPL-3.0-or-later
// From a network file to a graph of top ops with static shapes, as the vendor's model_transform
// imports it (names: dossier 1.1, 1.6). The graph is not optimised yet: BatchNormalization, Relu
// and so on are ops of their own, so that it can be run as the source network. passes/ makes the
// optimised one from it.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/ir/graph.h"

#include <filesystem>
#include <string>
#include <vector>

namespace wb::importer {

/// What top.Input says about the picture, in the vendor's words (dossier 2, 8.1). Written onto
/// inputs that look like pictures: 4-D with at most 4 channels, or 3-D.
struct PreprocessAttributes {
    std::string pixelFormat = "bgr";    ///< rgb, bgr, gray, rgba
    std::string channelFormat = "nchw"; ///< nchw, nhwc; none: no attributes at all
    std::vector<int64_t> resizeDims;    ///< height, width; empty: the network's
    bool keepAspectRatio = false;
    std::string keepRatioMode = "letterbox";
    int64_t padValue = 0;
    std::string padType = "center";
    std::vector<double> mean{0, 0, 0}; ///< numbers that single precision holds
    std::vector<double> scale{1, 1, 1};
    std::string yuvType;
};

struct ImportOptions {
    std::string modelName; ///< module name; empty: the file's stem
    std::filesystem::path weights; ///< Caffe's second file; empty: the .caffemodel of the same name
    std::vector<ir::Shape>
        inputShapes; ///< one for each input, in the file's order; empty: as declared
    std::vector<std::string>
        outputNames; ///< source tensor names, in the order wanted; empty: the model's
    PreprocessAttributes preprocess;
};

struct ImportedModel {
    ir::Graph origin;     ///< module.state TOP_F32, all shapes known
    std::string format;   ///< "ONNX"
    int opset = 0;        ///< of the standard operators
    std::string producer; ///< as the file says, may be empty
    std::vector<std::string> inputNames;
    std::vector<std::string> outputNames; ///< source tensor names, in the order returned
};

enum class FileKind : uint8_t { Unknown, Onnx, TFLite, CaffeText, CaffeModel, TorchScript, Pickle };
/// What a file is, by its content (the first megabyte is looked at). FileNotFound, FileUnreadable.
Result<FileKind> fileKind(const std::filesystem::path& path);

/// Reads the file and builds the graph. Errors: FileTruncated, ModelDamaged, ModelEmpty,
/// FileUnknownKind, OpsetUnsupported, UnsupportedOperators (all at once, one remedy line each),
/// FreeDimensions, InputShapeWrong, OutputNotFound, GraphCycle, ShapeMismatch, NotTorchScript,
/// OutOfMemory, Cancelled.
Result<ImportedModel> importModel(const std::filesystem::path& path, const ImportOptions& options,
                                  const JobContext& context);

} // namespace wb::importer

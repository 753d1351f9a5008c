// SPDX-License-Identifier: GPL-3.0-or-later
// Kernel, strides, pads and dilations as ONNX nodes write them, defaults and auto_pad resolved:
// shared by convolution and pooling. Source: ONNX operators Conv-11, MaxPool-12, AveragePool-19.
#pragma once

#include "compiler/ops/import_help.h"

namespace wb::ops {

struct OnnxWindow {
    std::vector<int64_t> kernel, strides, pads, dilations;
};

/// `x`: shape of the input [N,C,…]; `kernel` if the node itself does not say. UnsupportedAttribute
/// for lists of a wrong length, an unknown auto_pad or numbers out of bounds.
Result<OnnxWindow> readOnnxWindow(const SourceNode& node, const ir::Shape& x,
                                  std::vector<int64_t> kernel);

} // namespace wb::ops

// SPDX-License-Identifier: GPL-3.0-or-later
// The reference networks, lowered as tests/quantise checks them; and small random tensors.
#pragma once

#include "compiler/execute/executor.h"
#include "compiler/ops/lowering.h"

#include <memory>
#include <string>
#include <vector>

namespace wb::test {

/// "ultraface", "yolo_fastest_xl" or "yolov5n" of the shared folder.
Result<std::shared_ptr<const ir::Graph>> lowerReference(const std::string& name, ops::Precision precision);

/// Random values of an input's type: floats in its calibrated range (or [-1, 1]), any codes.
ir::Tensor randomTensor(const ir::TensorType& type, uint64_t seed);

/// Every value of a run of the integer model by name, in its stored type.
Result<execute::TensorMap> runModel(std::shared_ptr<const ir::Graph> graph, const execute::TensorMap& inputs);

} // namespace wb::test

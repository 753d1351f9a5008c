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
Result<std::shared_ptr<const ir::Graph>> lowerReference(const std::string& name, ops::Precision precision,
                                                        bool asymmetric = false);

/// A small network of top operators, quantised with one range for all of its tensors.
class NetBuilder {
public:
    explicit NetBuilder(ir::Shape input);
    ir::ValueId input() const { return m_input; }
    struct Conv {
        int64_t channels = 16, kernel = 3, stride = 1, pad = 1, group = 1;
        bool relu = false;
    };
    ir::ValueId conv(ir::ValueId in, const Conv& conv);
    /// Any operator; the shape of its result is given.
    ir::ValueId add(const std::string& op, std::vector<ir::ValueId> operands, ir::Shape shape,
                    std::initializer_list<std::pair<const char*, ir::Attribute>> attributes = {});
    Result<std::shared_ptr<const ir::Graph>> lower(std::vector<ir::ValueId> outputs,
                                                   ops::Precision precision = ops::Precision::Int8, bool ownSums = false);

private:
    ir::Graph m_graph;
    ir::ValueId m_input = ir::kNoValue;
    int m_count = 0;
};

/// Random values of an input's type: floats in its calibrated range (or [-1, 1]), any codes.
ir::Tensor randomTensor(const ir::TensorType& type, uint64_t seed);

/// Whether anything but the ways in and out of a lowered network is computed with floats.
bool computesFloats(const ir::Graph& graph);
/// 1 - cosine of two float32 tensors; 0 where both are nothing but rounding.
double apart(const ir::Tensor& a, const ir::Tensor& b);

/// Every value of a run of the integer model by name, in its stored type.
Result<execute::TensorMap> runModel(std::shared_ptr<const ir::Graph> graph, const execute::TensorMap& inputs);

} // namespace wb::test

// SPDX-License-Identifier: GPL-3.0-or-later
// What a Calibrator keeps between calls; private to this module.
#pragma once

#include "compiler/calibrate/calibrator.h"

#include <limits>
#include <optional>

namespace wb::calibrate {

/// Of one tensor over all samples so far.
struct TensorState {
    std::string name;
    ir::ValueId value = ir::kNoValue;
    bool isInput = false;
    bool isLast = false;         ///< one of the last five, see Method::Mse
    bool endsWalk = false;       ///< a convolution or matrix product
    double percent = 0;          ///< percentile of this place in the network
    size_t elements = 0;         ///< of one sample
    float min = std::numeric_limits<float>::infinity();
    float max = -std::numeric_limits<float>::infinity();
    MagnitudeHistogram histogram;
    Tails tails;
    double sum = 0;              ///< of single-sample thresholds
    size_t count = 0;
    bool restarted = false;      ///< the histogram began anew: samples differ too much
    bool notFinite = false;

    float absMax() const;
};

struct Calibrator::State {
    std::shared_ptr<const ir::Graph> graph;
    Options options;
    size_t runs = 0, done = 0;
    std::unique_ptr<execute::Executor> executor;
    std::vector<TensorState> tensors;          ///< in layer order
    std::vector<int32_t> tensorOfValue;        ///< −1: not observed

    Status observe(ir::NodeId node, std::span<const ir::Tensor> results, int threads);
    /// How many values at each end the percentile of `samples` samples needs.
    size_t tailCount(const TensorState& tensor, size_t samples) const;
};

} // namespace wb::calibrate

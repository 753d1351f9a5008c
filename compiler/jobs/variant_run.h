// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the FP32 graph and a lowered (or source) graph on the same inputs and compares them layer by layer,
// emitting each layer's sample as soon as it is known. The one comparison loop of the stages, deploy and
// the worker.
#pragma once

#include "compiler/base/job_context.h"
#include "compiler/execute/executor.h"
#include "compiler/jobs/snapshot.h"

#include <functional>
#include <memory>
#include <vector>

namespace wb::jobs {

struct VariantRequest {
    const NetworkSnapshot* network = nullptr; ///< layers, in the order of the samples
    execute::Executor* reference = nullptr;   ///< observable; FP32, or the source graph
    execute::Executor* variant = nullptr;     ///< observable; its values carry the layers' names
    Variant kind = Variant::Int8;
    bool isolated = false;                    ///< also each layer alone, fed with reference values
    std::vector<execute::TensorMap> inputs;   ///< one entry an image
    std::map<std::string, std::string> reasons; ///< why a layer has no counterpart, by name
    /// Takes every value of the first image, of the variant dequantised to F32 (for npz files); may be empty.
    std::function<Status(const std::string& name, const ir::Tensor&)> keepVariant, keepReference;
};

struct VariantResult {
    std::vector<LayerSample> accumulated;     ///< one a layer
    std::vector<LayerSample> isolated;        ///< empty unless asked for
    std::vector<execute::TensorMap> outputs;  ///< of the variant, F32, one entry an image
    std::vector<execute::TensorMap> referenceOutputs;
    double outputCosine = 0;                  ///< mean over outputs and images
    double outputCosineMin = 0;
    int worstLayer = -1;                      ///< index of the least accumulated cosine, -1: none compared
};

Result<VariantResult> runVariant(const VariantRequest& request, JobContext& context);

/// A float tensor as codes of `type` (round half away from zero, saturate; dossier 5.1), or as halves.
ir::Tensor toStorage(const ir::Tensor& values, const ir::TensorType& type);

} // namespace wb::jobs

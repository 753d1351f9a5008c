// SPDX-License-Identifier: GPL-3.0-or-later
// Measures one precision table: lowers, runs all samples, compares outputs and layers with the float
// network. Private to this module.
#pragma once

#include "compiler/search/search.h"

namespace wb::search {

struct Measurement {
    double outputs = 0;          ///< mean similarity of the outputs
    std::vector<double> layers;  ///< by top value; negative: not compared
};

class Evaluator {
public:
    Evaluator(const ir::Graph& top, const quantise::RangeTable& ranges, size_t samples,
              const SampleLoader& load, const Options& options);

    /// The float network on all samples. Its layers are kept within a memory budget, otherwise computed
    /// again for each measurement.
    Status runReference(const JobContext& context);

    /// `withLayers`: also every layer, which costs about half as much again.
    Result<Measurement> measure(const quantise::PrecisionTable& table, bool withLayers,
                                const JobContext& context);

private:
    Result<execute::TensorMap> referenceLayers(size_t sample, const JobContext& context);
    Result<std::shared_ptr<const ir::Graph>> lowered(ops::Precision module,
                                                     const quantise::PrecisionTable& table,
                                                     const JobContext& context) const;

    const ir::Graph& m_top;
    const quantise::RangeTable& m_ranges;
    size_t m_samples;
    const SampleLoader& m_load;
    const Options& m_options;
    std::unique_ptr<execute::Executor> m_reference;
    std::map<std::string, ir::ValueId, std::less<>> m_topValues;
    std::vector<std::vector<ir::Tensor>> m_outputs;   ///< float network, by sample and output
    std::vector<execute::TensorMap> m_layers;         ///< by sample; empty beyond the budget
};

/// 0.5 + 0.5 · cosine of stored values (a symmetric scale cancels out) with float32 ones.
double similarityOfStored(const ir::Tensor& stored, const ir::TensorType& type, const ir::Tensor& reference);

} // namespace wb::search

// SPDX-License-Identifier: GPL-3.0-or-later
// Measures precision tables: lowers, runs all samples, compares outputs and layers with the float
// network. Private to this module.
#pragma once

#include "compiler/search/difference.h"
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

    /// `withLayers`: also every layer, which costs about as much again.
    Result<Measurement> measure(const quantise::PrecisionTable& table, bool withLayers,
                                const JobContext& context);
    /// The table measured last, with layers, is the one that the next will resemble most: they are computed
    /// from the first layer on that differs from it.
    void keepLast();

    Result<std::shared_ptr<const ir::Graph>> lowered(ops::Precision module, const quantise::PrecisionTable& table,
                                                     const JobContext& context) const;
    /// Inputs of a sample under the graph's own names.
    Result<execute::TensorMap> inputsOf(size_t sample) const;

private:
    Result<execute::TensorMap> referenceLayers(size_t sample, execute::Executor& executor,
                                               const JobContext& context, execute::TensorMap* outputs) const;

    const ir::Graph& m_top;
    const quantise::RangeTable& m_ranges;
    size_t m_samples;
    const SampleLoader& m_load;
    const Options& m_options;
    std::unique_ptr<execute::Executor> m_reference;
    std::map<std::string, ir::ValueId, std::less<>> m_topValues;
    std::vector<execute::TensorMap> m_outputs; ///< float network, by sample
    std::vector<execute::TensorMap> m_layers;  ///< float network, by sample; empty beyond the budget
    Known m_known, m_last;
    std::vector<double> m_knownLayers, m_lastLayers; ///< their similarities, by top value
};

} // namespace wb::search

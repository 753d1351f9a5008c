// SPDX-License-Identifier: GPL-3.0-or-later
// A compiled network on the simulated chip: weights and memory laid out, inputs in, streams run, outputs out.
#pragma once

#include "compiler/target/bm1684x/simulator/simulator.h"

#include <map>
#include <string>
#include <vector>

namespace wb::bm1684x {

/// Where a tensor of the network lies in DDR.
struct BoundTensor {
    std::string name;
    uint64_t address = 0;
    uint64_t bytes = 0;
};

/// Streams of one command group, encoded.
struct StreamPair {
    std::span<const std::byte> tiu, gdma;
};

struct SimulatedNetwork {
    uint64_t coefficientAddress = kGlobalBase;
    std::span<const std::byte> coefficients;
    uint64_t contextAddress = 0; ///< activations, inputs, outputs
    uint64_t contextBytes = 0;
    std::vector<BoundTensor> inputs, outputs;
    std::vector<StreamPair> groups; ///< run one after the other
};

using TensorBytes = std::map<std::string, std::vector<std::byte>>;

/// Outputs by name. BmodelInputMismatch if an input is missing or has another size; otherwise what decoding and running
/// the streams brings.
Result<TensorBytes> simulate(const SimulatedNetwork& network, const TensorBytes& inputs, const RunOrder& order = {},
                             const JobContext& job = {});

} // namespace wb::bm1684x

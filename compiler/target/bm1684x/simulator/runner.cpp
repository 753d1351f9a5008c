// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/target/bm1684x/simulator/runner.h"

#include <cstring>

namespace wb::bm1684x {
namespace {

Result<std::byte*> placeOf(Memory& memory, const BoundTensor& tensor) {
    if (std::byte* at = memory.find(tensor.address, tensor.bytes)) return at;
    return Error{.code = Code::CommandFault,
                 .what = "tensor " + tensor.name + " of " + std::to_string(tensor.bytes) + " bytes is outside of memory"};
}

} // namespace

Result<TensorBytes> simulate(const SimulatedNetwork& network, const TensorBytes& inputs, const RunOrder& order,
                             const JobContext& job) {
    Machine machine;
    Memory& memory = machine.memory();
    if (!network.coefficients.empty()) {
        WB_TRY(memory.map(network.coefficientAddress, network.coefficients.size()));
        std::memcpy(memory.find(network.coefficientAddress, network.coefficients.size()), network.coefficients.data(),
                    network.coefficients.size());
    }
    if (network.contextBytes > 0) WB_TRY(memory.map(network.contextAddress, network.contextBytes));
    for (const BoundTensor& tensor : network.inputs) {
        const auto given = inputs.find(tensor.name);
        if (given == inputs.end() || given->second.size() != tensor.bytes)
            return Error{.code = Code::BmodelInputMismatch,
                         .what = "input " + tensor.name + " needs " + std::to_string(tensor.bytes) + " bytes" +
                                 (given == inputs.end() ? "" : ", not " + std::to_string(given->second.size()))};
        WB_ASSIGN(std::byte* to, placeOf(memory, tensor));
        std::memcpy(to, given->second.data(), tensor.bytes);
    }
    for (const StreamPair& group : network.groups) {
        WB_ASSIGN(const auto tiu, decodeStream(Engine::Tiu, group.tiu));
        WB_ASSIGN(const auto gdma, decodeStream(Engine::Gdma, group.gdma));
        WB_TRY(run(machine, tiu, gdma, order, job));
    }
    TensorBytes outputs;
    for (const BoundTensor& tensor : network.outputs) {
        WB_ASSIGN(const std::byte* from, placeOf(memory, tensor));
        outputs[tensor.name].assign(from, from + tensor.bytes);
    }
    return outputs;
}

} // namespace wb::bm1684x

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/simulate.h"

#include <cstring>

namespace wb::codegen {

Result<Tensors> simulate(const CompiledModel& model, const Tensors& inputs, const SimulateOptions& options,
                         const JobContext& context) {
    bm1684x::SimulatedNetwork network;
    network.coefficientAddress = model.coefficientAddress;
    network.coefficients = model.coefficients;
    network.contextAddress = model.contextAddress;
    network.contextBytes = model.contextBytes;
    for (const bm1684x::Program& group : model.groups)
        network.groups.push_back({group.tiu, group.gdma});
    bm1684x::TensorBytes bytes;
    for (const PlacedTensor& placed : model.inputs) {
        const auto it = inputs.find(placed.name);
        if (it == inputs.end())
            return Error{.code = Code::InputNameUnknown, .what = "there is no value for the input", .node = placed.name};
        const ir::Tensor& tensor = it->second;
        if (tensor.byteSize() != placed.bytes || tensor.type() != placed.type.element)
            return Error{.code = Code::InputShapeWrong,
                         .what = "the value is " + ir::toText(tensor.shape()) + ' ' + ir::spelling(tensor.type()) +
                                 ", the network takes " + ir::toText(placed.type.shape) + ' ' +
                                 ir::spelling(placed.type.element),
                         .node = placed.name};
        bytes[placed.name].assign(tensor.bytes(), tensor.bytes() + tensor.byteSize());
        network.inputs.push_back({placed.name, placed.address, placed.bytes});
    }
    std::vector<const PlacedTensor*> wanted;
    for (const PlacedTensor& placed : model.outputs)
        wanted.push_back(&placed);
    if (options.everything)
        for (const PlacedTensor& placed : model.stored)
            wanted.push_back(&placed);
    for (const PlacedTensor* placed : wanted)
        network.outputs.push_back({placed->name, placed->address, placed->bytes});
    WB_ASSIGN(const auto results, bm1684x::simulate(network, bytes, options.order, context));
    Tensors out;
    for (const PlacedTensor* placed : wanted) {
        ir::Tensor tensor(placed->type.element, placed->type.shape);
        const auto& from = results.at(placed->name);
        if (!from.empty()) std::memcpy(tensor.mutableBytes(), from.data(), from.size());
        out.emplace(placed->name, std::move(tensor));
    }
    return out;
}

} // namespace wb::codegen

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/codegen/container.h"

namespace wb::codegen {
namespace {

Result<std::vector<bmodel::Tensor>> tensorsOf(const std::vector<PlacedTensor>& list) {
    std::vector<bmodel::Tensor> out;
    for (const PlacedTensor& placed : list) {
        const auto type = dataTypeOf(placed.type.element);
        if (!type)
            return Error{.code = Code::CodegenUnsupported,
                         .what = std::string("a bmodel has no tensors of type ") + ir::spelling(placed.type.element),
                         .node = placed.name};
        bmodel::Tensor tensor;
        tensor.name = placed.name;
        tensor.dataType = *type;
        tensor.address = placed.address;
        tensor.size = placed.bytes;
        tensor.shapes.emplace_back(placed.type.shape.begin(), placed.type.shape.end());
        tensor.scale = scaleOf(placed);
        tensor.zeroPoint = zeroPointOf(placed);
        out.push_back(std::move(tensor));
    }
    return out;
}

} // namespace

std::optional<bmodel::DataType> dataTypeOf(ir::ElementType element) {
    using E = ir::ElementType;
    using D = bmodel::DataType;
    switch (element) {
    case E::F32: return D::F32;
    case E::F16: return D::F16;
    case E::BF16: return D::Bf16;
    case E::I8: case E::Si8: return D::Int8;
    case E::Ui8: case E::I1: return D::UInt8;
    case E::I16: case E::Si16: return D::Int16;
    case E::Ui16: return D::UInt16;
    case E::I32: case E::Si32: return D::Int32;
    case E::Ui32: return D::UInt32;
    default: return {};
    }
}

Result<bmodel::File> toBmodel(const CompiledModel& model) {
    CompiledModel copy = model;
    return toBmodel(std::move(copy));
}

Result<bmodel::File> toBmodel(CompiledModel&& model) {
    WB_ASSIGN(auto inputs, tensorsOf(model.inputs));
    WB_ASSIGN(auto outputs, tensorsOf(model.outputs));
    std::vector<bmodel::CommandGroup> commands;
    for (bm1684x::Program& group : model.groups)
        commands.push_back({group.tiuCount, group.gdmaCount, bmodel::Blob(std::move(group.tiu)), bmodel::Blob(std::move(group.gdma)), {}});
    bmodel::Coefficients coefficients;
    coefficients.address = model.coefficientAddress;
    coefficients.bytes = bmodel::Blob(std::move(model.coefficients));
    bmodel::Network network;
    network.name = model.name;
    network.stages.push_back(bmodel::simpleStage(std::move(inputs), std::move(outputs), std::move(commands),
                                                 std::move(coefficients), model.contextAddress, model.contextBytes));
    bmodel::File file;
    file.neuronSize = model.contextBytes;
    file.networks.push_back(std::move(network));
    return file;
}

} // namespace wb::codegen

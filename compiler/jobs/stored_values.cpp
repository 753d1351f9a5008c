// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/jobs/stored_values.h"

#include "compiler/numeric/half.h"
#include "compiler/numeric/rounding.h"

#include <algorithm>
#include <cstring>

namespace wb::jobs {
namespace {

/// Integers without a sign in their name are signed (MLIR's signless types in the vendor's files).
ir::ElementType withSign(ir::ElementType type) {
    using E = ir::ElementType;
    return type == E::I8 ? E::Si8 : type == E::I16 ? E::Si16 : type == E::I32 ? E::Si32 : type;
}

} // namespace

Result<ir::Tensor> toStored(const ir::Tensor& values, const ir::Graph& graph, ir::ValueId input) {
    const ir::TensorType& type = graph.value(input).type;
    const bool known = values.type() == type.element || values.type() == ir::ElementType::F32;
    if (!known || values.elementCount() != type.elementCount())
        return Error{Code::InputShapeWrong, "input '" + graph.value(input).name + "' is " + ir::toText(values.shape()) + " " +
                                                ir::spelling(values.type()) + ", the network takes " + ir::toText(type.shape) +
                                                " " + ir::spelling(type.element)};
    if (values.type() == type.element) return values.reshaped(type.shape);
    // A network that brings its scales is given numbers; whoever runs it makes codes of them.
    if (graph.attributes.string("module.state") == "TOP_QUANTIZED") return values.reshaped(type.shape);
    const ir::UniformQuant* quant = type.uniform();
    const bool raw = graph.producer(input) != nullptr && graph.producer(input)->attributes.has("customization_format");
    const double scale = !raw && quant != nullptr && quant->scale() != 0 ? quant->scale() : 1.0;
    const double zero = !raw && quant != nullptr ? static_cast<double>(quant->zeroPoint()) : 0.0;
    WB_ASSIGN(ir::Tensor out, ir::Tensor::allocate(type.element, type.shape));
    const float* in = values.data<float>();
    const auto put = [&]<class T>(T, auto convert) {
        std::transform(in, in + values.elementCount(), out.mutableData<T>(), convert);
    };
    const auto integer = [&]<class T>(T like) {
        put(like, [=](float x) { return numeric::toCode<T>(static_cast<double>(x) / scale + zero); });
    };
    using E = ir::ElementType;
    switch (type.element) {
    case E::F16: put(uint16_t{}, [](float x) { return numeric::toHalf(x); }); break;
    case E::BF16: put(uint16_t{}, [](float x) { return numeric::toBfloat16(x); }); break;
    case E::I8: case E::Si8: integer(int8_t{}); break;
    case E::Ui8: integer(uint8_t{}); break;
    case E::I16: case E::Si16: integer(int16_t{}); break;
    case E::Ui16: integer(uint16_t{}); break;
    case E::I32: case E::Si32: integer(int32_t{}); break;
    case E::Ui32: integer(uint32_t{}); break;
    default:
        return Error{Code::InputShapeWrong, "input '" + graph.value(input).name + "' takes " + ir::spelling(type.element) +
                                                ", which cannot be made of numbers"};
    }
    return out;
}

std::optional<ir::Tensor> asCodes(const ir::Tensor& array, const ir::TensorType& type) {
    if (ir::isFloat(array.type()) || withSign(array.type()) != withSign(type.element)) return {};
    if (array.type() == type.element) return array;
    ir::Tensor codes(type.element, array.shape());
    std::memcpy(codes.mutableBytes(), array.bytes(), array.byteSize());
    return codes;
}

} // namespace wb::jobs

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/execute/executor.h"
#include "compiler/kernels/half_rows.h"
#include "compiler/numeric/rounding.h"

namespace wb::execute {
namespace {

template <class T> void widen(const ir::Tensor& from, float* out) {
    const T* in = from.data<T>();
    for (int64_t i = 0; i < from.elementCount(); ++i)
        out[i] = static_cast<float>(in[i]);
}

void codes(const ir::Tensor& tensor, float* out) {
    using ir::ElementType;
    switch (tensor.type()) {
    case ElementType::None: return;
    case ElementType::F32: widen<float>(tensor, out); return;
    case ElementType::F64: widen<double>(tensor, out); return;
    case ElementType::F16: kernels::halfToFloat(tensor.data<uint16_t>(), out, tensor.elementCount()); return;
    case ElementType::BF16: kernels::bfloat16ToFloat(tensor.data<uint16_t>(), out, tensor.elementCount()); return;
    case ElementType::I1:
    case ElementType::I4:
    case ElementType::Si4:
    case ElementType::I8:
    case ElementType::Si8: widen<int8_t>(tensor, out); return;
    case ElementType::Ui4:
    case ElementType::Ui8: widen<uint8_t>(tensor, out); return;
    case ElementType::I16:
    case ElementType::Si16: widen<int16_t>(tensor, out); return;
    case ElementType::Ui16: widen<uint16_t>(tensor, out); return;
    case ElementType::I32:
    case ElementType::Si32: widen<int32_t>(tensor, out); return;
    case ElementType::Ui32: widen<uint32_t>(tensor, out); return;
    case ElementType::I64:
    case ElementType::Si64: widen<int64_t>(tensor, out); return;
    case ElementType::Ui64: widen<uint64_t>(tensor, out); return;
    }
}

} // namespace

std::optional<ir::Tensor> toCodes(const ir::Tensor& numbers, const ir::TensorType& type) {
    const ir::UniformQuant* quant = type.uniform();
    const bool isSigned = type.element != ir::ElementType::Ui8;
    if (quant == nullptr || quant->axis || ir::sizeInBytes(type.element) != 1 || numbers.type() != ir::ElementType::F32)
        return {};
    ir::Tensor result(type.element, numbers.shape());
    auto* out = result.mutableData<uint8_t>();
    const double zero = static_cast<double>(quant->zeroPoint());
    for (int64_t i = 0; i < numbers.elementCount(); ++i) {
        const double code = static_cast<double>(numbers.data<float>()[i]) / quant->scale() + zero;
        out[i] = isSigned ? static_cast<uint8_t>(numeric::toCode<int8_t>(code)) : numeric::toCode<uint8_t>(code);
    }
    return result;
}

ir::Tensor toFloat(const ir::Tensor& tensor, const ir::TensorType& type) {
    const ir::UniformQuant* quant = type.uniform();
    if (tensor.type() == ir::ElementType::F32 && quant == nullptr) return tensor;
    ir::Tensor result(ir::ElementType::F32, tensor.shape());
    float* out = result.mutableData<float>();
    codes(tensor, out);
    if (quant == nullptr || quant->scales.empty()) return result;
    // float32 product of the code difference (exact) and the scale, as the vendor's npz files hold it.
    int64_t inner = tensor.elementCount();
    size_t count = 1;
    if (quant->axis && static_cast<size_t>(*quant->axis) < tensor.shape().size()) {
        const auto axis = static_cast<size_t>(*quant->axis);
        count = quant->scales.size();
        inner = 1;
        for (size_t i = axis + 1; i < tensor.shape().size(); ++i)
            inner *= tensor.shape()[i];
    }
    if (inner == 0) return result;
    if (count == 1) {
        const auto zero = quant->zeroPoints.empty() ? 0.0f : static_cast<float>(quant->zeroPoints[0]);
        const auto scale = static_cast<float>(quant->scales[0]);
        for (int64_t i = 0; i < tensor.elementCount(); ++i)
            out[i] = (out[i] - zero) * scale;
        return result;
    }
    for (int64_t i = 0; i < tensor.elementCount(); ++i) {
        const size_t at = static_cast<size_t>(i / inner) % count;
        const auto zero = at < quant->zeroPoints.size() ? static_cast<float>(quant->zeroPoints[at]) : 0.0f;
        out[i] = (out[i] - zero) * static_cast<float>(quant->scales[at]);
    }
    return result;
}

} // namespace wb::execute

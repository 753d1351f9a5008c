// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/import/tflite/tflite_scales.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace wb::importer {
namespace {

namespace wire = tflite::wire;
using ir::ElementType;

Error brokenScales(std::string what) { return Error{Code::ModelDamaged, std::move(what)}; }

template <class T> size_t lengthOf(const flatbuffers::Vector<T>* list) { return list == nullptr ? 0 : list->size(); }

} // namespace

Result<std::optional<ir::TensorType>> scalesOf(const wire::Tensor& tensor, std::optional<ElementType> element, const ir::Shape& shape,
                                               std::span<const std::byte> data) {
    using Nothing = std::optional<ir::TensorType>;
    const auto* source = tensor.quantisation();
    if (!element || source == nullptr) return Nothing{};
    if (source->details_type() != 0)
        return Error{Code::UnsupportedAttribute, "the tensor is quantised by another scheme than scale and zero point"};
    const size_t count = lengthOf(source->scale());
    const bool integer = !ir::isFloat(*element) && *element != ElementType::I1;
    if (count == 0 || !integer) return Nothing{};
    ir::UniformQuant quant;
    // Constants of nothing but zeros have no range, and converters write what the division by it gave.
    const auto none = [](const void* bytes, size_t size) {
        const auto* first = static_cast<const uint8_t*>(bytes);
        return std::all_of(first, first + size, [](uint8_t b) { return b == 0; });
    };
    const bool nothing = !data.empty() && none(data.data(), data.size()) &&
                         (lengthOf(source->zero_point()) == 0 || none(source->zero_point()->Data(), lengthOf(source->zero_point()) * sizeof(int64_t)));
    for (float scale : *source->scale()) {
        if (nothing && !(scale > 0 && std::isfinite(scale))) scale = 1;
        if (!(scale > 0) || !std::isfinite(scale))
            return brokenScales("a scale of the tensor is " + std::to_string(scale));
        quant.scales.push_back(static_cast<double>(scale));
    }
    const size_t zeros = lengthOf(source->zero_point());
    if (zeros != 0 && zeros != count && zeros != 1)
        return brokenScales("the tensor has " + std::to_string(count) + " scales and " + std::to_string(zeros) +
                       " zero points");
    const int64_t low = *element == ElementType::Ui8 ? 0 : INT32_MIN, high = INT32_MAX;
    for (size_t i = 0; i < count; ++i) {
        int64_t zero = 0; // copied as bytes: the verifier does not look at the alignment of a list's elements
        if (zeros != 0) std::memcpy(&zero, source->zero_point()->Data() + (zeros == 1 ? 0 : i) * sizeof zero, sizeof zero);
        if (zero < low || zero > high || (ir::sizeInBytes(*element) == 1 && (zero < -128 || zero > 255)))
            return brokenScales("a zero point of the tensor is " + std::to_string(zero));
        quant.zeroPoints.push_back(zero);
    }
    if (count > 1) {
        const int32_t axis = source->axis();
        if (axis < 0 || static_cast<size_t>(axis) >= shape.size() ||
            shape[static_cast<size_t>(axis)] != static_cast<int64_t>(count))
            return brokenScales("the tensor of shape " + ir::toText(shape) + " has " + std::to_string(count) +
                           " scales along axis " + std::to_string(axis));
        quant.axis = axis;
    }
    ir::TensorType type{*element, shape, true, {}};
    type.quant = std::move(quant);
    return Nothing{std::move(type)};
}


} // namespace wb::importer

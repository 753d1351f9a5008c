// SPDX-License-Identifier: GPL-3.0-or-later
// Types of values: an element type, a shape and what quantisation says about the numbers.
// Names follow MLIR's builtin and quant dialects, which the vendor's text form prints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace wb::ir {

using Shape = std::vector<int64_t>; ///< outermost first, NCHW for pictures

/// How numbers are stored. Si8/Ui8… are MLIR's signed spellings (si8, ui8), I8… the signless ones.
enum class ElementType : uint8_t {
    None, F32, F16, BF16, F64, I1, I4, I8, I16, I32, I64, Si4, Si8, Si16, Si32, Si64,
    Ui4, Ui8, Ui16, Ui32, Ui64,
};

size_t sizeInBytes(ElementType type);          ///< 1 for I1 and the 4-bit types (stored unpacked)
bool isFloat(ElementType type);
bool isSignedInteger(ElementType type);        ///< signless counts as signed
const char* spelling(ElementType type);        ///< "f32", "si8", "ui8", "i32"
std::optional<ElementType> elementTypeFromSpelling(const std::string& text);

/// Range found by calibration: !quant.calibrated<f32<min:max>>.
struct CalibratedRange {
    double min = 0;
    double max = 0;
    bool operator==(const CalibratedRange&) const = default;
};

/// real = scale · (stored − zeroPoint): !quant.uniform<i8:f32, scale:zp>. One scale, or one for each
/// index of `axis`.
struct UniformQuant {
    std::vector<double> scales;        ///< one, or as many as the axis is long
    std::vector<int64_t> zeroPoints;   ///< as many as scales
    std::optional<int32_t> axis;       ///< set for per-axis quantisation
    std::optional<std::pair<int64_t, int64_t>> storageRange; ///< printed if set: i8<-127:127>
    ElementType expressed = ElementType::F32;

    double scale() const { return scales.front(); }
    int64_t zeroPoint() const { return zeroPoints.front(); }
    bool operator==(const UniformQuant&) const = default;
};

/// Type of one value. A type without shape (unranked, `tensor<*xf32>`) has `ranked == false`.
/// `element` is the storage type: F32 for calibrated, I8/Ui8 for uniform.
struct TensorType {
    ElementType element = ElementType::F32;
    Shape shape;
    bool ranked = true;
    std::variant<std::monostate, CalibratedRange, UniformQuant> quant;

    int64_t elementCount() const;      ///< 1 for rank 0; dimensions must be known
    const CalibratedRange* calibrated() const { return std::get_if<CalibratedRange>(&quant); }
    const UniformQuant* uniform() const { return std::get_if<UniformQuant>(&quant); }
    bool operator==(const TensorType&) const = default;
};

/// Product of the dimensions, or nothing if one is negative or the product passes 2^40 (a hostile
/// or damaged file; no supported network comes near).
std::optional<int64_t> checkedElementCount(const Shape& shape);
std::string toText(const Shape& shape); ///< "1x3x640x640"

} // namespace wb::ir

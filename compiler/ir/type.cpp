// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ir/type.h"

#include <array>

namespace wb::ir {
namespace {

struct Row {
    ElementType type;
    const char* spelling;
    size_t bytes;
};

constexpr std::array kRows{
    Row{ElementType::None, "none", 0},   Row{ElementType::F32, "f32", 4},   Row{ElementType::F16, "f16", 2},
    Row{ElementType::BF16, "bf16", 2},   Row{ElementType::F64, "f64", 8},   Row{ElementType::I1, "i1", 1},
    Row{ElementType::I4, "i4", 1},       Row{ElementType::I8, "i8", 1},     Row{ElementType::I16, "i16", 2},
    Row{ElementType::I32, "i32", 4},     Row{ElementType::I64, "i64", 8},   Row{ElementType::Si4, "si4", 1},
    Row{ElementType::Si8, "si8", 1},     Row{ElementType::Si16, "si16", 2}, Row{ElementType::Si32, "si32", 4},
    Row{ElementType::Si64, "si64", 8},   Row{ElementType::Ui4, "ui4", 1},   Row{ElementType::Ui8, "ui8", 1},
    Row{ElementType::Ui16, "ui16", 2},   Row{ElementType::Ui32, "ui32", 4}, Row{ElementType::Ui64, "ui64", 8},
};
static_assert(kRows.size() == static_cast<size_t>(ElementType::Ui64) + 1);

const Row& row(ElementType type) { return kRows[static_cast<size_t>(type)]; }

} // namespace

size_t sizeInBytes(ElementType type) { return row(type).bytes; }
const char* spelling(ElementType type) { return row(type).spelling; }

bool isFloat(ElementType type) { return type >= ElementType::F32 && type <= ElementType::F64; }
bool isSignedInteger(ElementType type) {
    return type >= ElementType::I1 && type <= ElementType::Si64;
}

std::optional<ElementType> elementTypeFromSpelling(const std::string& text) {
    for (const Row& r : kRows)
        if (text == r.spelling) return r.type;
    return {};
}

std::optional<int64_t> checkedElementCount(const Shape& shape) {
    constexpr int64_t limit = int64_t{1} << 40;
    int64_t count = 1;
    bool zero = false;
    for (int64_t d : shape) {
        if (d < 0) return {};
        if (d == 0) {
            zero = true;
            continue;
        }
        if (d > limit / count) return {};
        count *= d;
    }
    return zero ? 0 : count;
}

int64_t TensorType::elementCount() const { return checkedElementCount(shape).value_or(0); }

std::string toText(const Shape& shape) {
    std::string text;
    for (size_t i = 0; i < shape.size(); ++i)
        text += (i == 0 ? "" : "x") + (shape[i] < 0 ? std::string("?") : std::to_string(shape[i]));
    return text;
}

} // namespace wb::ir

// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/emitter.h"

namespace wb::ops {

using bm1684x::Precision;

std::array<int64_t, 4> chipShape(const ir::Shape& shape) {
    std::array<int64_t, 4> out{1, 1, 1, 1};
    const size_t rank = shape.size();
    if (rank == 1) {
        out[1] = shape[0];
    } else if (rank <= 4) {
        for (size_t i = 0; i < rank; ++i)
            out[i] = shape[i];
    } else {
        out[0] = shape[0];
        out[1] = shape[1];
        for (size_t i = 2; i + 1 < rank; ++i)
            out[2] *= shape[i];
        out[3] = shape.back();
    }
    return out;
}

bm1684x::Part wholePart(const ir::Shape& shape) {
    const auto s = chipShape(shape);
    return {{0, s[0]}, {0, s[1]}, {0, s[2]}, {0, s[3]}};
}

Precision chipPrecision(ir::ElementType element) {
    using E = ir::ElementType;
    switch (element) {
    case E::F16: return Precision::F16;
    case E::BF16: return Precision::Bf16;
    case E::I16: case E::Si16: case E::Ui16: return Precision::Int16;
    case E::I32: case E::Si32: case E::Ui32: return Precision::Int32;
    case E::I8: case E::Si8: case E::Ui8: case E::I1: return Precision::Int8;
    case E::I4: case E::Si4: case E::Ui4: return Precision::Int4;
    default: return Precision::F32;
    }
}

bool chipSigned(ir::ElementType element) { return ir::isFloat(element) || ir::isSignedInteger(element); }

} // namespace wb::ops

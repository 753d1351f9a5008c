// SPDX-License-Identifier: GPL-3.0-or-later
// Constants that repeat along axes which the chip does not tell apart (masks of window attention: 1x64x1x49x49 on
// 1x64x3x49x49) are repeated when the network is compiled.
#include "compiler/ops/binary/binary_bm1684x.h"

#include <cstring>

namespace wb::ops {

ir::Shape joinableShape(const ir::Shape& shape, const ir::Shape& result) {
    if (shape.size() != result.size() || shape.size() <= 4) return shape;
    bool mixed = false, single = true;
    for (size_t axis = 2; axis + 1 < shape.size(); ++axis) {
        mixed = mixed || shape[axis] != result[axis];
        single = single && shape[axis] == 1;
    }
    ir::Shape wanted = shape;
    for (size_t axis = 2; axis + 1 < shape.size() && mixed && !single; ++axis)
        wanted[axis] = result[axis];
    return wanted;
}

ir::Tensor repeatedConstant(const ir::Tensor& data, const ir::Shape& shape, const ir::Shape& wanted) {
    if (shape == wanted) return data;
    ir::Tensor out(data.type(), wanted);
    if (out.elementCount() == 0) return out;
    std::vector<int64_t> strides(shape.size(), 0), index(shape.size(), 0);
    int64_t stride = 1;
    for (size_t d = shape.size(); d-- > 0; stride *= shape[d])
        strides[d] = shape[d] == 1 ? 0 : stride;
    const size_t bytes = ir::sizeInBytes(data.type());
    std::byte* to = out.mutableBytes();
    int64_t at = 0;
    for (int64_t i = 0; i < out.elementCount(); ++i, to += bytes) {
        std::memcpy(to, data.bytes() + static_cast<size_t>(at) * bytes, bytes);
        for (size_t d = wanted.size(); d-- > 0;) {
            at += strides[d];
            if (++index[d] < wanted[d]) break;
            at -= strides[d] * wanted[d];
            index[d] = 0;
        }
    }
    return out;
}

} // namespace wb::ops

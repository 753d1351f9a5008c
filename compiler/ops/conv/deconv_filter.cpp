// SPDX-License-Identifier: GPL-3.0-or-later
#include "compiler/ops/conv/deconv_filter.h"

#include <cstring>

namespace wb::ops {

Result<ir::Tensor> deconvFilter(const ir::Tensor& filter, int64_t group) {
    const ir::Shape& s = filter.shape();
    ir::Shape turned = s;
    std::swap(turned[0], turned[1]);
    WB_ASSIGN(ir::Tensor result, ir::Tensor::allocate(filter.type(), turned));
    if (filter.elementCount() == 0) return result;
    const int64_t own = s[0] / group, of = s[1];
    const size_t block = filter.byteSize() / static_cast<size_t>(s[0] * of);
    std::byte* to = result.mutableBytes();
    for (int64_t g = 0; g < group; ++g)
        for (int64_t o = 0; o < of; ++o)
            for (int64_t i = 0; i < own; ++i, to += block)
                std::memcpy(to, filter.bytes() + static_cast<size_t>((g * own + i) * of + o) * block, block);
    return result;
}

} // namespace wb::ops
